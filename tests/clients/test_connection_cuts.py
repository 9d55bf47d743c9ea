"""Connections whose sockets are broken off at random moments."""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import Mapping, Sequence

import pytest

from tests.clients.resuming_server import ResumingServer, resuming_server, until
from vivavoce.clients.backoff import BackoffLaw
from vivavoce.clients.connection import Connection
from vivavoce.clients.options import ConnectionOptions
from vivavoce.clients.states import Restarted

OPTIONS = ConnectionOptions(backoff=BackoffLaw(floor_s=0.005, ratio=0.05, cap_s=0.05))
MESSAGES = 400


class Breaker:
    """Cuts from either side, and now and then in the middle of a frame, until it is stopped."""

    def __init__(self, seed: int, connection: Connection, server: ResumingServer) -> None:
        self._random = random.Random(seed)
        self._connection = connection
        self._server = server
        self.cuts = 0

    async def run(self) -> None:
        while True:
            await asyncio.sleep(self._random.expovariate(1 / 0.02))
            self.cuts += 1
            match self._random.randrange(3):
                case 0:
                    self._connection.cut()
                case 1:
                    self._server.cut()
                case _:
                    self._server.cut(mid_frame=True)


async def say_all(server: ResumingServer, rng: random.Random) -> None:
    for n in range(MESSAGES):
        await server.session.say({"n": n, "audio": "A" * rng.choice([0, 100, 70_000])})
        await asyncio.sleep(rng.choice([0, 0, 0.002]))


async def send_all(connection: Connection, rng: random.Random) -> None:
    for n in range(MESSAGES):
        await connection.send({"n": n, "text": "x" * rng.choice([0, 100, 70_000])})
        await asyncio.sleep(rng.choice([0, 0, 0.002]))


async def receive_all(connection: Connection) -> list[object]:
    received: list[object] = []
    while len(received) < MESSAGES:
        message = await connection.receive()
        assert not isinstance(message, Restarted)
        received.append(message["n"])
    return received


async def restarts_of(connection: Connection) -> int:
    received = [message async for message in connection]
    assert all(isinstance(message, Restarted) for message in received)
    return len(received)


def open_descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))


@pytest.mark.parametrize("seed", range(6))
async def test_every_message_arrives_once_and_in_order_both_ways(seed: int) -> None:
    rng = random.Random(seed)
    async with resuming_server() as server:
        before = open_descriptors()
        connection = Connection(server.url, opening=lambda _: [{"n": "hello"}], options=OPTIONS)
        await connection.open()
        await until(lambda: connection.session_id is not None)
        breaker = Breaker(seed, connection, server)
        async with asyncio.TaskGroup() as group:
            breaking = group.create_task(breaker.run())
            group.create_task(say_all(server, rng))
            group.create_task(send_all(connection, rng))
            received = await receive_all(connection)
            await until(lambda: len(server.session.heard) == MESSAGES + 1)
            breaking.cancel()
        assert received == list(range(MESSAGES))
        assert [one["n"] for one in server.session.heard] == ["hello", *range(MESSAGES)]
        assert len(server.sessions) == 1
        assert breaker.cuts >= 3
        await connection.close()
        # A socket of the server's is closed an iteration of the loop after its handler.
        await until(lambda: server.open_sockets == 0 and open_descriptors() <= before)


class Remembering:
    """An owner that says again what the server of the fresh session cannot know."""

    def __init__(self) -> None:
        self.said: list[Mapping[str, object]] = []

    def opening(self, is_restart: bool) -> Sequence[Mapping[str, object]]:
        return list(self.said)


@pytest.mark.parametrize("seed", range(4))
async def test_fresh_sessions_hear_what_is_owed_and_then_what_is_new(seed: int) -> None:
    rng = random.Random(seed)
    async with resuming_server() as server:
        server.grants = False
        owner = Remembering()
        async with Connection(server.url, opening=owner.opening, options=OPTIONS) as connection:
            receiving = asyncio.create_task(restarts_of(connection))
            for n in range(200):
                owner.said.append({"n": n})
                await connection.send({"n": n})
                await asyncio.sleep(rng.choice([0, 0.002]))
                if rng.random() < 0.05:
                    rng.choice([connection, server]).cut()
            await until(lambda: len(server.session.heard) == 200)
            assert [one["n"] for one in server.session.heard] == list(range(200))
            await connection.close()
            assert await receiving == len(server.sessions) - 1 > 0
