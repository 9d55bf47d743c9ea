"""What has arrived and was not asked for yet."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Generic, TypeVar

_Item = TypeVar("_Item")


class Inbox(Generic[_Item]):
    """A bounded queue with an end, for one taker."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._items: deque[_Item] = deque()
        self._end: Exception | None = None
        self._filled = asyncio.Event()
        self._room = asyncio.Event()
        self._emptied = asyncio.Event()
        self._update()

    @property
    def is_full(self) -> bool:
        """Whether the next `put` has to wait for the taker."""
        return len(self._items) >= self._most and self._end is None

    async def put(self, item: _Item) -> None:
        """Adds an item once there is room; after the end it goes nowhere."""
        await self._room.wait()
        self.put_now(item)

    def put_now(self, item: _Item) -> None:
        """The same, beyond the bound if need be."""
        if self._end is None:
            self._items.append(item)
            self._update()

    async def take(self) -> _Item:
        """The oldest item. Raises what `end` was given when all have been taken."""
        await self._filled.wait()
        if not self._items:
            assert self._end is not None
            raise self._end
        item = self._items.popleft()
        self._update()
        return item

    async def until_empty(self) -> None:
        """Returns when everything has been taken."""
        await self._emptied.wait()

    def end(self, error: Exception, *, discard: bool = False) -> None:
        """Nothing more will come; `discard` takes away what has not been asked for."""
        if discard:
            self._items.clear()
        if self._end is None:
            self._end = error
        self._update()

    def _update(self) -> None:
        _set(self._filled, bool(self._items) or self._end is not None)
        _set(self._room, not self.is_full)
        _set(self._emptied, not self._items)


def _set(event: asyncio.Event, value: bool) -> None:
    if value:
        event.set()
    else:
        event.clear()
