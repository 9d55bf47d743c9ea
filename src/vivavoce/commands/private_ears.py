"""Live transcription in this very command."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

from vivavoce.commands.line import Line
from vivavoce.commands.local_ears import local_ears
from vivavoce.commands.private_line import let_in, private_line
from vivavoce.commands.transcript_asked import TranscriptAsked
from vivavoce.config import Settings
from vivavoce.sessions.duplex import Duplex
from vivavoce.sessions.transcription import TranscriptionSession


@contextlib.asynccontextmanager
async def private_ears(asked: TranscriptAsked, settings: Settings) -> AsyncIterator[Line]:
    """A line to a worker that listens as long as the line lives. Raises EngineFailed."""
    async with local_ears(settings, workers=1) as desk:

        def session(duplex: Duplex) -> TranscriptionSession:
            return TranscriptionSession(duplex, asked.query, desk=desk, authenticate=let_in)

        async with private_line(session) as line:
            yield line
