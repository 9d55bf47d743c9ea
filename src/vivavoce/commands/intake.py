"""Sound from whoever records it and never waits, for a task that may be late."""

from __future__ import annotations

import asyncio
import queue
from collections.abc import AsyncIterator, Callable

BLOCK_S = 0.05
"""Seconds of sound in one block."""
_HELD_BLOCKS = 600
"""Half a minute: as long as a slow machine takes to load what listens."""


class Intake:
    """A bounded queue of blocks of sound, written by any thread, read in the loop it is made in.

    `on_loss` is called once, in the loop, when a block has been lost.
    """

    def __init__(self, on_loss: Callable[[], None], held_blocks: int = _HELD_BLOCKS) -> None:
        self._loop = asyncio.get_running_loop()
        self._blocks: queue.Queue[bytes] = queue.Queue(held_blocks)
        self._arrived = asyncio.Event()
        self._is_waking = False
        self._ended = False
        self._on_loss = on_loss
        self._loss_told = False
        self._has_lost = False

    def put(self, block: bytes) -> None:
        """Takes a block, or loses it if nobody has taken the earlier ones."""
        try:
            self._blocks.put_nowait(block)
        except queue.Full:
            self._has_lost = True
        self._wake()

    def lose(self) -> None:
        """Sound was lost before it could be put."""
        self._has_lost = True

    def end(self) -> None:
        """No more is put."""
        self._ended = True
        self._wake()

    async def blocks(self) -> AsyncIterator[bytes]:
        """Blocks in order until the end."""
        while True:
            self._arrived.clear()
            ended = self._ended
            while (block := self._next()) is not None:
                yield block
            if ended:
                return
            await self._arrived.wait()

    def _next(self) -> bytes | None:
        if self._has_lost and not self._loss_told:
            self._loss_told = True
            self._on_loss()
        try:
            return self._blocks.get_nowait()
        except queue.Empty:
            return None

    def _wake(self) -> None:
        # Once until it is awake: a device that has run wild would keep the loop from all else.
        if not self._is_waking:
            self._is_waking = True
            self._loop.call_soon_threadsafe(self._awake)

    def _awake(self) -> None:
        self._is_waking = False
        self._arrived.set()
