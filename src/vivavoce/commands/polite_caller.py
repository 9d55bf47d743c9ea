"""A file as one side of a conversation: it lets the other side begin, and hears it out."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

from vivavoce.commands.intake import BLOCK_S
from vivavoce.commands.microphone import Microphone


class PoliteCaller:
    """`Microphone` around one that ends: silent until `may_speak`, and silent for ever after."""

    def __init__(self, source: Microphone, may_speak: Callable[[], bool]) -> None:
        self.name = source.name
        self.sample_rate = source.sample_rate
        self.has_said_all = False
        self._source = source
        self._may_speak = may_speak

    @contextlib.asynccontextmanager
    async def opened(self, on_loss: Callable[[], None]) -> AsyncIterator[AsyncIterator[bytes]]:
        """See `Microphone.opened`."""
        async with self._source.opened(on_loss) as blocks:
            yield self._blocks(blocks)

    async def _blocks(self, blocks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        async for silence in self._silence():
            if self._may_speak():
                break
            yield silence
        async for block in blocks:
            yield block
        self.has_said_all = True
        async for silence in self._silence():
            yield silence

    async def _silence(self) -> AsyncIterator[bytes]:
        loop = asyncio.get_running_loop()
        due_at = loop.time()
        while True:
            due_at += BLOCK_S
            await asyncio.sleep(due_at - loop.time())
            yield bytes(2 * round(self.sample_rate * BLOCK_S))
