"""One worker process: a kind of work, an earliest-deadline queue, and a socket to the server.

Single-threaded. Between two steps it reads what has been asked or cancelled meanwhile, so an urgent
job waits for one step of somebody else's at the most.
"""

from __future__ import annotations

import select
import socket
from typing import Generic, NamedTuple, Protocol, TypeVar

import msgspec

from vivavoce.core.deadlines import DeadlineQueue
from vivavoce.runtime.messages import Failed, Ready, Working, framed, take_frames

_RECEIVE_BYTES = 1 << 16

JobT = TypeVar("JobT")


class Step(NamedTuple):
    """What came of one step: an event for the server, and when the next one is due, if ever."""

    event: msgspec.Struct | None
    again_at: float | None = None


class Work(Protocol[JobT]):
    """What a worker does: `SpeechWork` or `EarsWork`."""

    def warm_up(self) -> Ready:
        """Get ready, and measure the pace."""

    def obey(self, command: bytes, queue: DeadlineQueue[JobT]) -> None:
        """Queue the job of a command, or take out what it cancels."""

    def advance(self, key: int, job: JobT) -> Step:
        """Do one step of a job."""


class Worker(Generic[JobT]):
    """Serves one socket until it closes."""

    def __init__(self, work: Work[JobT], connection: socket.socket) -> None:
        self._work = work
        self._connection = connection
        self._received = bytearray()
        self._queue: DeadlineQueue[JobT] = DeadlineQueue()

    def run(self) -> None:
        """Warm up, then work until the server hangs up."""
        self._send(self._work.warm_up())
        while self._read_commands():
            if self._queue:
                self._advance(*self._queue.pop())

    def _read_commands(self) -> bool:
        """Whatever has come, waiting only when there is nothing to do; False when hung up."""
        timeout = 0 if self._queue else None
        while select.select([self._connection], [], [], timeout)[0]:
            data = self._connection.recv(_RECEIVE_BYTES)
            if not data:
                return False
            self._received += data
            for command in take_frames(self._received):
                self._work.obey(command, self._queue)
            timeout = 0 if self._queue else None
        return True

    def _advance(self, key: int, job: JobT) -> None:
        self._send(Working(key))
        try:
            event, again_at = self._work.advance(key, job)
        except Exception as error:  # an engine's bug ends one job, not the worker
            event, again_at = Failed(key, f"{type(error).__name__}: {error}"), None
        if event is not None:
            self._send(event)
        if again_at is not None:
            self._queue.push(key, job, again_at)

    def _send(self, event: msgspec.Struct) -> None:
        self._connection.sendall(framed(event))
