"""The server's end of the socket to one worker process."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import cast

from vivavoce.runtime import messages as say
from vivavoce.runtime.spoken import PendingSpeech


class WorkerLine(asyncio.Protocol):
    """The line to one worker, and the utterances it has in hand."""

    def __init__(self, process_id: int, on_event: Callable[[WorkerLine, say.Event], None]) -> None:
        self.process_id = process_id
        self.jobs: dict[int, PendingSpeech] = {}
        self.working_on: int | None = None
        self.ready = False
        self.heard_at = time.monotonic()
        self.closed = asyncio.Event()
        self.readied = asyncio.Event()
        """Set when the worker is `ready`, and when it never will be."""
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
        for body in say.take_frames(self._received):
            self._on_event(self, say.event_decoder.decode(body))

    def connection_lost(self, exc: Exception | None) -> None:
        """See asyncio."""
        self.closed.set()
        self.readied.set()

    def send(self, command: say.Command) -> None:
        """Commands are small and workers read them between blocks: never waits."""
        # What a worker had in hand when it died goes to another as soon as that is noticed.
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(say.framed(command))

    def hang_up(self) -> None:
        """The worker ends itself when it notices."""
        if self._transport is not None:
            self._transport.close()

    def load(self) -> tuple[int, int]:
        """Listeners who still wait for a first block, and characters still to speak."""
        starting = sum(job.received == 0 for job in self.jobs.values())
        return starting, sum(len(job.request.text) for job in self.jobs.values())
