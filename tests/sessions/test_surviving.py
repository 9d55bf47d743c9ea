"""A duplex that outlives its sockets."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from tests.sessions.converse.virtual_time import VirtualTimeLoop
from vivavoce.errors import InvalidMessage, InvalidParameter
from vivavoce.sessions.duplex import PeerGone, Presence
from vivavoce.sessions.surviving import SurvivingLine
from vivavoce.wire.resume import Grant


class FakeSocket:
    """One connection of a client that keeps what it gets."""

    def __init__(self) -> None:
        self.presence = Presence()
        self.got: list[dict[str, Any]] = []
        self.closed: tuple[int, str] | None = None
        self.goodbye: int | None = None
        self.reads = asyncio.Event()
        self.reads.set()
        self._over = asyncio.Event()
        self._said: asyncio.Queue[str | None] = asyncio.Queue()
        self._moved = asyncio.Event()

    async def receive(self) -> str | None:
        return await self._said.get()

    async def send(self, message: str | bytes) -> None:
        await self.reads.wait()
        if self._over.is_set():
            raise PeerGone
        self.got.append(json.loads(message))
        self._moved.set()

    async def close(self, code: int, reason: str) -> None:
        self.closed = (code, reason)
        self._said.put_nowait(None)
        self._moved.set()

    async def parted(self) -> None:
        await self._over.wait()

    def say(self, **message: object) -> None:
        self._said.put_nowait(json.dumps(message))

    @property
    def unread(self) -> int:
        return self._said.qsize()

    def cut(self) -> None:
        """The network's doing."""
        self._over.set()
        self._said.put_nowait(None)

    def say_goodbye(self, code: int = 1000) -> None:
        self.goodbye = code
        self.cut()

    async def until_got(self, count: int) -> None:
        while len(self.got) < count:
            self._moved.clear()
            await self._moved.wait()

    async def until_closed(self) -> None:
        while self.closed is None:
            self._moved.clear()
            await self._moved.wait()


GRANT = Grant("sess_1", "secret")


@asynccontextmanager
async def served(
    line: SurvivingLine, last_seq: int | None = None
) -> AsyncIterator[tuple[FakeSocket, asyncio.Task[None]]]:
    socket = FakeSocket()
    async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
        serving = tasks.create_task(line.serve(socket, last_seq))
        await asyncio.sleep(0)
        yield socket, serving
        socket.cut()


async def test_the_grant_comes_first_and_frames_are_numbered_from_it() -> None:
    line = SurvivingLine(GRANT)
    async with served(line) as (socket, _):
        await line.send('{"audio":"a"}')
        await socket.until_got(2)
    assert socket.got[0]["session"]["id"] == "sess_1"
    assert socket.got[1] == {"seq": 2, "ack": 0, "audio": "a"}


async def test_a_first_frame_with_room_for_it_carries_the_grant() -> None:
    line = SurvivingLine(GRANT, carries_grant=lambda frame: "metadata" in frame)
    async with served(line) as (socket, _):
        await line.send('{"type":"metadata"}')
        await socket.until_got(1)
    assert socket.got[0]["type"] == "metadata"
    assert socket.got[0]["session"]["token"] == "secret"


async def test_a_first_frame_without_room_for_it_comes_behind_the_grant() -> None:
    line = SurvivingLine(GRANT, carries_grant=lambda frame: False)
    async with served(line) as (socket, _):
        await line.send('{"type":"agent_response"}')
        await socket.until_got(2)
    assert [frame["type"] for frame in socket.got] == ["session", "agent_response"]


async def test_what_a_lost_socket_did_not_deliver_comes_again_byte_for_byte() -> None:
    line = SurvivingLine(GRANT)
    async with served(line) as (first, serving):
        for name in "abc":
            await line.send(f'{{"audio":"{name}"}}')
        first.cut()
        await serving
    await line.send('{"audio":"d"}')
    async with served(line, last_seq=2) as (second, _):
        await second.until_got(4)
    assert second.got[0] == {"type": "session", "resumed": True, "ack": 0}
    assert second.got[1:3] == first.got[2:4]
    assert second.got[3] == {"seq": 5, "ack": 0, "audio": "d"}


