"""A connection, its owner and what else the tests of connections need."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Mapping, Sequence

from tests.clients.resuming_server import ResumingServer
from vivavoce.clients.backoff import BackoffLaw
from vivavoce.clients.connection import Connection
from vivavoce.clients.options import ConnectionOptions
from vivavoce.clients.states import StateChange

QUICK = ConnectionOptions(backoff=BackoffLaw(floor_s=0.01, ratio=0.1, cap_s=0.1))


class Owner:
    """Says hello first, and remembers what it was told."""

    def __init__(self) -> None:
        self.openings: list[bool] = []
        self.changes: list[StateChange] = []

    def opening(self, is_restart: bool) -> Sequence[Mapping[str, object]]:
        self.openings.append(is_restart)
        return [{"hello": len(self.openings)}]

    @property
    def states(self) -> list[str]:
        return [change.state.value for change in self.changes]


@contextlib.asynccontextmanager
async def connected(
    url: str, options: ConnectionOptions = QUICK
) -> AsyncIterator[tuple[Connection, Owner]]:
    owner = Owner()
    connection = Connection(url, opening=owner.opening, options=options)
    connection.on_state(owner.changes.append)
    try:
        yield connection, owner
    finally:
        await connection.close()
        assert own_tasks() == []


def own_tasks() -> list[str]:
    """The tasks that connections have started."""
    names = [getattr(task.get_coro(), "__qualname__", "") for task in asyncio.all_tasks()]
    return [
        name for name in names if name.split(".")[0] in ("Reconnector", "Exchange", "JsonSocket")
    ]


async def receive_all(connection: Connection) -> list[object]:
    return [message async for message in connection]


def unused_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def say_many(server: ResumingServer, count: int) -> None:
    for n in range(count):
        await server.session.say({"n": n, "pad": "x" * 20_000})
