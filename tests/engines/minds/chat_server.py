"""A chat server that answers with bytes that a test has chosen, in pieces that it has chosen."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Asked:
    """One request that came."""

    line: str
    headers: dict[str, str]
    body: Any


@dataclass
class Answer:
    """`pieces` are sent one by one; then the connection is closed, or with `holds` kept open.

    With `cut` the body is announced to be longer than it is; one that `hangs_up` closes the
    connection without an answer.
    """

    pieces: Sequence[bytes] = ()
    status: str = "200 OK"
    kind: str = "text/event-stream"
    holds: bool = False
    cut: bool = False
    hangs_up: bool = False


@dataclass
class ChatServer:
    """Answers in turn with `answers`, the last one for ever; `asked` has what came."""

    answers: list[Answer] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    left: asyncio.Event = field(default_factory=asyncio.Event)
    connections: int = 0
    url: str = ""

    def says(self, *pieces: bytes, **options: Any) -> None:
        """One more answer."""
        self.answers.append(Answer(pieces, **options))

    async def meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        self.connections += 1
        try:
            while await self._answer_one(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self.left.set()
            writer.close()

    async def _answer_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        line, *rest = head.strip().split("\r\n")
        headers = {name.lower(): value for name, _, value in (row.partition(": ") for row in rest)}
        body = await reader.readexactly(int(headers["content-length"]))
        self.asked.append(Asked(line, headers, json.loads(body)))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if answer.hangs_up:
            return False
        writer.write(f"HTTP/1.1 {answer.status}\r\ncontent-type: {answer.kind}\r\n".encode())
        if answer.cut:
            writer.write(b"content-length: 99999\r\n\r\n" + b"".join(answer.pieces))
            await writer.drain()
            return False
        writer.write(b"transfer-encoding: chunked\r\n\r\n")
        for piece in answer.pieces:
            writer.write(b"%x\r\n%b\r\n" % (len(piece), piece))
            await writer.drain()
            await asyncio.sleep(0)
        if answer.holds:
            await reader.read(1)  # until the other side goes
            return False
        writer.write(b"0\r\n\r\n")
        await writer.drain()
        return True


@asynccontextmanager
async def chat_server(tls: ssl.SSLContext | None = None) -> AsyncIterator[ChatServer]:
    """On a free port of this machine; `url` ends with the port."""
    chat = ChatServer()
    server = await asyncio.start_server(chat.meet, "127.0.0.1", 0, ssl=tls)
    scheme = "https" if tls else "http"
    chat.url = f"{scheme}://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield chat


def event(**chunk: object) -> bytes:
    """One event of a stream."""
    return b"data: " + json.dumps(chunk).encode() + b"\n\n"


def delta(**part: object) -> bytes:
    """One event that carries the answer on."""
    return event(choices=[{"index": 0, "delta": part, "finish_reason": None}])


def finish(reason: str) -> bytes:
    """The event that ends it."""
    return event(choices=[{"index": 0, "delta": {}, "finish_reason": reason}])


DONE = b"data: [DONE]\n\n"
