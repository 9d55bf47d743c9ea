from __future__ import annotations

import asyncio
import logging

import pytest

from vivavoce.clients.event_queue import EventQueue


async def test_events_come_in_order_and_then_the_end() -> None:
    queue = EventQueue[int]()
    queue.put(1)
    queue.put(2)
    queue.end()
    assert [await queue.get(), await queue.get()] == [1, 2]
    with pytest.raises(StopAsyncIteration):
        await queue.get()


async def test_who_waits_is_woken_by_an_event_or_by_the_end() -> None:
    queue = EventQueue[int]()
    waiting = asyncio.create_task(queue.get())
    await asyncio.sleep(0)
    queue.put(1)
    assert await waiting == 1
    waiting = asyncio.create_task(queue.get())
    await asyncio.sleep(0)
    queue.end(ValueError("broken"))
    with pytest.raises(ValueError, match="broken"):
        await waiting


async def test_a_failure_comes_after_all_events_and_again() -> None:
    queue = EventQueue[int]()
    queue.put(1)
    queue.end(ValueError("broken"))
    queue.end()
    assert queue.get_waiting() == 1
    for _ in range(2):
        with pytest.raises(ValueError, match="broken"):
            queue.get_waiting()


def test_what_nobody_reads_makes_room_and_is_counted(caplog: pytest.LogCaptureFixture) -> None:
    queue = EventQueue[int](held=3)
    with caplog.at_level(logging.WARNING):
        for number in range(5):
            queue.put(number)
    assert [queue.get_waiting() for _ in range(4)] == [2, 3, 4, None]
    assert queue.lost == 2
    assert len(caplog.records) == 1


def test_an_event_may_replace_the_one_that_waits_before_it() -> None:
    queue = EventQueue[int](lambda new, old: new > old)
    for number in (1, 2, 3, 1):
        queue.put(number)
    assert [queue.get_waiting() for _ in range(3)] == [3, 1, None]
