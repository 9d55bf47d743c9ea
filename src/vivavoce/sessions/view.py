"""One socket of a session that outlives it."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from typing import Final, Protocol

from vivavoce.errors import SessionTakenOver, wire_code
from vivavoce.sessions.duplex import Duplex, PeerGone

_FAREWELL_S: Final = 2.0
_MOST_UNANSWERED: Final = 64
"""Heartbeats of a peer that does not take the answers; then no more is read of it."""
_GOODBYES: Final = frozenset({1000, 1005})
"""Closing with 1000, or without a code, is meant; all else may be a network's doing."""


class Socket(Duplex, Protocol):
    """One connection of the peer's."""

    @property
    def goodbye(self) -> int | None:
        """The code of the peer's close frame, 1005 if it has none; None as long as none came."""

    async def parted(self) -> None:
        """Waits for the peer's close frame, or for the connection to be lost."""


class View:
    """A socket, and what goes through it alone."""

    def __init__(self, socket: Socket) -> None:
        self.socket = socket
        self.control: deque[str] = deque()
        """Frames without numbers: who misses them with this socket is told otherwise."""
        self._taken_over = asyncio.Event()

    @property
    def has_room(self) -> bool:
        """Whether the peer takes what is answered to it."""
        return len(self.control) < _MOST_UNANSWERED

    @property
    def said_goodbye(self) -> bool:
        """Whether the peer has closed for good."""
        return self.socket.goodbye in _GOODBYES

    def take_over(self) -> None:
        """Another socket takes this one's place."""
        self._taken_over.set()

    async def evicted(self) -> None:
        """Raises SessionTakenOver when another socket takes this one's place."""
        await self._taken_over.wait()
        raise SessionTakenOver("The session goes on through another socket.")

    async def send_away(self) -> None:
        """Tells a peer, who may be gone, that it has been evicted."""
        code = wire_code(SessionTakenOver())
        with contextlib.suppress(TimeoutError, PeerGone):
            async with asyncio.timeout(_FAREWELL_S):
                await self.socket.close(code.close_code, code.error_id)
