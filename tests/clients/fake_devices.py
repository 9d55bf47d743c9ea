"""A microphone and a loudspeaker without a device, which a test holds in its hands."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator


class FakeMicrophone:
    """`SoundSource` that hears what a test says."""

    def __init__(self) -> None:
        self.rate: int | None = None
        self.is_open = False
        self._blocks: asyncio.Queue[bytes | Exception] = asyncio.Queue()

    def hear(self, pcm: bytes) -> None:
        """A block is recorded."""
        self._blocks.put_nowait(pcm)

    def break_with(self, error: Exception) -> None:
        """The device vanishes."""
        self._blocks.put_nowait(error)

    @contextlib.asynccontextmanager
    async def opened(self, sample_rate: int) -> AsyncIterator[AsyncIterator[bytes]]:
        """See `SoundSource`."""
        self.rate, self.is_open = sample_rate, True
        try:
            yield self._recorded()
        finally:
            self.is_open = False

    async def _recorded(self) -> AsyncIterator[bytes]:
        while True:
            block = await self._blocks.get()
            if isinstance(block, Exception):
                raise block
            yield block


class FakeLoudspeaker:
    """`SoundSink` in which everything waits until a test lets it sound."""

    def __init__(self) -> None:
        self.rate: int | None = None
        self.is_open = False
        self.waiting = b""
        self.drops = 0

    @property
    def is_waiting(self) -> bool:
        """See `Playing`."""
        return bool(self.waiting)

    def play(self, pcm: bytes) -> None:
        """See `Playing`."""
        assert self.is_open
        self.waiting += pcm

    def drop(self) -> None:
        """See `Playing`."""
        self.waiting = b""
        self.drops += 1

    @contextlib.asynccontextmanager
    async def opened(self, sample_rate: int) -> AsyncIterator[FakeLoudspeaker]:
        """See `SoundSink`."""
        self.rate, self.is_open = sample_rate, True
        try:
            yield self
        finally:
            self.is_open = False
