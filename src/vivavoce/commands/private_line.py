"""A line to a voice in this very command: the server's own session, with no port in between."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence

from vivavoce.commands.speech_line import LineClosed, SpeechAsked, SpeechLine
from vivavoce.config import Settings
from vivavoce.runtime.polyglot import all_voices
from vivavoce.sessions.caller import Anyone, Caller
from vivavoce.sessions.desk import EmptyShelf, SpeechDesk
from vivavoce.sessions.duplex import PeerGone
from vivavoce.sessions.notices import Notices
from vivavoce.sessions.speech import SpeechSession

_MESSAGES_UNDER_WAY = 16


@contextlib.asynccontextmanager
async def private_line(asked: SpeechAsked, settings: Settings) -> AsyncIterator[SpeechLine]:
    """A line to voice workers that live as long as the line. Raises EngineFailed."""
    pool = all_voices(workers=1, cache_dir=settings.cache_dir, share=settings.admission_share)
    async with pool, asyncio.TaskGroup() as tasks:
        ends = _Ends()
        session = SpeechSession(
            ends,
            asked.segment,
            asked.query,
            desk=SpeechDesk(pool, settings, Notices(), EmptyShelf()),
            authenticate=_let_in,
        )
        serving = tasks.create_task(session.run())
        yield _ClientEnd(ends)
        serving.cancel()


async def _let_in(_keys: Sequence[str]) -> Caller:
    """There is nobody else here."""
    return Anyone()


class _Ends:
    """`Duplex`, and what goes in and comes out of it at the other end."""

    def __init__(self) -> None:
        self.heard: asyncio.Queue[str] = asyncio.Queue(_MESSAGES_UNDER_WAY)
        self.said: asyncio.Queue[str | LineClosed] = asyncio.Queue(_MESSAGES_UNDER_WAY)
        self.closed: LineClosed | None = None

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
        """See `SpeechLine.send`."""
        if self._ends.closed:
            raise self._ends.closed
        await self._ends.heard.put(message)

    async def receive(self) -> str:
        """See `SpeechLine.receive`."""
        said = await self._ends.said.get()
        if isinstance(said, LineClosed):
            raise said
        return said
