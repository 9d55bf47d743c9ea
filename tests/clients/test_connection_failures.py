from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Mapping, Sequence

import pytest

from tests.clients.connected import QUICK, connected, receive_all, unused_port
from tests.clients.raw_servers import (
    server_that_closes_before_it_reads,
)
from tests.clients.resuming_server import ResumingServer, resuming_server, until
from vivavoce.clients.backoff import BackoffLaw
from vivavoce.clients.connection import Connection
from vivavoce.clients.failures import CannotConnect, ConnectionOver
from vivavoce.clients.options import ConnectionOptions
from vivavoce.clients.states import ConnectionState
from vivavoce.errors import InvalidMessage, InvalidParameter, VivavoceError


@pytest.fixture
async def server() -> AsyncIterator[ResumingServer]:
    async with resuming_server() as fake:
        yield fake


@pytest.mark.parametrize("status", [400, 401, 403, 404, 302])
async def test_refused_handshake_is_final(server: ResumingServer, status: int) -> None:
    server.http_status = status
    async with connected(server.url) as (connection, owner):
        with pytest.raises(CannotConnect, match=str(status)) as refused:
            await connection.open()
        assert refused.value.failure.http_status == status
        assert len(server.handshakes) == 1
        assert owner.states == ["connecting", "closed"]


async def test_no_redirect_takes_the_key_to_another_host(server: ResumingServer) -> None:
    async with resuming_server() as other:
        server.http_status, server.location = 307, other.url
        options = ConnectionOptions(headers={"xi-api-key": "k"})
        async with connected(server.url, options) as (connection, _):
            with pytest.raises(CannotConnect):
                await connection.open()
        assert other.handshakes == []


@pytest.mark.parametrize("code", [1008, 1009, 4409])
async def test_fatal_close_code_raises_after_what_was_received(
    server: ResumingServer, code: int
) -> None:
    async with connected(server.url) as (connection, _):
        await connection.open()
        await until(lambda: connection.session_id is not None)
        await server.session.say({"message": "why"})
        assert server.session.socket is not None
        await server.session.socket.close(code, "because")
        assert await connection.receive() == {"message": "why"}
        with pytest.raises(CannotConnect, match="because"):
            await connection.receive()
        assert (connection.close_code, connection.close_reason) == (code, "because")
        with pytest.raises(ConnectionOver, match="because"):
            await connection.send({})


async def test_what_is_not_json_is_fatal(server: ResumingServer) -> None:
    async with connected(server.url) as (connection, _):
        await connection.open()
        await server.began.wait()
        assert server.session.socket is not None
        await server.session.socket.send("[1]")
        with pytest.raises(CannotConnect, match="not an object"):
            await connection.receive()


async def test_server_that_is_not_there_yet_is_waited_for() -> None:
    port = unused_port()
    async with connected(f"ws://127.0.0.1:{port}/") as (connection, owner):
        opening = asyncio.create_task(connection.open())
        await until(lambda: connection.retries >= 3)
        async with resuming_server(port):
            await opening
            assert connection.state is ConnectionState.OPEN
            assert set(owner.states) == {"connecting", "open"}
            await connection.close()


async def test_open_gives_up_in_its_own_time() -> None:
    options = ConnectionOptions(open_within_s=0.05, backoff=QUICK.backoff)
    url = f"ws://127.0.0.1:{unused_port()}/"
    async with connected(url, options) as (connection, owner):
        with pytest.raises(CannotConnect, match="too long"):
            await connection.open()
        assert owner.states[-1] == "closed"
        with pytest.raises(VivavoceError):
            await connection.open()


async def test_outage_that_lasts_too_long_is_reported_to_all(server: ResumingServer) -> None:
    law = BackoffLaw(floor_s=0.01, ratio=0.1, cap_s=0.1, give_up_after_s=0.1)
    async with connected(server.url, ConnectionOptions(backoff=law)) as (connection, owner):
        await connection.open()
        await until(lambda: connection.session_id is not None)
        server.http_status = 503
        server.cut()
        with pytest.raises(CannotConnect, match="503"):
            await connection.receive()
        assert owner.states[-1] == "closed"
        assert connection.retries >= 1
        retries = [change.retries for change in owner.changes]
        assert retries == sorted(retries)


async def test_server_that_accepts_and_dies_at_once_is_not_asked_without_pause(
    server: ResumingServer,
) -> None:
    law = BackoffLaw(floor_s=0.01, ratio=0.5, cap_s=5.0, give_up_after_s=0.4)
    async with connected(server.url, ConnectionOptions(backoff=law)) as (connection, owner):
        server.refusals = [1011] * 1000
        await connection.open()
        with pytest.raises(CannotConnect, match="1011"):
            await receive_all(connection)
        # The waits grow with the outage: 400 ms hold a few dozen attempts, not hundreds.
        assert 2 <= len(server.handshakes) < 60
        assert max(change.retries for change in owner.changes) == len(server.handshakes) - 1


async def test_frame_that_is_too_large_for_the_server_ends_it() -> None:
    async with resuming_server(most_bytes=1000) as small, connected(small.url) as (connection, _):
        await connection.open()
        for _ in range(3):
            await connection.send({"audio": "x" * (1 << 20)})
        with pytest.raises(CannotConnect, match="1009"):
            await receive_all(connection)


async def test_close_that_comes_while_much_is_on_its_way_is_understood() -> None:
    # asyncio's transport then ends by itself, and may not be broken off any more.
    async with server_that_closes_before_it_reads() as url, connected(url) as (connection, _):
        await connection.open()
        for _ in range(8):
            await connection.send({"audio": "x" * (1 << 19)})
        with pytest.raises(CannotConnect, match="1008"):
            await receive_all(connection)


async def test_what_the_owners_opening_raises_comes_out_of_open(server: ResumingServer) -> None:
    def broken(is_restart: bool) -> Sequence[Mapping[str, object]]:
        raise LookupError("the owner's own fault")

    connection = Connection(server.url, opening=broken, options=QUICK)
    with pytest.raises(LookupError, match="own fault"):
        await connection.open()
    await until(lambda: server.close_codes != [] and server.open_sockets == 0)
    await connection.close()


async def test_messages_that_cannot_be_sent_are_refused_at_once(server: ResumingServer) -> None:
    async with connected(server.url) as (connection, _):
        with pytest.raises(ConnectionOver):
            await connection.send({})
        await connection.open()
        for message in ({"n": float("nan")}, {"n": object()}, {"cseq": 1}, {"text": "\ud800"}):
            with pytest.raises(InvalidMessage):
                await connection.send(message)


def test_urls_and_options_that_do_not_fit_are_refused() -> None:
    with pytest.raises(InvalidParameter, match="ws://"):
        Connection("http://127.0.0.1/", opening=lambda _: [])
    options = ConnectionOptions(tls=ssl.create_default_context())
    with pytest.raises(InvalidParameter, match="TLS"):
        Connection("ws://127.0.0.1/", opening=lambda _: [], options=options)
