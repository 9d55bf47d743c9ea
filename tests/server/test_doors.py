"""Which sessions are in, and how they are shown out."""

from __future__ import annotations

import asyncio

import pytest

from vivavoce.server.doors import Doors


class Guest:
    """A session that leaves when told to, or only when told `at_once`."""

    def __init__(self, *, stays: bool = False) -> None:
        self.told: list[bool] = []
        self._stays = stays
        self._leaves = asyncio.Event()

    def drain(self, *, at_once: bool = False) -> None:
        self.told.append(at_once)
        if at_once or not self._stays:
            self._leaves.set()

    async def visit(self, doors: Doors) -> None:
        with doors.inside_for(self):
            await self._leaves.wait()


async def visiting(doors: Doors, tasks: asyncio.TaskGroup, *guests: Guest) -> None:
    for guest in guests:
        tasks.create_task(guest.visit(doors))
    await asyncio.sleep(0)
    assert doors.inside == len(guests)


async def test_draining_an_empty_house_takes_no_time() -> None:
    doors = Doors()
    await doors.drain(1_000)
    assert doors.draining


async def test_draining_waits_until_everybody_has_left() -> None:
    doors, guests = Doors(), [Guest(), Guest()]
    async with asyncio.TaskGroup() as tasks:
        await visiting(doors, tasks, *guests)
        await doors.drain(1_000)
        assert doors.inside == 0
    assert [guest.told for guest in guests] == [[False], [False]]


async def test_who_stays_beyond_the_time_is_told_to_leave_at_once() -> None:
    doors, guest = Doors(), Guest(stays=True)
    async with asyncio.TaskGroup() as tasks:
        await visiting(doors, tasks, guest)
        await doors.drain(0.01)
        assert doors.inside == 0
    assert guest.told == [False, True]


async def test_hurrying_cuts_the_wait_short() -> None:
    doors, guest = Doors(), Guest(stays=True)
    async with asyncio.TaskGroup() as tasks:
        await visiting(doors, tasks, guest)
        draining = tasks.create_task(doors.drain(1_000))
        await asyncio.sleep(0)
        doors.hurry()
        await draining
    assert guest.told == [False, True]


async def test_a_session_that_breaks_is_not_counted_any_more() -> None:
    doors = Doors()
    with pytest.raises(KeyError), doors.inside_for(Guest()):
        raise KeyError
    assert doors.inside == 0
