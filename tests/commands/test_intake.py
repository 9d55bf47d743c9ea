from __future__ import annotations

import asyncio
import threading

from vivavoce.commands.intake import Intake


async def test_blocks_of_another_thread_arrive_in_order_up_to_the_end() -> None:
    intake = Intake(lambda: None)

    def record() -> None:
        for number in range(100):
            intake.put(bytes([number]))
        intake.end()

    recording = threading.Thread(target=record)
    recording.start()
    assert [block async for block in intake.blocks()] == [bytes([n]) for n in range(100)]
    recording.join()


async def test_a_reader_waits_for_blocks_that_are_still_to_come() -> None:
    intake = Intake(lambda: None)
    blocks = intake.blocks()
    first = asyncio.ensure_future(anext(blocks))
    await asyncio.sleep(0)
    assert not first.done()
    intake.put(b"sound")
    assert await first == b"sound"


async def test_what_nobody_takes_in_time_is_lost_and_told_once() -> None:
    losses: list[str] = []
    intake = Intake(lambda: losses.append("lost"), held_blocks=2)
    for _ in range(2):
        for block in (b"1", b"2", b"3", b"4"):
            intake.put(block)
        blocks = intake.blocks()
        assert [await anext(blocks), await anext(blocks)] == [b"1", b"2"]
    assert losses == ["lost"]


async def test_sound_that_was_lost_on_its_way_here_is_told_as_well() -> None:
    losses: list[str] = []
    intake = Intake(lambda: losses.append("lost"))
    intake.lose()
    intake.put(b"rest")
    assert await anext(intake.blocks()) == b"rest"
    assert losses == ["lost"]
