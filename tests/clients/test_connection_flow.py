from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from websockets.asyncio.server import ServerConnection
from websockets.frames import Frame, Opcode

from tests.clients.connected import QUICK, connected, say_many
from tests.clients.resuming_server import ResumingServer, resuming_server, until
from vivavoce.clients.options import ConnectionOptions
from vivavoce.clients.states import Restarted


@pytest.fixture
async def server() -> AsyncIterator[ResumingServer]:
    async with resuming_server() as fake:
        yield fake


def leave_pongs_out(socket: ServerConnection) -> None:
    """As if they were stuck behind other things."""
    protocol = socket.protocol
    send_frame = protocol.send_frame

    def send_all_but_pongs(frame: Frame) -> None:
        if frame.opcode is not Opcode.PONG:
            send_frame(frame)

    protocol.send_frame = send_all_but_pongs  # type: ignore[method-assign]


async def test_silent_peer_is_dropped_and_the_session_goes_on(server: ResumingServer) -> None:
    options = ConnectionOptions(heartbeat_s=0.05, heartbeat_timeout_s=0.1, backoff=QUICK.backoff)
    async with connected(server.url, options) as (connection, owner):
        await connection.open()
        await until(lambda: connection.round_trip_s is not None)
        assert connection.round_trip_s is not None
        assert 0 < connection.round_trip_s < 0.1
        stalled = server.session.socket
        assert stalled is not None
        stalled.transport.pause_reading()
        server.session.socket = None
        await server.session.say({"n": 1})
        assert await connection.receive() == {"n": 1}
        assert "nothing was heard" in owner.changes[2].reason
        stalled.transport.abort()


async def test_slow_receiver_is_not_taken_for_a_dead_line(server: ResumingServer) -> None:
    options = ConnectionOptions(heartbeat_s=0.05, heartbeat_timeout_s=0.5)
    async with connected(server.url, options) as (connection, _):
        await connection.open()
        await until(lambda: connection.session_id is not None)
        saying = asyncio.create_task(say_many(server, 300))
        await asyncio.sleep(1.5)
        received = [await connection.receive() for _ in range(300)]
        await saying
        assert received == [{"n": n, "pad": "x" * 20_000} for n in range(300)]
        assert len(server.handshakes) == 1


async def test_line_on_which_something_is_heard_is_not_taken_for_dead(
    server: ResumingServer,
) -> None:
    options = ConnectionOptions(heartbeat_s=0.05, heartbeat_timeout_s=0.5)
    async with connected(server.url, options) as (connection, _):
        await connection.open()
        await until(lambda: connection.session_id is not None)
        assert server.session.socket is not None
        leave_pongs_out(server.session.socket)
        for n in range(30):
            await server.session.say({"n": n})
            assert await connection.receive() == {"n": n}
            await asyncio.sleep(0.05)
        assert len(server.handshakes) == 1


async def test_received_frames_are_acknowledged(server: ResumingServer) -> None:
    async with connected(server.url) as (connection, _):
        await connection.open()
        await until(lambda: connection.session_id is not None)
        for n in range(40):
            await server.session.say({"n": n})
            await connection.receive()
        await until(lambda: server.session.acknowledged[-1:] == [41])
        assert len(server.session.acknowledged) <= 8


async def test_sender_waits_while_too_much_is_unacknowledged(server: ResumingServer) -> None:
    server.acknowledges = False
    async with connected(server.url) as (connection, _):
        await connection.open()
        await until(lambda: connection.session_id is not None)
        for _ in range(4):
            await connection.send({"audio": "x" * (1 << 20)})
        waiting = asyncio.create_task(connection.send({"text": "one more"}))
        await until(lambda: len(server.session.heard) == 5)
        await asyncio.sleep(0.02)
        assert not waiting.done()
        await server.session.control({"type": "ack", "ack": 2})
        await waiting
        await until(lambda: len(server.session.heard) == 6)


async def test_sender_that_waits_is_let_go_when_the_session_is_lost(
    server: ResumingServer,
) -> None:
    server.acknowledges = False
    async with connected(server.url) as (connection, _):
        await connection.open()
        await until(lambda: connection.session_id is not None)
        for _ in range(4):
            await connection.send({"audio": "x" * (1 << 20)})
        waiting = asyncio.create_task(connection.send({"text": "one more"}))
        await asyncio.sleep(0)
        server.forget()
        server.cut()
        await waiting
        assert isinstance(await connection.receive(), Restarted)
        await until(lambda: server.session.heard == [{"hello": 2}])


async def test_receiver_that_also_sends_does_not_hold_up_the_next_session(
    server: ResumingServer,
) -> None:
    server.acknowledges = False
    async with connected(server.url) as (connection, _):
        await connection.open()
        await until(lambda: connection.session_id is not None)
        await server.session.say({"n": 1})
        server.forget()
        for _ in range(4):
            await connection.send({"audio": "x" * (1 << 20)})
        waiting = asyncio.create_task(connection.send({"text": "one more"}))
        await until(lambda: len(server.session.heard) == 5)
        server.cut()
        await waiting
        assert await connection.receive() == {"n": 1}
        assert isinstance(await connection.receive(), Restarted)


async def test_return_that_is_not_answered_is_tried_again(server: ResumingServer) -> None:
    options = ConnectionOptions(attempt_s=0.1, backoff=QUICK.backoff)
    async with connected(server.url, options) as (connection, owner):
        await connection.open()
        await until(lambda: connection.session_id is not None)
        server.resumes = False
        server.cut()
        await until(lambda: connection.retries >= 2)
        await until(lambda: server.open_sockets <= 1)
        server.resumes = True
        await server.session.say({"n": 1})
        assert await connection.receive() == {"n": 1}
        assert "in time" in owner.changes[-2].reason


async def test_without_a_grant_there_is_no_wait_for_acknowledgements(
    server: ResumingServer,
) -> None:
    server.grants = False
    async with connected(server.url) as (connection, _):
        await connection.open()
        await server.began.wait()
        await server.session.say({"n": 1})
        await connection.receive()
        for _ in range(8):
            await connection.send({"audio": "x" * (1 << 20)})
        await until(lambda: len(server.session.heard) == 9)
