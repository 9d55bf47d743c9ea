"""An utterance that is looked for on disk first and spoken otherwise."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from typing import TypeAlias

import msgspec

from vivavoce.engines.base import SpeechBlock
from vivavoce.runtime.base import Spoken

_LOOK_WITHIN_S = 0.2
"""A look takes 0.4 ms, and 200 listeners who greet at once 0.1 s: this is a disk that hangs."""

Look: TypeAlias = asyncio.Future[list[SpeechBlock] | None]
"""Brings the blocks of an utterance that was kept, None if there are none."""


class CacheCounts(msgspec.Struct):
    """What became of the utterances asked for since the start.

    `found` were on disk, `spoken` were not. Of the spoken ones that came to their end, `kept` are
    on disk now and `not_kept` are not: too many at once, another process writing, a full disk.
    """

    found: int = 0
    spoken: int = 0
    kept: int = 0
    not_kept: int = 0


class CachedSpeech:
    """`Spoken` that is spoken as soon as it turns out that it is not on disk, iterated or not."""

    def __init__(
        self,
        look: Look,
        *,
        speak: Callable[[], Spoken],
        keep: Callable[[list[SpeechBlock]], None],
        counts: CacheCounts,
    ) -> None:
        """`look` brings the blocks, or None; then `speak` is called, and `keep` with all it made.

        `keep` is not called when the utterance was cancelled, failed or was not heard to its end.
        """
        self._speak = speak
        self._keep = keep
        self._counts = counts
        self._settled = asyncio.Event()
        """Whether it is known where the blocks come from."""
        self._found: deque[SpeechBlock] = deque()
        self._spoken: Spoken | None = None
        self._blocks: AsyncIterator[SpeechBlock] | None = None
        self._heard: list[SpeechBlock] | None = []
        """Spoken blocks that may be kept; None once that is out of the question."""
        self._error: Exception | None = None
        look.add_done_callback(self._looked)
        self._patience = asyncio.get_running_loop().call_later(_LOOK_WITHIN_S, self._not_found)

    def cancel(self) -> None:
        """See `Spoken.cancel`."""
        self._settle()
        self._found.clear()
        self._heard = None
        if self._spoken is not None:
            self._spoken.cancel()

    def __aiter__(self) -> CachedSpeech:
        return self

    async def __anext__(self) -> SpeechBlock:
        await self._settled.wait()
        if self._found:
            return self._found.popleft()
        if self._error is not None:
            raise self._error
        if self._blocks is None:
            raise StopAsyncIteration
        return await self._hear(self._blocks)

    async def _hear(self, blocks: AsyncIterator[SpeechBlock]) -> SpeechBlock:
        try:
            block = await anext(blocks)
        except StopAsyncIteration:
            heard, self._heard = self._heard, None
            if heard:
                self._keep(heard)
            raise
        except Exception:
            self._heard = None
            raise
        if self._heard is not None:
            self._heard.append(block)
        return block

    def _looked(self, look: Look) -> None:
        found = None if look.cancelled() else look.result()
        if found is None:
            self._not_found()
        elif not self._settled.is_set():
            self._settle()
            self._counts.found += 1
            self._found.extend(found)

    def _not_found(self) -> None:
        if self._settled.is_set():
            return
        self._settle()
        self._counts.spoken += 1
        try:
            self._spoken = self._speak()
            self._blocks = aiter(self._spoken)
        except Exception as error:  # for the listener: nobody else called this
            self._error = error

    def _settle(self) -> None:
        self._settled.set()
        self._patience.cancel()
