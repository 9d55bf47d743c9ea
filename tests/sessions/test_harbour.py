"""Sessions that outlive their sockets, and who comes back to them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext

import pytest

from tests.sessions.test_surviving import FakeSocket
from vivavoce.errors import SessionNotFound
from vivavoce.sessions.duplex import Duplex
from vivavoce.sessions.harbour import Harbour
from vivavoce.wire.resume import Return


class Listener:
    """A session that takes what comes until there is no more, or something breaks."""

    def __init__(self, duplex: Duplex) -> None:
        self._duplex = duplex

    def drain(self, *, at_once: bool = False) -> None:
        pass

    async def run(self) -> None:
        while (message := await self._duplex.receive()) is not None:
            if "break" in str(message):
                raise RuntimeError("a bug of ours")


@asynccontextmanager
async def visited() -> AsyncIterator[tuple[Harbour, FakeSocket, asyncio.Task[None]]]:
    socket = FakeSocket()
    async with asyncio.timeout(5), Harbour(lambda session: nullcontext()) as harbour:
        serving = asyncio.create_task(harbour.begin(socket, "/path", Listener, None))
        await socket.until_got(1)
        yield harbour, socket, serving
        socket.cut()
        await serving


def returned(socket: FakeSocket) -> Return:
    session = socket.got[0]["session"]
    return Return(session["id"], session["token"], 1)


async def test_a_session_is_found_by_who_has_its_token() -> None:
    async with visited() as (harbour, first, serving):
        first.cut()
        await serving
        assert harbour.away == 1
        second = FakeSocket()
        coming_back = asyncio.create_task(harbour.resume(second, "/path", returned(first)))
        await second.until_got(1)
        assert harbour.away == 0
        second.cut()
        await coming_back


async def test_a_session_that_breaks_lets_go_of_its_socket_and_the_others_go_on() -> None:
    async with visited() as (harbour, first, serving):
        other = FakeSocket()
        going_on = asyncio.create_task(harbour.begin(other, "/path", Listener, None))
        await other.until_got(1)
        first.say(text="break")
        await serving
        with pytest.raises(SessionNotFound):
            harbour.resume(FakeSocket(), "/path", returned(first))
        assert not going_on.done()
        other.cut()
        await going_on


async def test_nobody_who_is_away_keeps_the_harbour_open() -> None:
    async with visited() as (_, first, serving):
        first.cut()
        await serving
