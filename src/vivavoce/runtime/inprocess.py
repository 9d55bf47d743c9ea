"""A pool without processes or threads, for tests: the engine runs on the event loop."""

from __future__ import annotations

import asyncio
from types import TracebackType

import msgspec

from vivavoce.engines.base import SpeechBlock, SpeechRequest, VoiceEngine
from vivavoce.errors import EngineFailed, ServerBusy, VivavoceError


class Submitted(msgspec.Struct):
    """One `submit` as the pool saw it."""

    request: SpeechRequest
    dry_at: float
    blocks_taken: int = 0
    cancelled: bool = False
    ended: bool = False
    keep: bool = True


class InProcessSpoken:
    """One utterance, made block by block as it is iterated."""

    def __init__(self, engine: VoiceEngine, submitted: Submitted, block_delay_s: float) -> None:
        self._submitted = submitted
        self._block_delay_s = block_delay_s
        self._blocks = engine.speak(submitted.request)

    def cancel(self) -> None:
        """See `Spoken.cancel`."""
        if not self._submitted.ended:
            self._submitted.cancelled = True

    def __aiter__(self) -> InProcessSpoken:
        return self

    async def __anext__(self) -> SpeechBlock:
        await asyncio.sleep(self._block_delay_s)
        block = None if self._submitted.cancelled else self._next_block()
        if block is None:
            self._submitted.ended = True
            raise StopAsyncIteration
        self._submitted.blocks_taken += 1
        return block

    def _next_block(self) -> SpeechBlock | None:
        try:
            return next(self._blocks, None)
        except VivavoceError:
            self._submitted.ended = True
            raise
        except Exception as error:
            self._submitted.ended = True
            raise EngineFailed("The voice failed.") from error


class InProcessPool:
    """`SpeechPool` on one engine; `async with` works, and does nothing.

    Each block is awaited for `block_delay_s`. `capacity` listeners are admitted, None for any
    number. `submitted` keeps every utterance, `listeners` counts the turns under way.
    """

    def __init__(
        self, engine: VoiceEngine, *, block_delay_s: float = 0.0, capacity: int | None = None
    ) -> None:
        self.sample_rate = engine.sample_rate
        self.submitted: list[Submitted] = []
        self.listeners = 0
        self._engine = engine
        self._block_delay_s = block_delay_s
        self._capacity = capacity

    async def __aenter__(self) -> InProcessPool:
        self._engine.warm_up()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Nothing to give back."""

    def submit(
        self, request: SpeechRequest, *, dry_at: float, keep: bool = True
    ) -> InProcessSpoken:
        """See `SpeechPool.submit`; nothing is kept, only noted in `submitted`."""
        submitted = Submitted(request, dry_at, keep=keep)
        self.submitted.append(submitted)
        return InProcessSpoken(self._engine, submitted, self._block_delay_s)

    def enter_turn(self) -> None:
        """See `SpeechPool.enter_turn`."""
        if self._capacity is not None and self.listeners >= self._capacity:
            raise ServerBusy("This server has no room for another listener just now.")
        self.listeners += 1

    def leave_turn(self) -> None:
        """See `SpeechPool.leave_turn`."""
        self.listeners -= 1
