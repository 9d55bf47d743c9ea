"""Events on their way to whoever asks for them, however late that is."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from typing import Final, Generic, TypeVar

_Event = TypeVar("_Event")

_HELD: Final = 1_024
"""Some minutes of a conversation."""
_log: Final = logging.getLogger(__name__)


class EventQueue(Generic[_Event]):
    """A bounded queue with an end; where nobody reads, the oldest events make room, counted.

    A conversation goes on while its owner reads no events: it must not stand still for them.
    `replaces(new, old)` says which events make the one that waits before them needless.
    """

    def __init__(
        self, replaces: Callable[[_Event, _Event], bool] | None = None, *, held: int = _HELD
    ) -> None:
        self._events: deque[_Event] = deque()
        self._held = held
        self._replaces = replaces
        self._moved = asyncio.Event()
        self._failure: BaseException | None = None
        self._is_over = False
        self.lost = 0
        """How many events nobody has read in time."""

    def put(self, event: _Event) -> None:
        """Adds an event; at once."""
        if self._events and self._replaces and self._replaces(event, self._events[-1]):
            self._events.pop()
        if len(self._events) >= self._held:
            self._events.popleft()
            if not self.lost:
                _log.warning("more than %d events wait: the oldest are dropped", self._held)
            self.lost += 1
        self._events.append(event)
        self._moved.set()

    def end(self, failure: BaseException | None = None) -> None:
        """No event follows; readers get what is there, and then `failure`. Idempotent."""
        if not self._is_over:
            self._is_over, self._failure = True, failure
            self._moved.set()

    async def get(self) -> _Event:
        """The next event. Raises StopAsyncIteration at the end, or what it failed with."""
        while (event := self.get_waiting()) is None:
            if self._is_over:
                raise StopAsyncIteration
            self._moved.clear()
            await self._moved.wait()
        return event

    def get_waiting(self) -> _Event | None:
        """An event that is there, else None; raises what it failed with when it is over."""
        if self._events:
            return self._events.popleft()
        if self._failure is not None:
            raise self._failure
        return None
