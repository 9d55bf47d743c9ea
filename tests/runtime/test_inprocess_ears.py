"""The ears without processes."""

from __future__ import annotations

import asyncio

import pytest

from vivavoce.engines.base import HearingRequest
from vivavoce.engines.ears.fake import FakeDetector, FakeEars
from vivavoce.errors import EngineFailed, ServerBusy
from vivavoce.runtime.inprocess_ears import InProcessEarsPool

EARS = FakeEars(fail_on="nine")


def pool(*, delay_s: float = 0.0, capacity: int | None = None) -> InProcessEarsPool:
    return InProcessEarsPool(EARS, FakeDetector(), delay_s=delay_s, capacity=capacity)


def request(text: str) -> HearingRequest:
    return HearingRequest(EARS.sound_of(text))


async def test_it_hears_and_judges_what_its_ears_and_its_detector_do() -> None:
    async with pool() as ears:
        assert await ears.hear(request("one two"), due_at=0.0) == EARS.hear(request("one two"))
        pcm = bytes(1_024) + EARS.sound_of("one")
        assert await ears.judge(pcm, due_at=0.0) == FakeDetector().judge(pcm).tolist()


async def test_every_piece_is_kept_with_how_it_was_asked_for() -> None:
    ears = pool()
    await ears.hear(request("one"), due_at=1.0, background=True)
    await ears.hear_in_time(request("two"), due_at=2.0)
    assert [(one.due_at, one.background, one.in_time) for one in ears.heard_requests] == [
        (1.0, True, False),
        (2.0, False, True),
    ]
    assert [one.answer and one.answer.text for one in ears.heard_requests] == ["one", "two"]


async def test_without_time_only_what_must_be_heard_is_heard() -> None:
    ears = pool()
    ears.has_time = False
    assert await ears.hear_in_time(request("one"), due_at=0.0) is None
    assert (await ears.hear(request("one"), due_at=0.0)).text == "one"


async def test_a_hearing_taken_back_is_noted() -> None:
    ears = pool(delay_s=60)
    hearing = asyncio.create_task(ears.hear(request("one"), due_at=0.0))
    await asyncio.sleep(0)
    hearing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await hearing
    assert ears.heard_requests[0].cancelled


async def test_ears_that_break_are_named() -> None:
    with pytest.raises(EngineFailed):
        await pool().hear(request("nine"), due_at=0.0)


async def test_no_more_callers_than_its_capacity_are_admitted() -> None:
    ears = pool(capacity=1)
    ears.enter_stream()
    with pytest.raises(ServerBusy):
        ears.enter_stream()
    ears.leave_stream()
    ears.enter_stream()
    assert ears.streams == 1
