"""A server of live transcription that writes down what a test tells it to."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from websockets.asyncio.server import serve

from tests.clients.resuming_server import Message, ResumingServer, until


class ScribeServer(ResumingServer):
    """Every piece of sound is a word, namely its bytes as text."""

    @property
    def http(self) -> str:
        """What a client is given."""
        return self.url.replace("ws", "http", 1).removesuffix("/v1/anything")

    async def starts(self) -> None:
        """The first message of a session."""
        await self.session.say(
            {
                "message_type": "session_started",
                "session_id": "s1",
                "config": {"language_code": "en"},
            }
        )

    def chunks(self) -> list[bytes | None]:
        """What the session of now was sent; None for a commit."""
        return [_piece(one) for one in self.session.heard]

    async def partial(self, text: str) -> None:
        """What has been heard so far."""
        await self.session.say({"message_type": "partial_transcript", "text": text})

    async def commits(self, text: str) -> None:
        """A segment, without times."""
        await self.session.say({"message_type": "committed_transcript", "text": text})

    async def commits_timed(self, text: str, start_s: float, end_s: float) -> None:
        """A segment of one word, with the two messages that belong to it."""
        await self.commits(text)
        word = {"text": text, "start": start_s, "end": end_s, "type": "word", "logprob": -0.5}
        await self.session.say(
            {
                "message_type": "committed_transcript_with_timestamps",
                "text": text,
                "language_code": "en",
                "words": [word] if text else [],
            }
        )


def _piece(message: Message) -> bytes | None:
    if message["commit"]:
        assert message["audio_base_64"] == ""
        return None
    return base64.b64decode(str(message["audio_base_64"]))


@asynccontextmanager
async def scribe_server() -> AsyncIterator[ScribeServer]:
    """A server on the loopback interface."""
    fake = ScribeServer()
    async with serve(
        fake._serve, "127.0.0.1", 0, process_request=fake._answer, compression=None
    ) as server:
        fake._server = server
        yield fake


__all__ = ["ScribeServer", "scribe_server", "until"]
