"""An HTTP server that answers as a test says, and keeps what it was asked."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Asked:
    """One request that came; headers have small letters."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body, decoded."""
        return json.loads(self.body)


@dataclass
class Answer:
    """What is sent back; with `hangs` nothing more comes after it, and the connection stays.

    If the length in its headers is not that of the body, the connection is closed after it.
    """

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    hangs: bool = False


Script = Callable[[Asked], Answer]


def as_json(value: object, status: int = 200, **headers: str) -> Answer:
    """An answer in JSON."""
    return Answer(
        status, json.dumps(value).encode(), {"content-type": "application/json"} | headers
    )


class ScriptedHttp:
    """On a free port of this machine; `asked` has what came."""

    def __init__(self, script: Script) -> None:
        self.asked: list[Asked] = []
        self.url = ""
        self._script = script
        self._met: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    async def hang_up(self) -> None:
        """Closes all connections: the server would wait for its clients to do so."""
        for writer in self._met.values():
            writer.close()
        await asyncio.gather(*self._met)

    async def meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        task = asyncio.current_task()
        assert task is not None
        self._met[task] = writer
        try:
            while await self._answer_one(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            del self._met[task]
            writer.close()

    async def _answer_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        line, *rest = head.strip().split("\r\n")
        headers = {name.lower(): value for name, _, value in (row.partition(": ") for row in rest)}
        method, target, _ = line.split(" ")
        asked = Asked(method, target, headers, await _body(reader, headers))
        self.asked.append(asked)
        answer = self._script(asked)
        told = {"content-length": str(len(answer.body))} | answer.headers
        lines = [f"HTTP/1.1 {answer.status} -", *(f"{name}: {told[name]}" for name in told)]
        if answer.hangs:
            lines = [row for row in lines if not row.startswith("content-length")]
        writer.write("\r\n".join([*lines, "", ""]).encode("latin-1") + answer.body)
        await writer.drain()
        if answer.hangs:
            await reader.read(1)  # until the other side goes
            return False
        return told["content-length"] == str(len(answer.body))


async def _body(reader: asyncio.StreamReader, headers: dict[str, str]) -> bytes:
    if headers.get("transfer-encoding") != "chunked":
        return await reader.readexactly(int(headers.get("content-length", "0")))
    body = b""
    while size := int(await reader.readline(), 16):
        body += await reader.readexactly(size)
        await reader.readline()
    await reader.readline()
    return body


@asynccontextmanager
async def scripted_http(script: Script) -> AsyncIterator[ScriptedHttp]:
    """A server that answers with what `script` makes of each request."""
    scripted = ScriptedHttp(script)
    server = await asyncio.start_server(scripted.meet, "127.0.0.1", 0)
    scripted.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield scripted
        await scripted.hang_up()
