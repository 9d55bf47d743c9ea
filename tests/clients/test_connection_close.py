from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.clients.connected import connected, own_tasks, say_many
from tests.clients.raw_servers import (
    server_that_says_nothing,
)
from tests.clients.resuming_server import ResumingServer, resuming_server, until
from vivavoce.clients.backoff import BackoffLaw
from vivavoce.clients.failures import ConnectionOver
from vivavoce.clients.options import ConnectionOptions
from vivavoce.clients.states import ConnectionState


@pytest.fixture
async def server() -> AsyncIterator[ResumingServer]:
    async with resuming_server() as fake:
        yield fake


async def test_close_says_what_is_still_to_be_said_and_goodbye(server: ResumingServer) -> None:
    async with connected(server.url) as (connection, owner):
        await connection.open()
        assert "Reconnector.run" in own_tasks()
        await connection.send({"text": "last"})
        await connection.close()
        await until(lambda: server.close_codes == [1000])
        assert server.session.heard[-1] == {"text": "last"}
        assert own_tasks() == []
        assert owner.states == ["connecting", "open", "closed"]
        assert [message async for message in connection] == []
        await connection.close()
        with pytest.raises(ConnectionOver):
            await connection.open()


async def test_close_while_frames_pour_in_still_says_goodbye(server: ResumingServer) -> None:
    async with connected(server.url) as (connection, _):
        await connection.open()
        await until(lambda: connection.session_id is not None)
        saying = asyncio.create_task(say_many(server, 300))
        await asyncio.sleep(0.05)
        await connection.close()
        await saying
        assert server.close_codes == [1000]


async def test_close_while_connecting_returns_and_releases_whoever_opens() -> None:
    async with server_that_says_nothing() as url, connected(url) as (connection, owner):
        opening = asyncio.create_task(connection.open())
        await asyncio.sleep(0.02)
        await connection.close()
        with pytest.raises(ConnectionOver):
            await opening
        assert owner.states == ["connecting", "closed"]


async def test_close_while_waiting_for_the_next_attempt_returns(server: ResumingServer) -> None:
    options = ConnectionOptions(backoff=BackoffLaw(floor_s=60, cap_s=60))
    async with connected(server.url, options) as (connection, owner):
        await connection.open()
        await until(lambda: connection.session_id is not None)
        server.http_status = 503
        connection.cut()
        await until(lambda: connection.state is ConnectionState.RECONNECTING)
        receiving = asyncio.create_task(connection.receive())
        await asyncio.sleep(0)
        await connection.close()
        with pytest.raises(ConnectionOver):
            await receiving
        assert owner.changes[-2].delay_s is not None


async def test_close_after_a_cut_goes_back_to_end_the_session(server: ResumingServer) -> None:
    options = ConnectionOptions(backoff=BackoffLaw(floor_s=60, cap_s=60))
    async with connected(server.url, options) as (connection, owner):
        await connection.open()
        await until(lambda: connection.session_id is not None)
        connection.cut()
        await connection.send({"text": "last"})
        await until(lambda: connection.state is ConnectionState.RECONNECTING)
        await connection.close()
        await until(lambda: server.close_codes == [1006, 1000])
        assert len(server.sessions) == 1
        assert server.session.heard[-1] == {"text": "last"}
        assert owner.states == ["connecting", "open", "reconnecting", "closed"]


async def test_close_whose_goodbye_is_cut_off_says_it_again(server: ResumingServer) -> None:
    async with connected(server.url) as (connection, _):
        await connection.open()
        await until(lambda: connection.session_id is not None)
        stalled = server.session.socket
        assert stalled is not None
        stalled.transport.pause_reading()
        closing = asyncio.create_task(connection.close())
        await asyncio.sleep(0.01)
        stalled.transport.abort()
        await closing
        await until(lambda: server.close_codes == [1006, 1000])


@pytest.mark.parametrize("is_gone", [True, False])
async def test_close_asks_a_server_that_has_lost_the_session_or_refuses_once(
    server: ResumingServer, is_gone: bool
) -> None:
    options = ConnectionOptions(backoff=BackoffLaw(floor_s=60, cap_s=60))
    async with connected(server.url, options) as (connection, _):
        await connection.open()
        await until(lambda: connection.session_id is not None)
        connection.cut()
        await until(lambda: connection.state is ConnectionState.RECONNECTING)
        server.forget()
        server.http_status = None if is_gone else 503
        await connection.close()
        assert len(server.handshakes) == 2
        assert len(server.sessions) == 1


async def test_close_after_a_cut_is_at_once_where_no_session_was_granted(
    server: ResumingServer,
) -> None:
    server.grants = False
    options = ConnectionOptions(backoff=BackoffLaw(floor_s=60, cap_s=60))
    async with connected(server.url, options) as (connection, _):
        await connection.open()
        connection.cut()
        await until(lambda: connection.state is ConnectionState.RECONNECTING)
        await connection.close()
        assert len(server.handshakes) == 1


async def test_close_of_a_stalled_line_does_not_wait_for_ever(server: ResumingServer) -> None:
    async with connected(server.url) as (connection, _):
        await connection.open()
        await until(lambda: connection.session_id is not None)
        stalled = server.session.socket
        assert stalled is not None
        stalled.transport.pause_reading()
        for _ in range(3):
            await connection.send({"audio": "x" * (1 << 20)})
        await connection.close()
        assert connection.state is ConnectionState.CLOSED
        stalled.transport.abort()


async def test_opening_that_is_cancelled_leaves_nothing_behind() -> None:
    async with server_that_says_nothing() as url, connected(url) as (connection, _):
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(connection.open(), 0.05)
        assert connection.state is ConnectionState.CLOSED


async def test_only_one_socket_is_open_at_a_time(server: ResumingServer) -> None:
    async with connected(server.url) as (connection, _):
        await connection.open()
        for cuts in range(1, 11):
            await until(lambda: connection.session_id is not None)
            await until(lambda: connection.state is ConnectionState.OPEN)
            connection.cut()
            await until(lambda cuts=cuts: len(server.handshakes) == cuts + 1)
        assert server.most_open_sockets <= 2
    await until(lambda: server.open_sockets == 0)
