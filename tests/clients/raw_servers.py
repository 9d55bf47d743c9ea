"""Servers that a library would not let one build."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

from websockets.utils import accept_key


@contextlib.asynccontextmanager
async def server_that_says_nothing() -> AsyncIterator[str]:
    """It takes sockets and never answers."""

    async def hear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(1000):
            pass
        writer.close()

    silent = await asyncio.start_server(hear, "127.0.0.1", 0)
    async with silent:
        yield f"ws://127.0.0.1:{silent.sockets[0].getsockname()[1]}/"
        await asyncio.sleep(0.01)


@contextlib.asynccontextmanager
async def server_that_closes_before_it_reads() -> AsyncIterator[str]:
    """It says goodbye (1008) while the client still sends, and only then reads."""

    async def hear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = (await reader.readuntil(b"\r\n\r\n")).decode()
        key = request.split("Sec-WebSocket-Key: ")[1].split("\r\n")[0]
        writer.write(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: " + accept_key(key).encode() + b"\r\n\r\n"
        )
        await asyncio.sleep(0.05)
        writer.write(b"\x88\x02\x03\xf0")  # close, 1008
        writer.write_eof()
        while await reader.read(1 << 16):
            pass
        writer.close()

    async with await asyncio.start_server(hear, "127.0.0.1", 0) as server:
        yield f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        await asyncio.sleep(0.01)
