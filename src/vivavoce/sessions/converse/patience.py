"""Limits to what is waited for, in the time of a call."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final

_LOOK_EVERY_S: Final = 0.25
"""How late a limit may be where the clock has stood still."""


@asynccontextmanager
async def within(seconds: float | None, clock: Callable[[], float]) -> AsyncIterator[None]:
    """`asyncio.timeout` by a `clock` that may stand still. Raises TimeoutError."""
    async with asyncio.timeout(None) as limit:
        if seconds is None:
            yield
            return
        alarm = _Alarm(limit, clock, clock() + seconds)
        try:
            alarm.look()
            yield
        finally:
            alarm.close()


class _Alarm:
    """Looks at the clock when it might be time, and lets the limit run out when it is."""

    def __init__(self, limit: asyncio.Timeout, clock: Callable[[], float], at: float) -> None:
        self._limit = limit
        self._clock = clock
        self._at = at
        self._loop = asyncio.get_running_loop()
        self._next: asyncio.TimerHandle | None = None

    def look(self) -> None:
        left_s = self._at - self._clock()
        if left_s <= 0.0:
            self._limit.reschedule(self._loop.time())
        else:
            has_stood = self._next is not None
            self._next = self._loop.call_later(_LOOK_EVERY_S if has_stood else left_s, self.look)

    def close(self) -> None:
        if self._next is not None:
            self._next.cancel()
