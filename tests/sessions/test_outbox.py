"""Frames on their way out."""

from __future__ import annotations

import asyncio

import pytest

from vivavoce.errors import SlowReader
from vivavoce.sessions.duplex import Presence
from vivavoce.sessions.outbox import Outbox

KB_100 = "x" * 100_000


class Line:
    """A duplex that takes frames only while `open`."""

    def __init__(self) -> None:
        self.taken: list[str | bytes] = []
        self.open = asyncio.Event()
        self.closed: tuple[int, str] | None = None
        self.presence = Presence()

    async def receive(self) -> None:
        await asyncio.Event().wait()

    async def send(self, message: str | bytes) -> None:
        await self.open.wait()
        self.taken.append(message)

    async def close(self, code: int, reason: str) -> None:
        self.closed = (code, reason)


async def test_frames_go_out_in_order_and_the_goodbye_comes_last() -> None:
    line = Line()
    line.open.set()
    outbox = Outbox(line, send_timeout_s=5)
    await outbox.put("a")
    outbox.close(1000, "done")
    await outbox.put(b"b")
    await outbox.run()
    assert line.taken == ["a", b"b"]
    assert line.closed == (1000, "done")


async def test_putting_waits_while_a_megabyte_is_ahead_and_goes_on_when_it_moves() -> None:
    line = Line()
    outbox = Outbox(line, send_timeout_s=5)
    done = 0

    async def fill() -> None:
        nonlocal done
        for _ in range(30):
            await outbox.put(KB_100)
            done += 1
        outbox.close(1000, "")

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(fill())
        tasks.create_task(outbox.run())
        await asyncio.sleep(0.02)
        assert done == 11
        line.open.set()
    assert len(line.taken) == 30


async def test_drained_returns_when_the_last_frame_is_taken() -> None:
    line = Line()
    outbox = Outbox(line, send_timeout_s=5)
    await outbox.put("a")
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(outbox.run())
        drained = tasks.create_task(outbox.drained())
        await asyncio.sleep(0.02)
        assert not drained.done()
        line.open.set()
        await drained
        assert line.taken == ["a"]
        outbox.close(1000, "")


async def test_a_frame_left_untaken_too_long_is_a_slow_reader() -> None:
    outbox = Outbox(Line(), send_timeout_s=0.02)
    await outbox.put("a")
    with pytest.raises(SlowReader, match=r"0\.02 s"):
        await outbox.run()


@pytest.mark.parametrize("leaves_first", [False, True])
async def test_nobody_who_is_away_is_a_slow_reader_until_back(leaves_first: bool) -> None:
    line = Line()
    outbox = Outbox(line, send_timeout_s=0.05)
    if leaves_first:
        line.presence.leaves(0.0)
    await outbox.put("a")
    running = asyncio.create_task(outbox.run())
    await asyncio.sleep(0)
    if not leaves_first:
        line.presence.leaves(0.0)
    done, _ = await asyncio.wait([running], timeout=0.2)
    assert not done
    line.presence.returns(1.0, 0)
    with pytest.raises(SlowReader):
        await running


async def test_of_two_lanes_the_one_whose_listener_needs_it_first_goes_first() -> None:
    line = Line()
    outbox = Outbox(line, send_timeout_s=5)
    ahead, behind = outbox.lane(), outbox.lane()
    for number in range(3):
        await ahead.put(f"ahead {number}", due_at=100.0 + number)
    await behind.put("behind 0", due_at=1.0)
    await behind.put("behind 1", due_at=101.5)
    outbox.close(1000, "")
    line.open.set()
    await outbox.run()
    assert line.taken == ["behind 0", "ahead 0", "ahead 1", "behind 1", "ahead 2"]


async def test_a_lane_with_nothing_to_send_never_waits_for_the_others() -> None:
    line = Line()
    outbox = Outbox(line, send_timeout_s=5)
    full, fresh = outbox.lane(), outbox.lane()
    for _ in range(11):
        await full.put(KB_100, due_at=50.0)
    async with asyncio.timeout(5):
        await fresh.put("now", due_at=1.0)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await full.put(KB_100, due_at=51.0)
    line.open.set()
    outbox.close(1000, "")
    await outbox.run()
    assert line.taken[0] == "now"
