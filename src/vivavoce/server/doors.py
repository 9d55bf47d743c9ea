"""Which sessions are in, and how they are shown out."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator

from vivavoce.sessions.harbour import Drainable

# For the farewells of sessions cut short.
_FAREWELLS_S = 2.0


class Doors:
    """The sessions under way; once draining, nobody else is to be let in."""

    def __init__(self) -> None:
        self.draining = False
        self._inside: set[Drainable] = set()
        self._moved = asyncio.Event()
        self._hurried = False

    @property
    def inside(self) -> int:
        """How many sessions are under way."""
        return len(self._inside)

    @contextlib.contextmanager
    def inside_for(self, session: Drainable) -> Iterator[None]:
        """Counts `session` in for as long as the block lasts."""
        self._inside.add(session)
        try:
            yield
        finally:
            self._inside.discard(session)
            self._moved.set()

    async def drain(self, seconds: float) -> None:
        """Waits until everybody has left, `seconds` at most unless `hurry` is called."""
        self.draining = True
        for session in list(self._inside):
            session.drain()
        await self._empty(seconds, hurriable=True)
        for session in list(self._inside):
            session.drain(at_once=True)
        await self._empty(_FAREWELLS_S, hurriable=False)

    def hurry(self) -> None:
        """Cuts `drain` short."""
        self._hurried = True
        self._moved.set()

    async def _empty(self, seconds: float, *, hurriable: bool) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self._inside and not (hurriable and self._hurried):
                    self._moved.clear()
                    await self._moved.wait()
