"""The server's end of the socket to one worker process."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Generic, TypeVar, cast

import msgspec

from vivavoce.runtime.messages import framed, take_frames

JobT = TypeVar("JobT")


class WorkerLine(asyncio.Protocol, Generic[JobT]):
    """The line to one worker, and the jobs it has in hand."""

    def __init__(
        self,
        process_id: int,
        decode: Callable[[bytes], msgspec.Struct],
        on_event: Callable[[WorkerLine[JobT], msgspec.Struct], None],
    ) -> None:
        self.process_id = process_id
        self.jobs: dict[int, JobT] = {}
        self.working_on: int | None = None
        self.ready = False
        self.heard_at = time.monotonic()
        self.closed = asyncio.Event()
        self.readied = asyncio.Event()
        """Set when the worker is `ready`, and when it never will be."""
        self._decode = decode
        self._on_event = on_event
        self._received = bytearray()
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See asyncio."""
        self._transport = cast(asyncio.WriteTransport, transport)  # uvloop's is one, unregistered

    def data_received(self, data: bytes) -> None:
        """See asyncio."""
        self._received += data
        self.heard_at = time.monotonic()
        for body in take_frames(self._received):
            self._on_event(self, self._decode(body))

    def connection_lost(self, exc: Exception | None) -> None:
        """See asyncio."""
        self.closed.set()
        self.readied.set()

    def hand(self, number: int, job: JobT, command: msgspec.Struct) -> None:
        """One more job for the worker."""
        if not self.jobs:
            self.heard_at = time.monotonic()
        self.jobs[number] = job
        self.send(command)

    def send(self, command: msgspec.Struct) -> None:
        """Never waits: workers read between steps, and what they have not read yet is buffered."""
        # What a worker had in hand when it died goes to another as soon as that is noticed.
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(framed(command))

    def hang_up(self) -> None:
        """The worker ends itself when it notices."""
        if self._transport is not None:
            self._transport.abort()  # not close, which first writes what a hung worker never reads
