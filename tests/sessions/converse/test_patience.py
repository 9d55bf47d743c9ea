"""Limits by a clock that may stand still."""

from __future__ import annotations

import asyncio
import time

import pytest

from vivavoce.core.call_clock import CallClock
from vivavoce.sessions.converse.patience import within

IN_VIRTUAL_TIME = True


def now() -> float:
    return asyncio.get_running_loop().time()


async def test_what_is_done_in_time_goes_on_and_leaves_no_alarm() -> None:
    async with within(3.0, time.monotonic):
        await asyncio.sleep(2.9)
    await asyncio.sleep(5.0)


async def test_what_takes_too_long_ends_when_its_time_is_over() -> None:
    began_at = now()
    with pytest.raises(TimeoutError):
        async with within(3.0, time.monotonic):
            await asyncio.sleep(100)
    assert now() - began_at == pytest.approx(3.0, abs=0.01)


async def test_without_a_limit_it_may_take_for_ever() -> None:
    async with within(None, time.monotonic):
        await asyncio.sleep(10_000)


async def test_while_the_clock_stands_still_it_takes_no_time() -> None:
    clock, began_at = CallClock(time.monotonic), now()

    async def stand_still() -> None:
        await asyncio.sleep(2.0)
        clock.stop()
        await asyncio.sleep(20.0)
        clock.go_on()

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(stand_still())
        with pytest.raises(TimeoutError):
            async with within(3.0, clock.now):
                await asyncio.sleep(100)
    assert 23.0 <= now() - began_at <= 23.0 + 0.3


async def test_who_is_cancelled_is_cancelled() -> None:
    waiting = asyncio.create_task(_wait())
    await asyncio.sleep(1.0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting


async def _wait() -> None:
    async with within(3.0, time.monotonic):
        await asyncio.sleep(100)
