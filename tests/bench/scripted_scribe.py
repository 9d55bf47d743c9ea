"""A transcription socket that answers by rote."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable

import orjson
from websockets.asyncio.server import ServerConnection, serve

from bench.server import Server

Message = dict[str, object]
Answers = Callable[[Message], list[Message] | None]
"""What a message brings; None closes the connection."""


def transcript(kind: str, text: str) -> Message:
    """A server's message, `kind` without its "_transcript"."""
    return {"message_type": f"{kind}_transcript", "text": text}


@contextlib.asynccontextmanager
async def answering(answers: Answers) -> AsyncIterator[Server]:
    """A server for the clients of the benchmark."""

    async def handle(socket: ServerConnection) -> None:
        await socket.send(orjson.dumps({"message_type": "session_started", "config": {}}).decode())
        async for data in socket:
            answered = answers(orjson.loads(data))
            if answered is None:
                return
            for answer in answered:
                await socket.send(orjson.dumps(answer).decode())

    async with serve(handle, "127.0.0.1", 0) as server:
        yield Server(0, server.sockets[0].getsockname()[1], 0.0)
