"""Ears without processes or threads, for tests: they hear on the event loop."""

from __future__ import annotations

import asyncio
from types import TracebackType

import msgspec

from vivavoce.engines.base import ActivityDetector, Ears, Heard, HearingRequest
from vivavoce.errors import EngineFailed, ServerBusy, VivavoceError


class HeardRequest(msgspec.Struct):
    """One `hear` or `hear_in_time` as the pool saw it; `answer` is None until there is one."""

    request: HearingRequest
    due_at: float
    background: bool = False
    in_time: bool = False
    cancelled: bool = False
    answer: Heard | None = None


class InProcessEarsPool:
    """`EarsPool` on one pair of ears; `async with` works, and does no more than warm them up.

    Each answer is awaited for `delay_s`. `capacity` callers are admitted, None for any number.
    `heard_requests` keeps every piece there was to hear, `streams` counts the callers who speak.
    While `has_time` is False, `hear_in_time` gives None at once: no clock is asked.
    """

    def __init__(
        self,
        ears: Ears,
        detector: ActivityDetector,
        *,
        delay_s: float = 0.0,
        capacity: int | None = None,
    ) -> None:
        self.languages = ears.languages
        self.heard_requests: list[HeardRequest] = []
        self.streams = 0
        self.has_time = True
        self._ears = ears
        self._detector = detector
        self._delay_s = delay_s
        self._capacity = capacity

    async def __aenter__(self) -> InProcessEarsPool:
        self._ears.warm_up()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Nothing to give back."""

    async def hear(
        self, request: HearingRequest, *, due_at: float, background: bool = False
    ) -> Heard:
        """See `EarsPool.hear`."""
        heard = HeardRequest(request, due_at, background=background)
        self.heard_requests.append(heard)
        return await self._answer(heard)

    async def hear_in_time(self, request: HearingRequest, *, due_at: float) -> Heard | None:
        """See `EarsPool.hear_in_time`."""
        heard = HeardRequest(request, due_at, in_time=True)
        self.heard_requests.append(heard)
        return await self._answer(heard) if self.has_time else None

    async def judge(self, pcm: bytes, *, due_at: float) -> list[float]:
        """See `EarsPool.judge`."""
        await asyncio.sleep(self._delay_s)
        probabilities: list[float] = self._detector.judge(pcm).tolist()
        return probabilities

    def enter_stream(self) -> None:
        """See `EarsPool.enter_stream`."""
        if self._capacity is not None and self.streams >= self._capacity:
            raise ServerBusy("This server has no room for another caller just now.")
        self.streams += 1

    def leave_stream(self) -> None:
        """See `EarsPool.leave_stream`."""
        self.streams -= 1

    async def _answer(self, heard: HeardRequest) -> Heard:
        try:
            await asyncio.sleep(self._delay_s)
        except asyncio.CancelledError:
            heard.cancelled = True
            raise
        try:
            heard.answer = self._ears.hear(heard.request)
        except VivavoceError:
            raise
        except Exception as error:
            raise EngineFailed("The ears failed.") from error
        return heard.answer
