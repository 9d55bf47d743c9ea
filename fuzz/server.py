"""`python -m fuzz.server DIRECTORY`: a server without a model, that tells what it has left over.

On standard output it says first on which port it listens. Each line on standard input is answered
with what there is beyond an idle server (see `Leftovers`); the end of the input stops the server.
"""

from __future__ import annotations

import asyncio
import os
import stat
import sys
import tempfile
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TextIO

import msgspec

from fuzz.voice import AnyLetterVoice
from vivavoce.config import Settings
from vivavoce.engines.ears.fake import FakeDetector, FakeEars
from vivavoce.engines.minds.base import Mind
from vivavoce.engines.minds.scripted import ScriptedMind
from vivavoce.logs import configure_logging
from vivavoce.runtime.inprocess import InProcessPool
from vivavoce.runtime.inprocess_ears import InProcessEarsPool
from vivavoce.server.app import App, Engines
from vivavoce.server.run import DrainingServer, make_server

MOST_UPLOAD_BYTES = 4_000_000
"""What it takes."""

_ANSWERS_WITHIN_S = 10.0


class Leftovers(msgspec.Struct, frozen=True):
    """Sessions and answers under way, turns not given back, tasks that an idle server has not.

    `files` are temporary ones, with a name or without.
    """

    inside: int
    listeners: int
    tasks: int
    files: int


class _Porter:
    """Answers the questions on standard input, from a thread of its own."""

    def __init__(
        self, server: DrainingServer, pool: InProcessPool, ears: InProcessEarsPool
    ) -> None:
        self._server = server
        self._pool = pool
        self._ears = ears
        self._idle_tasks: int | None = None

    def serve(self, questions: TextIO, answers: TextIO) -> None:
        """Until there are no more questions."""
        try:
            for _ in questions:
                print(msgspec.json.encode(self._leftovers()).decode(), file=answers, flush=True)
        finally:
            self._server.should_exit = True

    def _leftovers(self) -> Leftovers:
        loop = self._server.loop
        app = self._server.config.app
        assert loop is not None
        assert isinstance(app, App)
        asked = asyncio.run_coroutine_threadsafe(_count_tasks(), loop)
        tasks = asked.result(_ANSWERS_WITHIN_S)
        if self._idle_tasks is None:
            self._idle_tasks = tasks
        turns = self._pool.listeners + self._ears.streams
        return Leftovers(app.doors.inside, turns, tasks - self._idle_tasks, _count_files())


async def _count_tasks() -> int:
    return len(asyncio.all_tasks()) - 1


def _count_files() -> int:
    named = list(Path(tempfile.gettempdir()).iterdir())
    return len(named) + sum(map(_is_nameless_file, os.listdir("/dev/fd")))


def _is_nameless_file(descriptor: str) -> bool:
    try:
        told = os.fstat(int(descriptor))
    except OSError:
        return False  # the one that the list was read with
    return stat.S_ISREG(told.st_mode) and told.st_nlink == 0


@asynccontextmanager
async def _mind() -> AsyncIterator[Mind]:
    yield ScriptedMind()


def main() -> None:
    """Serves until standard input ends."""
    configure_logging("info", "json")
    pool = InProcessPool(AnyLetterVoice())
    ears = InProcessEarsPool(FakeEars(), FakeDetector())
    directory = Path(sys.argv[1])
    settings = Settings(
        port=0, data_dir=directory, cache_dir=directory, max_upload_bytes=MOST_UPLOAD_BYTES
    )
    server, listener = make_server(
        settings, Engines(lambda: pool, lambda: ears, FakeDetector, _mind)
    )
    print(listener.getsockname()[1], flush=True)
    thread = threading.Thread(
        target=_Porter(server, pool, ears).serve, args=(sys.stdin, sys.stdout)
    )
    thread.start()
    server.run(sockets=[listener])
    thread.join()


if __name__ == "__main__":
    main()
