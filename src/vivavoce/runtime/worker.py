"""One worker process: an engine, an earliest-deadline queue, and a socket to the server.

Single-threaded. Between two blocks it reads what has been asked or cancelled meanwhile, so an
urgent first block waits for one block of somebody else's at the most.
"""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Iterator

from vivavoce.core.deadlines import DeadlineQueue
from vivavoce.engines.base import SpeechBlock, SpeechRequest, VoiceEngine
from vivavoce.engines.voices.catalog import DEFAULT_VOICE
from vivavoce.errors import TextNotSpeakable
from vivavoce.runtime import messages as say

_RECEIVE_BYTES = 1 << 16
_PACE_SENTENCE = "How fast this machine speaks is measured with a sentence of ordinary length."


class _Job:
    """An utterance part-way through."""

    def __init__(self, command: say.Speak, blocks: Iterator[SpeechBlock]) -> None:
        self.command = command
        self.blocks = blocks
        self.made = 0
        self.heard_from: float | None = None
        self.heard_s = 0.0

    def deadline(self) -> float:
        """When its listener would run dry."""
        if self.heard_from is None:
            return self.command.dry_at
        return self.heard_from + self.heard_s


class Worker:
    """Serves one socket until it closes."""

    def __init__(self, engine: VoiceEngine, connection: socket.socket) -> None:
        self._engine = engine
        self._connection = connection
        self._received = bytearray()
        self._queue: DeadlineQueue[_Job] = DeadlineQueue()

    def run(self) -> None:
        """Warm up, then speak until the server hangs up."""
        self._engine.warm_up()
        self._send(say.Ready(self._engine.sample_rate, self._measure_pace()))
        while self._read_commands():
            if self._queue:
                self._make_block(*self._queue.pop())

    def _measure_pace(self) -> float:
        # The processor's time, not the clock's: the pace is the machine's, whoever else is on it.
        started = time.process_time()
        blocks = list(self._engine.speak(SpeechRequest(_PACE_SENTENCE, DEFAULT_VOICE)))
        speech_s = sum(block.samples for block in blocks) / self._engine.sample_rate
        return speech_s / max(time.process_time() - started, 1e-6)

    def _read_commands(self) -> bool:
        """Whatever has come, waiting only when there is nothing to do; False when hung up."""
        timeout = 0 if self._queue else None
        while select.select([self._connection], [], [], timeout)[0]:
            data = self._connection.recv(_RECEIVE_BYTES)
            if not data:
                return False
            self._received += data
            for body in say.take_frames(self._received):
                self._obey(say.command_decoder.decode(body))
            timeout = 0 if self._queue else None
        return True

    def _obey(self, command: say.Command) -> None:
        if isinstance(command, say.Cancel):
            self._queue.remove(command.job)
            return
        job = _Job(command, iter(self._engine.speak(command.request)))
        self._queue.push(command.job, job, job.deadline())

    def _make_block(self, key: int, job: _Job) -> None:
        self._send(say.Working(key))
        started = time.process_time()
        try:
            block = next(job.blocks, None)
        except TextNotSpeakable as error:
            self._send(say.Failed(key, str(error), not_speakable=True))
            return
        except Exception as error:  # an engine's bug ends one utterance, not the worker
            self._send(say.Failed(key, f"{type(error).__name__}: {error}", not_speakable=False))
            return
        if block is None:
            self._send(say.Done(key))
            return
        job.made += 1
        if job.made > job.command.known_blocks:
            self._send(say.Block(key, block, time.process_time() - started))
        if job.heard_from is None:
            job.heard_from = job.command.dry_at
            if not job.command.known_blocks:  # else it has been heard since then already
                job.heard_from = max(job.heard_from, time.monotonic())
        job.heard_s += block.samples / self._engine.sample_rate
        self._queue.push(key, job, job.deadline())

    def _send(self, event: say.Event) -> None:
        self._connection.sendall(say.framed(event))
