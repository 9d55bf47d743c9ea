"""A bare client of `convai/conversation` that keeps all it is sent."""

from __future__ import annotations

import asyncio
import base64
import json
import wave
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from websockets.asyncio.client import ClientConnection

from tests.integration.end_to_end.server_process import ServerProcess
from tests.integration.end_to_end.speech_client import open_socket

CHUNK_BYTES = 8_000
"""A quarter of a second at 16 kHz, as the Python SDK sends it."""
_WITHIN_S = 60.0

Frame = dict[str, Any]


def call_url(server: ServerProcess, agent_id: str = "default") -> str:
    """Where that agent is called."""
    return f"{server.websocket}/v1/convai/conversation?agent_id={agent_id}"


def initiation(**override: object) -> Frame:
    """The usual first message, with what is overridden."""
    return {
        "type": "conversation_initiation_client_data",
        "conversation_config_override": override,
    }


class BareCall:
    """One connection; `frames` are all that have been read."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.frames: list[Frame] = []

    async def send(self, *messages: Frame) -> None:
        """One after the other."""
        for message in messages:
            await self.socket.send(json.dumps(message))

    async def until(self, is_last: Callable[[Frame], bool]) -> list[Frame]:
        """What comes from now on, up to the frame that is meant; answers pings."""
        begin = len(self.frames)
        async with asyncio.timeout(_WITHIN_S):
            while len(self.frames) == begin or not is_last(self.frames[-1]):
                frame = json.loads(await self.socket.recv())
                self.frames.append(frame)
                if frame["type"] == "ping":
                    pong = {"type": "pong", "event_id": frame["ping_event"]["event_id"]}
                    await self.send(pong)
        return self.frames[begin:]

    async def say(self, path: Path) -> None:
        """Speaks a WAV file at 16 kHz, at the pace of a microphone that then stays open."""
        with wave.open(str(path)) as file:
            sound = file.readframes(file.getnframes())
        clock = asyncio.get_running_loop()
        due = clock.time()
        while True:
            chunk, sound = sound[:CHUNK_BYTES].ljust(CHUNK_BYTES, b"\0"), sound[CHUNK_BYTES:]
            await self.send({"user_audio_chunk": base64.b64encode(chunk).decode()})
            due += CHUNK_BYTES / 32_000
            await asyncio.sleep(max(0.0, due - clock.time()))


@asynccontextmanager
async def bare_call(url: str, *messages: Frame, **options: Any) -> AsyncIterator[BareCall]:
    """A call that begins with these messages."""
    async with await open_socket(url, **options) as socket:
        call = BareCall(socket)
        await call.send(*messages)
        yield call


def of_kind(*kinds: str) -> Callable[[Frame], bool]:
    """Whether a frame is one of these."""
    return lambda frame: frame["type"] in kinds


def answers(text: str) -> Callable[[Frame], bool]:
    """Whether a frame is an answer that has this in it."""
    return lambda frame: (
        frame["type"] == "agent_response"
        and text in frame["agent_response_event"]["agent_response"]
    )