async def test_a_clients_frame_is_heard_once_however_often_it_is_sent() -> None:
    line = SurvivingLine(GRANT)
    async with served(line) as (first, serving):
        first.say(text="a", cseq=1)
        assert json.loads(str(await line.receive()))["text"] == "a"
        first.cut()
        await serving
    async with served(line, last_seq=1) as (second, _):
        second.say(text="a", cseq=1)
        second.say(text="b", cseq=2)
        assert json.loads(str(await line.receive()))["text"] == "b"
    assert second.got[0]["ack"] == 1


async def test_a_gap_in_a_clients_numbers_is_named() -> None:
    line = SurvivingLine(GRANT)
    async with served(line) as (socket, _):
        socket.say(text="b", cseq=2)
        with pytest.raises(InvalidMessage, match="2 came where 1 was expected"):
            await line.receive()


@pytest.mark.parametrize(
    "message",
    [
        {"text": "a", "cseq": 0},
        {"text": "a", "cseq": "1"},
        {"type": "ack", "ack": -1},
        {"type": "heartbeat", "id": True},
    ],
)
async def test_a_number_that_is_none_ends_the_session_and_is_named(
    message: dict[str, object],
) -> None:
    line = SurvivingLine(GRANT)
    async with served(line) as (socket, _):
        socket.say(**message)
        with pytest.raises(InvalidParameter, match="must be a whole number"):
            await line.receive()


async def test_frames_without_numbers_are_heard_as_they_come() -> None:
    line = SurvivingLine(GRANT)
    async with served(line) as (socket, _):
        socket.say(text="a")
        socket.say(text="a")
        assert [await line.receive(), await line.receive()] == ['{"text": "a"}'] * 2


async def test_what_was_heard_is_acknowledged_though_there_is_nothing_to_say() -> None:
    line = SurvivingLine(GRANT)
    async with served(line) as (socket, _):
        socket.say(text="a", cseq=1)
        await line.receive()
        await socket.until_got(2)
    assert socket.got[1] == {"type": "ack", "ack": 1}


async def test_a_heartbeat_is_answered_and_no_session_hears_of_it() -> None:
    line = SurvivingLine(GRANT)
    async with served(line) as (socket, _):
        await socket.until_got(1)
        socket.say(type="heartbeat", id=7)
        socket.say(text="a")
        assert await line.receive() == '{"text": "a"}'
        await socket.until_got(2)
    assert socket.got[1] == {"type": "heartbeat", "id": 7}


async def test_heartbeats_are_answered_while_the_session_has_no_time_to_listen() -> None:
    line = SurvivingLine(GRANT)
    async with served(line) as (socket, _):
        await socket.until_got(1)
        for cseq in range(1, 101):
            socket.say(text="a", cseq=cseq)
        socket.say(type="heartbeat", id=7)
        await socket.until_got(2)
    assert socket.got[1] == {"type": "heartbeat", "id": 7}


async def test_heartbeats_of_a_client_that_takes_no_answers_are_not_read_for_ever() -> None:
    line = SurvivingLine(GRANT)
    async with served(line) as (socket, _):
        await socket.until_got(1)
        socket.reads.clear()
        for number in range(1_000):
            socket.say(type="heartbeat", id=number)
        await asyncio.sleep(0.05)
        assert socket.unread > 900
        socket.reads.set()
        await socket.until_got(1_001)
    assert [answer["id"] for answer in socket.got[1:]] == list(range(1_000))


async def test_a_client_that_acknowledges_what_it_was_not_sent_gets_it_all_the_same() -> None:
    line = SurvivingLine(GRANT)
    async with served(line) as (first, serving):
        await first.until_got(1)
        first.reads.clear()
        first.say(type="ack", ack=99)
        sending = [asyncio.create_task(line.send(f'{{"audio":"{n}"}}')) for n in range(3)]
        await asyncio.sleep(0.01)
        first.reads.set()
        await asyncio.gather(*sending)
        await first.until_got(4)
        assert not serving.done()
    assert [frame["seq"] for frame in first.got] == [1, 2, 3, 4]


async def test_a_second_socket_takes_over_and_the_first_is_told() -> None:
    line = SurvivingLine(GRANT)
    async with served(line) as (first, _):
        await first.until_got(1)
        async with served(line, last_seq=1) as (second, _):
            await line.send('{"audio":"a"}')
            await second.until_got(2)
            await first.until_closed()
    assert first.closed == (4409, "session_taken_over")
    assert second.got[1]["seq"] == 2


