"""An utterance on its way from a worker to the session that asked for it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

from vivavoce.engines.base import SpeechBlock, SpeechRequest
from vivavoce.errors import VivavoceError


class PendingSpeech:
    """`Spoken`, filled in by whoever speaks it.

    Its queue needs no bound of its own: an utterance has 30 words at most.
    """

    def __init__(
        self, request: SpeechRequest, dry_at: float, on_cancel: Callable[[PendingSpeech], None]
    ) -> None:
        self.request = request
        self.dry_at = dry_at
        self.received = 0
        """Blocks that have come from workers so far."""
        self.deaths = 0
        """Workers that died while they worked on this utterance."""
        self.ended = False
        self._blocks: deque[SpeechBlock] = deque()
        self._error: VivavoceError | None = None
        self._on_cancel = on_cancel
        self._waiter: asyncio.Future[None] | None = None

    def add(self, block: SpeechBlock) -> None:
        """The next block has come."""
        self.received += 1
        self._blocks.append(block)
        self._wake()

    def end(self, error: VivavoceError | None = None) -> None:
        """No more blocks; `error` is raised after those that came."""
        self.ended = True
        self._error = error
        self._wake()

    def cancel(self) -> None:
        """See `Spoken.cancel`."""
        if not self.ended:
            self.end()
            self._on_cancel(self)
        self._blocks.clear()

    def __aiter__(self) -> PendingSpeech:
        return self

    async def __anext__(self) -> SpeechBlock:
        while not self._blocks:
            if self._error is not None:
                raise self._error
            if self.ended:
                raise StopAsyncIteration
            self._waiter = asyncio.get_running_loop().create_future()
            try:
                await self._waiter
            finally:
                self._waiter = None
        return self._blocks.popleft()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)
