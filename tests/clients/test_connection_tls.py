from __future__ import annotations

import asyncio
import ssl

import pytest
import trustme

from tests.clients.resuming_server import resuming_server, until
from vivavoce.clients.backoff import BackoffLaw
from vivavoce.clients.connection import Connection
from vivavoce.clients.failures import CannotConnect, ConnectionOver
from vivavoce.clients.options import ConnectionOptions

QUICK = BackoffLaw(floor_s=0.01, ratio=0.1, cap_s=0.1)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def servers_tls(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


async def test_cut_is_bridged_over_tls_too(
    authority: trustme.CA, servers_tls: ssl.SSLContext
) -> None:
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    options = ConnectionOptions(tls=trusting, backoff=QUICK)
    async with (
        resuming_server(tls=servers_tls) as server,
        Connection(server.url, opening=lambda _: [], options=options) as connection,
    ):
        await until(lambda: connection.session_id is not None)
        for n in range(20):
            server.cut(mid_frame=n % 2 == 1)
            await server.session.say({"n": n})
            await connection.send({"n": n})
            assert await connection.receive() == {"n": n}
        await until(lambda: len(server.session.heard) == 20)
        assert server.session.heard == [{"n": n} for n in range(20)]


async def test_certificate_that_nobody_vouches_for_is_not_tried_again(
    servers_tls: ssl.SSLContext,
) -> None:
    async with resuming_server(tls=servers_tls) as server:
        connection = Connection(server.url, opening=lambda _: [])
        with pytest.raises(CannotConnect, match="certificate"):
            await connection.open()
        await connection.close()
        assert connection.retries == 1


async def test_close_in_the_middle_of_a_tls_handshake_lets_go_of_the_socket() -> None:
    gone = asyncio.Event()
    arrived = asyncio.Event()

    async def hear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        arrived.set()
        while await reader.read(1000):
            pass
        writer.close()
        gone.set()

    async with await asyncio.start_server(hear, "127.0.0.1", 0) as silent:
        port = silent.sockets[0].getsockname()[1]
        connection = Connection(f"wss://127.0.0.1:{port}/", opening=lambda _: [])
        opening = asyncio.create_task(connection.open())
        await arrived.wait()
        await connection.close()
        with pytest.raises(ConnectionOver):
            await opening
        await gone.wait()