async def test_closing_the_socket_that_was_left_behind_is_no_goodbye() -> None:
    line = SurvivingLine(GRANT)
    async with served(line) as (first, _):
        await first.until_got(1)
        second = FakeSocket()
        serving = asyncio.create_task(line.serve(second, 1))
        # In the moment between one socket's taking over and the other's hearing of it.
        asyncio.get_running_loop().call_soon(setattr, first, "goodbye", 1000)
        first._said.put_nowait(None)
        await first.until_closed()
        second.say(text="a", cseq=1)
        assert await line.receive() is not None
        second.cut()
        await serving


async def test_presence_tells_of_leaving_and_of_how_much_was_missed() -> None:
    line = SurvivingLine(GRANT)
    missed: list[int] = []
    left: list[float] = []
    line.presence.watch(left.append, lambda now, count: missed.append(count))
    async with served(line) as (first, serving):
        await first.until_got(1)
        first.cut()
        await serving
    assert line.presence.may_return
    assert line.presence.is_away
    await line.send('{"audio":"a"}')
    await line.send('{"audio":"b"}')
    async with served(line, last_seq=1):
        assert not line.presence.is_away
    assert len(left) == 2
    assert missed == [2]


async def test_a_goodbye_ends_the_session_but_what_is_owed_still_arrives() -> None:
    line = SurvivingLine(GRANT)
    async with served(line) as (socket, serving):
        socket.goodbye = 1000
        socket._said.put_nowait(None)
        assert await line.receive() is None
        await line.send('{"audio":"a"}')
        line.finish()
        await serving
        assert socket.got[1]["audio"] == "a"
    assert line.is_over_for(1)


async def test_a_goodbye_counts_though_the_socket_is_lost_before_it_was_read() -> None:
    line = SurvivingLine(GRANT)
    async with served(line) as (socket, serving):
        await socket.until_got(1)
        socket.goodbye = 1000
        socket._over.set()
        with pytest.raises(PeerGone):
            await line.send('{"audio":"a"}')
        await serving
        assert await line.receive() is None
    assert line.is_over_for(1)
    assert not line.presence.is_away


def test_a_client_that_takes_nothing_cannot_keep_the_end_of_a_failed_session_from_coming() -> None:
    async def fail() -> None:
        line = SurvivingLine(GRANT)
        socket = FakeSocket()
        socket.reads.clear()
        async with asyncio.timeout(60), asyncio.TaskGroup() as tasks:
            lapsing = tasks.create_task(line.lapse_when_away())
            serving = tasks.create_task(line.serve(socket))
            await asyncio.sleep(0)
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(1):
                    await line.close(1008, "slow_reader")
            line.finish()
            await serving
            assert line.can_replay_after(0)  # it may come back and read why
            await lapsing

    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        runner.run(fail())


async def test_a_close_that_was_cut_is_said_again_to_who_comes_back() -> None:
    line = SurvivingLine(GRANT)
    async with served(line) as (first, serving):
        await first.until_got(1)
        first.cut()
        await serving
    await line.send('{"isFinal":true}')
    await line.close(1000, "")
    line.finish()
    async with served(line, last_seq=1) as (second, _):
        await second.until_closed()
        second.goodbye = 1000
    assert second.got[1]["isFinal"] is True
    assert second.closed == (1000, "")
    assert line.is_over_for(2)
    assert not line.is_over_for(1)


async def test_nobody_is_waited_for_longer_than_the_window() -> None:
    line = SurvivingLine(GRANT, window_s=0.01)
    async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
        tasks.create_task(line.lapse_when_away())
        assert await line.receive() is None
    with pytest.raises(PeerGone):
        await line.send('{"audio":"a"}')


async def test_a_full_ledger_makes_the_session_wait_and_loses_nothing() -> None:
    line = SurvivingLine(GRANT)
    frame = json.dumps({"audio": "x" * 1_000_000})
    async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:

        async def speak() -> None:
            for _ in range(8):
                await line.send(frame)

        speaking = tasks.create_task(speak())
        await asyncio.sleep(0.05)
        assert not speaking.done()
        async with served(line, last_seq=1) as (socket, _):
            await socket.until_got(9)
        assert [got["seq"] for got in socket.got[1:]] == list(range(2, 10))
