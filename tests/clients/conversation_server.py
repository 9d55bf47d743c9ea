"""A server of conversations that says what a test tells it to, and keeps its sessions."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

from websockets.asyncio.server import ServerConnection, serve

from tests.clients.resuming_server import Message, ResumingServer, Session, _resume, until


class ConversationServer(ResumingServer):
    """Grants a session inside the metadata, as `/v1/convai/conversation` does."""

    def __init__(self) -> None:
        super().__init__()
        self.output_format = "pcm_16000"
        self.input_format = "pcm_16000"

    @property
    def http(self) -> str:
        """What a client is given."""
        return self.url.replace("ws", "http", 1).removesuffix("/v1/anything")

    def heard(self, kind: str) -> list[Message]:
        """The messages of a type that the session of now was sent."""
        return [one for one in self.session.heard if one.get("type") == kind]

    def sound(self) -> bytes:
        """All sound that it was sent."""
        chunks = [
            one["user_audio_chunk"] for one in self.session.heard if "user_audio_chunk" in one
        ]
        return b"".join(base64.b64decode(str(one)) for one in chunks)

    async def says(self, kind: str, key: str, **told: object) -> None:
        """An event of the usual shape."""
        await self.session.say({"type": kind, key: told})

    async def speaks(self, pcm: bytes, event_id: int, chars: Sequence[str] = ()) -> None:
        """A piece of the agent's speech, in which each of `chars` takes 50 ms."""
        told: dict[str, object] = {
            "audio_base_64": base64.b64encode(pcm).decode(),
            "event_id": event_id,
        }
        if chars:
            told["alignment"] = {
                "chars": list(chars),
                "char_start_times_ms": [50 * at for at in range(len(chars))],
                "char_durations_ms": [50] * len(chars),
            }
        await self.session.say({"type": "audio", "audio_event": told})

    async def responds(self, text: str, event_id: int) -> None:
        """The text of an answer."""
        await self.says(
            "agent_response", "agent_response_event", agent_response=text, event_id=event_id
        )

    async def transcribes(self, text: str, event_id: int) -> None:
        """What the caller said."""
        await self.says(
            "user_transcript", "user_transcription_event", user_transcript=text, event_id=event_id
        )

    async def calls(self, name: str, call_id: str, **parameters: object) -> None:
        """A tool of the client's."""
        await self.says(
            "client_tool_call",
            "client_tool_call",
            tool_name=name,
            tool_call_id=call_id,
            parameters=parameters,
            event_id=7,
        )

    async def close(self, code: int = 1000, reason: str = "goodbye") -> None:
        """Ends the call."""
        assert self.session.socket is not None
        await self.session.socket.close(code, reason)

    async def _session_for(
        self, socket: ServerConnection, query: Mapping[str, str]
    ) -> Session | None:
        if "session" in query:
            for session in self.sessions:
                if session.name == query["session"]:
                    await _resume(session, socket, int(query["last_seq"]))
                    return session
            return None
        session = Session(f"session-{len(self.sessions) + 1}", self.grants)
        self.sessions.append(session)
        session.socket = socket
        metadata: dict[str, object] = {
            "type": "conversation_initiation_metadata",
            "conversation_initiation_metadata_event": {
                "conversation_id": f"conv_{len(self.sessions)}",
                "agent_output_audio_format": self.output_format,
                "user_input_audio_format": self.input_format,
            },
        }
        if self.grants:
            grant = {"id": session.name, "token": f"of {session.name}", "window_ms": 30000}
            metadata["session"] = grant
        await session.say(metadata)
        self.began.set()
        return session


@asynccontextmanager
async def conversation_server() -> AsyncIterator[ConversationServer]:
    """A server on the loopback interface."""
    fake = ConversationServer()
    async with serve(
        fake._serve, "127.0.0.1", 0, process_request=fake._answer, compression=None
    ) as server:
        fake._server = server
        yield fake


__all__ = ["ConversationServer", "conversation_server", "until"]
