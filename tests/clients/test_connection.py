from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.clients.connected import QUICK, connected
from tests.clients.resuming_server import ResumingServer, resuming_server, until
from vivavoce.clients.failures import ConnectionOver
from vivavoce.clients.options import ConnectionOptions
from vivavoce.clients.states import ConnectionState, Restarted, StateChange


@pytest.fixture
async def server() -> AsyncIterator[ResumingServer]:
    async with resuming_server() as fake:
        yield fake


async def test_opening_comes_first_and_messages_follow(server: ResumingServer) -> None:
    async with connected(f"{server.url}?model_id=m") as (connection, owner):
        await connection.open()
        await connection.send({"text": "käse"})
        await until(lambda: len(server.sessions) == 1 and len(server.session.heard) == 2)
        assert server.session.heard == [{"hello": 1}, {"text": "käse"}]
        assert server.queries == [{"model_id": "m", "resume": "true"}]
        assert owner.openings == [False]


async def test_frames_are_received_without_numbers_and_the_grant_does_not_show(
    server: ResumingServer,
) -> None:
    async with connected(server.url) as (connection, _):
        await connection.open()
        await server.began.wait()
        await server.session.say({"audio": "AAAA"})
        assert await connection.receive() == {"audio": "AAAA"}
        assert connection.session_id == "session-1"


async def test_headers_go_with_every_handshake(server: ResumingServer) -> None:
    options = ConnectionOptions(headers={"xi-api-key": "k"}, backoff=QUICK.backoff)
    async with connected(server.url, options) as (connection, _):
        await connection.open()
        await until(lambda: connection.session_id is not None)
        connection.cut()
        await until(lambda: len(server.handshakes) == 2)
    assert [one.headers["xi-api-key"] for one in server.handshakes] == ["k", "k"]


async def test_a_cut_is_bridged_and_nothing_is_lost_or_comes_twice(server: ResumingServer) -> None:
    async with connected(server.url) as (connection, owner):
        await connection.open()
        await until(lambda: connection.session_id is not None)
        await server.session.say({"n": 1})
        assert await connection.receive() == {"n": 1}
        server.cut()
        await server.session.say({"n": 2})
        await connection.send({"m": 1})
        assert await connection.receive() == {"n": 2}
        await until(lambda: {"m": 1} in server.session.heard)
        assert server.session.heard == [{"hello": 1}, {"m": 1}]
        assert owner.openings == [False]
        assert server.queries[1]["last_seq"] == "2"
        assert owner.states == ["connecting", "open", "reconnecting", "open"]


async def test_frame_that_was_cut_in_the_middle_arrives_whole_afterwards(
    server: ResumingServer,
) -> None:
    async with connected(server.url) as (connection, _):
        await connection.open()
        await until(lambda: connection.session_id is not None)
        server.cut(mid_frame=True)
        await server.session.say({"whole": True})
        assert await connection.receive() == {"whole": True}
        assert len(server.handshakes) == 2


async def test_lost_session_is_begun_again_and_says_so_first(server: ResumingServer) -> None:
    async with connected(server.url) as (connection, owner):
        await connection.open()
        await until(lambda: connection.session_id is not None)
        server.forget()
        server.cut()
        restarted = await connection.receive()
        assert isinstance(restarted, Restarted)
        assert "4404" in restarted.reason
        assert owner.openings == [False, True]
        await until(lambda: server.session.heard == [{"hello": 2}])
        await server.session.say({"n": 1})
        assert await connection.receive() == {"n": 1}
        assert connection.session_id == "session-2"


@pytest.mark.parametrize("code", [4403, 4404, 4410])
async def test_each_refusal_to_resume_leads_to_a_fresh_session(
    server: ResumingServer, code: int
) -> None:
    async with connected(server.url) as (connection, _):
        await connection.open()
        await until(lambda: connection.session_id is not None)
        server.refusals = [code]
        server.cut()
        assert isinstance(await connection.receive(), Restarted)
        assert "session" not in server.queries[-1]


async def test_without_a_grant_a_lost_socket_means_a_restart(server: ResumingServer) -> None:
    server.grants = False
    async with connected(server.url) as (connection, _):
        await connection.open()
        await server.began.wait()
        await server.session.say({"n": 1})
        assert await connection.receive() == {"n": 1}
        assert connection.session_id is None
        server.cut()
        assert isinstance(await connection.receive(), Restarted)
        assert len(server.sessions) == 2


async def test_whoever_does_not_ask_sends_no_numbers(server: ResumingServer) -> None:
    options = ConnectionOptions(resume=False, backoff=QUICK.backoff)
    async with connected(server.url, options) as (connection, _):
        await connection.open()
        await connection.send({"text": "a"})
        await until(lambda: len(server.sessions) == 1 and len(server.session.heard) == 2)
        await server.session.say({"type": "session", "ack": 3})
        assert await connection.receive() == {"type": "session", "ack": 3}
        assert server.queries == [{}]


async def test_old_frames_are_received_before_the_opening_of_a_fresh_session(
    server: ResumingServer,
) -> None:
    server.grants = False
    async with connected(server.url) as (connection, owner):
        await connection.open()
        await server.began.wait()
        for n in range(3):
            await server.session.say({"n": n})
        received = [await connection.receive()]
        server.cut()
        await until(lambda: connection.state is ConnectionState.RECONNECTING)
        await asyncio.sleep(0.05)
        assert owner.openings == [False]
        received += [await connection.receive(), await connection.receive()]
        assert received == [{"n": 0}, {"n": 1}, {"n": 2}]
        assert isinstance(await connection.receive(), Restarted)
        assert owner.openings == [False, True]


async def test_normal_close_of_the_server_ends_iteration_with_its_code(
    server: ResumingServer,
) -> None:
    async with connected(server.url) as (connection, owner):
        await connection.open()
        await until(lambda: connection.session_id is not None)
        await server.session.say({"n": 1})
        assert server.session.socket is not None
        await server.session.socket.close(1000, "done")
        assert [message async for message in connection] == [{"n": 1}]
        assert (connection.close_code, connection.close_reason) == (1000, "done")
        assert owner.states[-1] == "closed"
        with pytest.raises(ConnectionOver):
            await connection.receive()
        with pytest.raises(ConnectionOver):
            await connection.send({"text": "late"})


async def test_missing_frame_is_fetched_by_coming_back(server: ResumingServer) -> None:
    async with connected(server.url) as (connection, _):
        await connection.open()
        await until(lambda: connection.session_id is not None)
        line, server.session.socket = server.session.socket, None
        await server.session.say({"n": 1})
        server.session.socket = line
        await server.session.say({"n": 2})
        assert [await connection.receive(), await connection.receive()] == [{"n": 1}, {"n": 2}]


async def test_listener_that_fails_does_not_harm_and_one_that_left_hears_nothing(
    server: ResumingServer, caplog: pytest.LogCaptureFixture
) -> None:
    async with connected(server.url) as (connection, owner):
        heard: list[StateChange] = []
        connection.on_state(heard.append)()

        def broken(change: StateChange) -> None:
            raise RuntimeError("listener")

        connection.on_state(broken)
        await connection.open()
        assert owner.states == ["connecting", "open"]
        assert heard == []
        assert "listener" in caplog.text
