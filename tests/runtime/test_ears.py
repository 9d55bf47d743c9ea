"""Ears on real worker processes: what is heard, in which order, and what is not."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.runtime.breakable_ears import VOCABULARY
from tests.runtime.ears_scene import (
    EARS,
    begun,
    heard,
    heard_in_time,
    in_s,
    let_tasks_run,
    started,
)
from vivavoce.engines.base import LONGEST_PIECE, Heard, HearingRequest
from vivavoce.engines.ears.fake import FakeDetector
from vivavoce.errors import ServerBusy
from vivavoce.runtime.ears import EarsWorkerPool


async def test_a_piece_comes_back_as_the_ears_heard_it(pair: EarsWorkerPool) -> None:
    request = HearingRequest(EARS.sound_of("Good morning."), "en", (3, 4), word_times=True)
    assert await pair.hear(request, due_at=in_s(0)) == EARS.hear(request)
    assert await pair.hear_in_time(request, due_at=in_s(60)) == EARS.hear(request)


async def test_many_pieces_at_once_do_not_mix(pair: EarsWorkerPool) -> None:
    texts = [f"Hello, {VOCABULARY[n % 10]} {VOCABULARY[n // 10]}" for n in range(40)]
    assert await asyncio.gather(*(heard(pair, text) for text in texts)) == texts


async def test_the_longest_piece_arrives_whole(pair: EarsWorkerPool) -> None:
    sound = EARS.sound_of("one two three " * 40)
    request = HearingRequest(sound + bytes(2 * LONGEST_PIECE - len(sound)))
    assert await pair.hear(request, due_at=in_s(0)) == EARS.hear(request)


async def test_sound_is_judged_as_the_detector_does(pair: EarsWorkerPool) -> None:
    pcm = bytes(10_000) + EARS.sound_of("one two") + bytes(300)
    assert await pair.judge(pcm, due_at=in_s(0)) == FakeDetector().judge(pcm).tolist()


async def test_it_has_the_languages_of_its_ears(pair: EarsWorkerPool) -> None:
    assert pair.languages == ("en", "tlh")


async def test_what_is_due_sooner_is_heard_first(lone: EarsWorkerPool, tmp_path: Path) -> None:
    first = await started(tmp_path, heard(lone, "wait"), "wait")
    rest = asyncio.gather(
        heard_in_time(lone, "one", due_in_s=70),
        heard(lone, "two", due_in_s=80, background=True),
        heard(lone, "three", due_in_s=60),
        heard(lone, "four"),
        lone.judge(EARS.sound_of("five"), due_at=in_s(0)),
    )
    await let_tasks_run()
    (tmp_path / "go").touch()
    await asyncio.gather(first, rest)
    names = ("one", "two", "three", "four")
    assert begun(tmp_path, *names) == ["four", "three", "one", "two"]


async def test_what_cannot_begin_in_time_is_given_up_when_it_is_due_and_never_heard(
    lone: EarsWorkerPool, tmp_path: Path
) -> None:
    first = await started(tmp_path, heard(lone, "wait"), "wait")
    assert await heard_in_time(lone, "one", due_in_s=0.05) is None
    assert await heard_in_time(lone, "two", due_in_s=-1) is None
    (tmp_path / "go").touch()
    assert await first == "wait"
    assert await heard(lone, "three") == "three"
    assert begun(tmp_path, "one", "two", "three") == ["three"]


async def test_what_has_begun_in_time_may_take_its_time(
    lone: EarsWorkerPool, tmp_path: Path
) -> None:
    late = asyncio.ensure_future(heard_in_time(lone, "wait one", due_in_s=0.05))
    await asyncio.sleep(0.1)
    assert not late.done()
    (tmp_path / "go").touch()
    assert (await late or Heard("", (), 0.0)).text == "wait one"


async def test_what_is_overdue_is_not_even_tried(pair: EarsWorkerPool, tmp_path: Path) -> None:
    assert await heard_in_time(pair, "one", due_in_s=-0.001) is None
    assert await heard(pair, "two") == "two"
    assert begun(tmp_path, "one", "two") == ["two"]


async def test_work_in_the_background_leaves_one_worker_to_those_who_wait(
    pair: EarsWorkerPool, tmp_path: Path
) -> None:
    first = await started(tmp_path, heard(pair, "wait", background=True), "wait")
    behind = asyncio.gather(
        heard(pair, "one", due_in_s=-60, background=True),
        pair.judge(EARS.sound_of("two"), due_at=in_s(-60)),
    )
    assert await heard(pair, "three", due_in_s=60) == "three"
    assert begun(tmp_path, "one", "three") == ["three"]
    assert [len(line.jobs) for line in pair._lines if line.jobs] == [1]
    (tmp_path / "go").touch()
    await asyncio.gather(first, behind)
    assert begun(tmp_path, "one") == ["one"]


async def test_those_who_wait_may_have_all_workers(pair: EarsWorkerPool, tmp_path: Path) -> None:
    first = await started(tmp_path, heard(pair, "wait one"), "wait one")
    second = await started(tmp_path, heard(pair, "wait two"), "wait two")
    (tmp_path / "go").touch()
    assert [await first, await second] == ["wait one", "wait two"]


async def test_the_only_worker_works_in_the_background_too(lone: EarsWorkerPool) -> None:
    assert await heard(lone, "one", background=True) == "one"


async def test_a_piece_that_waits_is_taken_back_by_a_cancel(
    lone: EarsWorkerPool, tmp_path: Path
) -> None:
    first = await started(tmp_path, heard(lone, "wait"), "wait")
    waiting = [
        asyncio.ensure_future(work)
        for work in (
            heard(lone, "one"),
            heard(lone, "two", background=True),
            heard_in_time(lone, "three", due_in_s=60),
        )
    ]
    await let_tasks_run()
    for task in waiting:
        task.cancel()
    await asyncio.wait(waiting)
    (tmp_path / "go").touch()
    assert await first == "wait"
    assert await heard(lone, "four", due_in_s=60) == "four"
    assert begun(tmp_path, "one", "two", "three", "four") == ["four"]
    assert all(task.cancelled() for task in waiting)


async def test_a_piece_under_way_is_finished_for_nobody_when_it_is_cancelled(
    lone: EarsWorkerPool, tmp_path: Path
) -> None:
    process = lone.worker_processes()
    first = await started(tmp_path, heard(lone, "wait"), "wait")
    first.cancel()
    await asyncio.wait([first])
    (tmp_path / "go").touch()
    assert await heard(lone, "one") == "one"
    assert lone.worker_processes() == process


async def test_callers_are_admitted_up_to_the_share_of_the_measured_pace(
    pair: EarsWorkerPool,
) -> None:
    room = int(0.87 * pair.capacity)
    for _ in range(room):
        pair.enter_stream()
    with pytest.raises(ServerBusy):
        pair.enter_stream()
    assert pair.streams == room
    pair.leave_stream()
    pair.enter_stream()


async def test_the_pace_is_that_of_what_must_be_heard(pair: EarsWorkerPool) -> None:
    at_start = pair.capacity
    await heard_in_time(pair, "one", due_in_s=60)
    await pair.judge(EARS.sound_of("one"), due_at=in_s(0))
    assert pair.capacity == at_start > 0
    await heard(pair, "one")
    assert pair.capacity != at_start
