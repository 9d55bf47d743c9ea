"""The process that thinks: one model, and a thread for each of its slots.

`python -m vivavoce.runtime.mind_worker FD LOADER MODEL_FILE SLOTS` serves socket FD until it
closes. LOADER is `module:function`; the function takes the file and the number of slots and returns
a `LocalModel`.

It is not forked from a nursery: there is nothing to load once for several, as there is only one,
and the model's file is mapped. Nor is it a `Worker`, which does a step at a time: here several
answers are under way at once, and the library calls back from within each.
"""

from __future__ import annotations

import importlib
import os
import queue
import signal
import socket
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn, cast

import msgspec

from vivavoce.engines.minds.local_model import ContextFull, LocalModel
from vivavoce.runtime import mind_messages as say
from vivavoce.runtime.messages import Failed, framed, take_frames

_NICENESS = 5
"""The event loop must always win; but words are needed before they can be spoken, and the workers
that speak and hear are at 10. Beside one of them: 38 tokens a second, at 10 it is 27."""
_RECEIVE_BYTES = 1 << 16

Loader = Callable[[Path, int], LocalModel]
Job = say.Answer | say.Read


class MindWorker:
    """Serves one socket until it closes."""

    def __init__(self, model: LocalModel, slots: int, connection: socket.socket) -> None:
        self._model = model
        self._connection = connection
        self._one_at_a_time = threading.Lock()
        self._stopped: set[int] = set()
        """Jobs to be stopped that have not ended."""
        self._asked: set[int] = set()
        self._slots: list[queue.SimpleQueue[Job]] = [queue.SimpleQueue() for _ in range(slots)]

    def run(self) -> NoReturn:
        """Work until the server hangs up, then end the process, whatever its threads do."""
        for jobs in self._slots:
            threading.Thread(target=self._work, args=(jobs,), daemon=True).start()
        received = bytearray()
        self._send(say.Loaded())
        while data := self._connection.recv(_RECEIVE_BYTES):
            received += data
            for command in take_frames(received):
                self._obey(say.command_decoder.decode(command))
        os._exit(0)

    def _obey(self, command: say.Command) -> None:
        if not isinstance(command, say.Stop):
            self._asked.add(command.job)
            self._slots[command.slot].put(command)
        elif command.job in self._asked:
            self._stopped.add(command.job)

    def _work(self, jobs: queue.SimpleQueue[Job]) -> None:
        while True:
            job = jobs.get()
            event = self._outcome(job)
            self._asked.discard(job.job)
            self._stopped.discard(job.job)
            self._send(event)

    def _outcome(self, job: Job) -> msgspec.Struct:
        if job.job in self._stopped:
            return say.Done(job.job, 0)
        try:
            return say.Done(job.job, self._do(job))
        except ContextFull as error:
            return say.TooLong(job.job, error.tokens)
        except Exception as error:  # what breaks over one prompt need not break the others
            return Failed(job.job, f"{type(error).__name__}: {error}")

    def _do(self, job: Job) -> int:
        def hear(text: str) -> bool:
            if job.job in self._stopped:
                return True
            self._send(say.Said(job.job, text))
            return False

        if isinstance(job, say.Read):
            return self._model.read(job.slot, job.messages, hear=hear)
        return self._model.answer(
            job.slot,
            job.messages,
            most_tokens=job.most_tokens,
            temperature=job.temperature,
            hear=hear,
        )

    def _send(self, event: msgspec.Struct) -> None:
        try:
            with self._one_at_a_time:
                self._connection.sendall(framed(event))
        except OSError:
            os._exit(0)  # the server is gone


def main() -> NoReturn:
    """Load, then serve."""
    descriptor, loader, model_file, slots = sys.argv[1:]
    # Signals to the whole process group are the server's to handle: it drains first.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    os.nice(_NICENESS)
    connection = socket.socket(fileno=int(descriptor))
    module, function = loader.split(":")
    try:
        load = cast(Loader, getattr(importlib.import_module(module), function))
        MindWorker(load(Path(model_file), int(slots)), int(slots), connection).run()
    except BaseException:
        traceback.print_exc()
        os._exit(1)


if __name__ == "__main__":
    main()
