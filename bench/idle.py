"""What a connection costs that says nothing."""

from __future__ import annotations

import asyncio
import resource
from contextlib import AsyncExitStack

import uvloop
from websockets.asyncio.client import ClientConnection, connect

from bench.caller import PCM, calling
from bench.figures import Bar, Effort, Figure, Report, shown
from bench.machine import memory_kb
from bench.server import Server, running_server

_AT_ONCE = 50
_SPARE_FILES = 200
_SETTLE_S = 2.0


def measure(effort: Effort) -> Report:
    """Memory of the server's main process with idle connections and without."""
    number = effort.choose(2000, 500)
    _allow_open_files(number + _SPARE_FILES)
    with running_server() as server:
        silent, greeted = uvloop.run(_kb_per_connection(server, number))
    figure = Figure(
        "memory of an idle connection, after its first message", greeted, "KB", Bar(40, 20)
    )
    note = (
        f"idle connections: {number} of them, proportional set size of the server's own process; "
        f"{shown(silent, 'KB')} each before the first message"
    )
    return Report([figure], [note])


async def _kb_per_connection(server: Server, number: int) -> tuple[float, float]:
    """Before the first message, and after it."""
    async with calling(server, PCM) as caller:  # so that all code has been loaded
        await caller.say("Ready. ")
        await caller.hear_all("Ready.")
    await asyncio.sleep(_SETTLE_S)
    before = memory_kb(server.process_id)
    async with AsyncExitStack() as stack:
        sockets: list[ClientConnection] = []
        while len(sockets) < number:
            opening = [_connect(server, stack) for _ in range(min(_AT_ONCE, number - len(sockets)))]
            sockets += await asyncio.gather(*opening)
        await asyncio.sleep(_SETTLE_S)
        silent = memory_kb(server.process_id)
        for socket in sockets:
            await socket.send('{"text":" "}')
        await asyncio.sleep(_SETTLE_S)
        greeted = memory_kb(server.process_id)
    return (silent - before) / number, (greeted - before) / number


async def _connect(server: Server, stack: AsyncExitStack) -> ClientConnection:
    return await stack.enter_async_context(
        connect(server.speech_url(PCM), compression=None, ping_interval=None, open_timeout=60)
    )


def _allow_open_files(number: int) -> None:
    """For this process and the server, which inherits it. Raises ValueError beyond the limit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < number:
        resource.setrlimit(resource.RLIMIT_NOFILE, (number, hard))
