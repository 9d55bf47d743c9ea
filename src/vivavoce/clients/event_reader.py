"""Events that an event loop in a thread receives, for threads that have none."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Generic, Protocol, TypeVar

from vivavoce.clients.failures import ConnectionOver
from vivavoce.clients.loop_thread import LoopThread

_Event = TypeVar("_Event")
_Told = TypeVar("_Told", covariant=True)


class Events(Protocol[_Told]):
    """What an event loop gives."""

    async def next_event(self) -> _Told:
        """The next one. Raises StopAsyncIteration at the end."""

    def waiting_event(self) -> _Told | None:
        """One that is there, None for none."""


class EventReader(Generic[_Event]):
    """Reads `events`, which live in `loop`; what is left can be read when that is closed."""

    def __init__(self, loop: LoopThread, events: Events[_Event]) -> None:
        self._loop = loop
        self._events = events

    def next(self, timeout: float | None = None) -> _Event | None:
        """What happens next, None at the end.

        Raises TimeoutError after `timeout` seconds, and what it failed with.
        """
        if self._loop.is_running:
            try:
                return self._loop.call(self._next(timeout))
            except ConnectionOver:
                # Or it has been closed meanwhile by another thread.
                if self._loop.is_running:
                    raise
        return self._events.waiting_event()

    def __iter__(self) -> Iterator[_Event]:
        while (event := self.next()) is not None:
            yield event

    async def _next(self, timeout: float | None) -> _Event | None:  # noqa: ASYNC109
        # The limit is kept here, where no event can come between its end and the cancellation.
        try:
            async with asyncio.timeout(timeout):
                return await self._events.next_event()
        except StopAsyncIteration:
            return None
