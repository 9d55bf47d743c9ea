from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator, Mapping, Sequence

import pytest
from websockets.asyncio.server import ServerConnection
from websockets.frames import Frame, Opcode

from tests.clients.raw_servers import (
    server_that_closes_before_it_reads,
    server_that_says_nothing,
)
from tests.clients.resuming_server import ResumingServer, resuming_server, until
from vivavoce.clients.backoff import BackoffLaw
from vivavoce.clients.connection import Connection
from vivavoce.clients.failures import CannotConnect, ConnectionOver
from vivavoce.clients.options import ConnectionOptions
from vivavoce.clients.states import ConnectionState, Restarted, StateChange
from vivavoce.errors import InvalidMessage, InvalidParameter, VivavoceError

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
    return [name for name in names if name.split(".")[0] in ("Lifeline", "Exchange", "Line")]


@pytest.fixture
async def server() -> AsyncIterator[ResumingServer]:
    async with resuming_server() as fake:
        yield fake


async def receive_all(connection: Connection) -> list[object]:
    return [message async for message in connection]


def unused_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


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


async def test_missing_frame_is_fetched_by_coming_back(server: ResumingServer) -> None:
    async with connected(server.url) as (connection, _):
        await connection.open()
        await until(lambda: connection.session_id is not None)
        line, server.session.socket = server.session.socket, None
        await server.session.say({"n": 1})
        server.session.socket = line
        await server.session.say({"n": 2})
        assert [await connection.receive(), await connection.receive()] == [{"n": 1}, {"n": 2}]


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
        saying = asyncio.create_task(_say_many(server, 300))
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


def leave_pongs_out(socket: ServerConnection) -> None:
    """As if they were stuck behind other things."""
    protocol = socket.protocol
    send_frame = protocol.send_frame

    def send_all_but_pongs(frame: Frame) -> None:
        if frame.opcode is not Opcode.PONG:
            send_frame(frame)

    protocol.send_frame = send_all_but_pongs  # type: ignore[method-assign]


async def _say_many(server: ResumingServer, count: int) -> None:
    for n in range(count):
        await server.session.say({"n": n, "pad": "x" * 20_000})


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


async def test_close_says_what_is_still_to_be_said_and_goodbye(server: ResumingServer) -> None:
    async with connected(server.url) as (connection, owner):
        await connection.open()
        assert "Lifeline.run" in own_tasks()
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
        saying = asyncio.create_task(_say_many(server, 300))
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


async def test_what_the_owners_opening_raises_comes_out_of_open(server: ResumingServer) -> None:
    def broken(is_restart: bool) -> Sequence[Mapping[str, object]]:
        raise LookupError("the owner's own fault")

    connection = Connection(server.url, opening=broken, options=QUICK)
    with pytest.raises(LookupError, match="own fault"):
        await connection.open()
    await until(lambda: server.close_codes != [] and server.open_sockets == 0)
    await connection.close()


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
