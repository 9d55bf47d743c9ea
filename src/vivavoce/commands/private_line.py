"""A line to a session in this very command: the server's own, with no port in between."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Protocol

from vivavoce.commands.line import Line, LineClosed
from vivavoce.sessions.caller import Anyone, Caller
from vivavoce.sessions.duplex import Duplex, PeerGone, Presence

_MESSAGES_UNDER_WAY = 16
_AFTERWARDS_S = 3.0
"""What a session may take after its peer has gone, to write down what there was."""


class Session(Protocol):
    """What serves one connection of a server."""

    async def run(self) -> None:
        """Until it is closed; no failure leaves this method."""


@contextlib.asynccontextmanager
async def private_line(session_of: Callable[[Duplex], Session]) -> AsyncIterator[Line]:
    """A line to the session that `session_of` makes; it lives as long as the line."""
    ends = _Ends()
    async with asyncio.TaskGroup() as tasks:
        serving = tasks.create_task(session_of(ends).run())
        yield _ClientEnd(ends)
        ends.hang_up()
        await asyncio.wait([serving], timeout=_AFTERWARDS_S)
        serving.cancel()


async def let_in(_keys: Sequence[str]) -> Caller:
    """There is nobody else here."""
    return Anyone()


class _Ends:
    """`Duplex`, and what goes in and comes out of it at the other end."""

    def __init__(self) -> None:
        self.heard: asyncio.Queue[str | None] = asyncio.Queue(_MESSAGES_UNDER_WAY)
        self.said: asyncio.Queue[str | LineClosed] = asyncio.Queue(_MESSAGES_UNDER_WAY)
        self.closed: LineClosed | None = None
        self.presence = Presence()

    def hang_up(self) -> None:
        """The peer has gone: nothing more is received."""
        self.closed = self.closed or LineClosed(1000, "")
        with contextlib.suppress(asyncio.QueueFull):  # a full one keeps nobody waiting
            self.heard.put_nowait(None)
        while not self.said.empty():  # whoever waits to send may see that it is of no use
            self.said.get_nowait()

    async def receive(self) -> str | None:
        """See `Duplex.receive`."""
        return None if self.closed else await self.heard.get()

    async def send(self, message: str | bytes) -> None:
        """See `Duplex.send`."""
        if self.closed:
            raise PeerGone
        await self.said.put(message if isinstance(message, str) else message.decode())

    async def close(self, code: int, reason: str) -> None:
        """See `Duplex.close`."""
        if not self.closed:
            self.closed = LineClosed(code, reason)
            await self.said.put(self.closed)


class _ClientEnd:
    def __init__(self, ends: _Ends) -> None:
        self._ends = ends

    async def send(self, message: str) -> None:
        """See `Line.send`."""
        if self._ends.closed:
            raise self._ends.closed
        await self._ends.heard.put(message)

    async def receive(self) -> str:
        """See `Line.receive`."""
        said = await self._ends.said.get()
        if isinstance(said, LineClosed):
            raise said
        return said
