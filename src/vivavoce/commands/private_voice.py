"""A voice in this very command."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

from vivavoce.commands.line import Line
from vivavoce.commands.private_line import let_in, private_line
from vivavoce.commands.speech_asked import SpeechAsked
from vivavoce.config import Settings
from vivavoce.runtime.polyglot import all_voices
from vivavoce.sessions.desk import EmptyShelf, SpeechDesk
from vivavoce.sessions.duplex import Duplex
from vivavoce.sessions.notices import Notices
from vivavoce.sessions.speech import SpeechSession


@contextlib.asynccontextmanager
async def private_voice(asked: SpeechAsked, settings: Settings) -> AsyncIterator[Line]:
    """A line to voice workers that live as long as the line. Raises EngineFailed."""
    pool = all_voices(workers=1, cache_dir=settings.cache_dir, share=settings.admission_share)
    desk = SpeechDesk(pool, settings, Notices(), EmptyShelf())

    def session(duplex: Duplex) -> SpeechSession:
        return SpeechSession(duplex, asked.segment, asked.query, desk=desk, authenticate=let_in)

    async with pool, private_line(session) as line:
        yield line
