"""Visits over real WebSockets, frames that are not even UTF-8 included."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from urllib.parse import quote

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from fuzz.judge import judge
from fuzz.odd import Frame
from fuzz.running import FuzzedServer
from fuzz.visits import Leave, Visit

# What takes longer has hung.
_ENDS_WITHIN_S = 30.0

_STEP_S = 0.001

# Reserved bits and a reserved opcode.
_NO_FRAME = b"\xff" * 8


def play_over_network(visit: Visit, server: FuzzedServer, runner: asyncio.Runner) -> None:
    """Plays a visit, what its house allows aside. Raises AssertionError or TimeoutError."""
    runner.run(_play(visit, server))


async def _play(visit: Visit, server: FuzzedServer) -> None:
    path = visit.door.format(quote(visit.segment, safe=""))
    async with asyncio.timeout(_ENDS_WITHIN_S):
        try:
            socket = await connect(
                f"{server.websocket}{path}?{visit.query}",
                compression=None,
                ping_interval=None,
                close_timeout=_ENDS_WITHIN_S,
                max_size=None,
                proxy=None,
            )
        except InvalidStatus as refusal:
            if refusal.response.status_code >= 500:
                raise
            return
        heard = await _talk(visit, socket)
    closed = (socket.close_code or 0, socket.close_reason or "")
    judge(visit, heard, closed if visit.leave is Leave.END else None, cursed=False)


async def _talk(visit: Visit, socket: ClientConnection) -> list[Frame]:
    """What was heard until one of the two left."""
    heard: list[Frame] = []

    async def listen() -> None:
        with suppress(ConnectionClosed):
            async for frame in socket:
                heard.append(frame)

    async with asyncio.TaskGroup() as both:
        both.create_task(listen())
        await _say(visit, socket)
        match visit.leave:
            case Leave.CLOSE | Leave.END_AND_CLOSE:
                await socket.close()
            case Leave.VANISH:
                socket.transport.abort()
            case Leave.BABBLE:
                with suppress(RuntimeError):  # so says asyncio when it is closed already
                    socket.transport.write(_NO_FRAME)
    return heard


async def _say(visit: Visit, socket: ClientConnection) -> None:
    try:
        for step in visit.steps:
            if isinstance(step, int):
                await asyncio.sleep(step * _STEP_S)
            else:
                # Half of what is not text is said to be text.
                await socket.send(step, text=isinstance(step, str) or len(step) % 2 == 0)
        if visit.leave in (Leave.END, Leave.END_AND_CLOSE):
            await socket.send(visit.frames[-1])
    except ConnectionClosed:
        return
