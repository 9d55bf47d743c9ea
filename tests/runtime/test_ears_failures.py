"""Ears on real worker processes that break, hang, die and close."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import pytest

from tests.runtime.breakable_ears import VOCABULARY
from tests.runtime.ears_scene import (
    begun,
    busy_process,
    ears_in,
    heard,
    heard_in_time,
    kill_busy_worker,
    let_tasks_run,
    started,
    text_of,
    until,
    until_gone,
    until_whole_again,
)
from vivavoce.errors import EngineFailed
from vivavoce.runtime import crew
from vivavoce.runtime.ears import EarsWorkerPool


async def test_the_only_worker_left_works_in_the_background_too(
    pair: EarsWorkerPool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pair, "_hire", _nobody)
    first = await started(tmp_path, heard(pair, "wait"), "wait")
    second = asyncio.ensure_future(heard(pair, "one", background=True))
    await let_tasks_run()
    first.cancel()
    os.kill(busy_process(pair), signal.SIGKILL)
    assert await second == "one"
    monkeypatch.undo()


async def _nobody() -> None:
    raise EngineFailed("there is nobody to hire")


async def test_the_piece_of_a_worker_that_dies_is_heard_by_another(
    pair: EarsWorkerPool, tmp_path: Path
) -> None:
    first = await started(tmp_path, heard(pair, "wait"), "wait")
    os.kill(busy_process(pair), signal.SIGKILL)
    await until(lambda: begun(tmp_path, "wait") == ["wait"] * 2)
    (tmp_path / "go").touch()
    assert await first == "wait"
    await until_whole_again(pair)


async def test_a_worker_that_hangs_is_killed_and_its_piece_heard_by_another(
    pair: EarsWorkerPool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crew, "_HUNG_AFTER_S", 2.0)
    for process in pair.worker_processes():  # whose watch has begun with the longer time
        os.kill(process, signal.SIGKILL)
    await until(lambda: not any(line.ready for line in pair._lines))
    await until_whole_again(pair)
    first = await started(tmp_path, heard(pair, "wait"), "wait")
    os.kill(busy_process(pair), signal.SIGSTOP)
    (tmp_path / "go").touch()
    assert await first == "wait"


async def test_a_piece_that_kills_two_workers_is_given_up_and_others_are_not_harmed(
    pair: EarsWorkerPool,
) -> None:
    texts = [f"Hello, {VOCABULARY[n]}" for n in range(10)]
    harmless = asyncio.gather(*(heard(pair, text) for text in texts))
    with pytest.raises(EngineFailed, match="twice"):
        await heard(pair, "crash")
    assert await harmless == texts
    await until_whole_again(pair)


async def test_ears_that_die_once_over_a_piece_hear_it_the_second_time(
    pair: EarsWorkerPool,
) -> None:
    assert await heard(pair, "stumble one two") == "stumble one two"


async def test_all_workers_may_die_and_what_comes_meanwhile_is_heard(pair: EarsWorkerPool) -> None:
    before = pair.worker_processes()
    for process in before:
        os.kill(process, signal.SIGKILL)
    await until(lambda: not any(line.ready for line in pair._lines))
    assert await heard(pair, "one") == "one"
    await until_whole_again(pair)
    assert not set(before) & set(pair.worker_processes())


async def test_what_nobody_waits_for_does_not_outlive_its_worker(
    pair: EarsWorkerPool, tmp_path: Path
) -> None:
    task = await started(tmp_path, heard(pair, "wait"), "wait")
    task.cancel()
    await asyncio.wait([task])
    await kill_busy_worker(pair)
    assert not any(line.jobs for line in pair._lines)


async def test_what_is_past_its_time_does_not_outlive_its_worker(
    pair: EarsWorkerPool, tmp_path: Path
) -> None:
    work = text_of(heard_in_time(pair, "wait", due_in_s=0.05))
    task = await started(tmp_path, work, "wait")
    await asyncio.sleep(0.06)
    await kill_busy_worker(pair)
    assert await task == "nothing"
    assert not any(line.jobs for line in pair._lines)


async def test_an_error_of_the_ears_ends_its_piece_by_name_and_not_the_worker(
    pair: EarsWorkerPool,
) -> None:
    before = pair.worker_processes()
    with pytest.raises(EngineFailed, match="the ears broke over this sound"):
        await heard(pair, "one error two")
    assert await asyncio.gather(*(heard(pair, "one") for _ in range(3))) == ["one"] * 3
    assert pair.worker_processes() == before


async def test_closing_ends_what_waits_and_what_is_under_way_and_all_processes(
    tmp_path: Path, workers_find_the_breakable_ears: None
) -> None:
    async with ears_in(tmp_path, workers=1) as pool:
        processes = pool.worker_processes()
        unfinished = [
            await started(tmp_path, heard(pool, "wait"), "wait"),
            *(
                asyncio.ensure_future(work)
                for work in (
                    heard(pool, "one"),
                    text_of(heard_in_time(pool, "two", due_in_s=60)),
                    heard(pool, "three", background=True),
                )
            ),
        ]
        await let_tasks_run()
    for task in unfinished:
        with pytest.raises(EngineFailed, match="shutting down"):
            await task
    with pytest.raises(EngineFailed, match="shutting down"):
        await heard(pool, "four")
    (tmp_path / "go").touch()
    await until_gone(processes)


async def test_no_worker_is_left_by_a_start_that_is_called_off(
    tmp_path: Path, workers_find_the_breakable_ears: None
) -> None:
    pool = ears_in(tmp_path, workers=2)
    start = asyncio.create_task(pool.__aenter__())
    await until(lambda: bool(pool.worker_processes()))
    start.cancel()
    with pytest.raises(asyncio.CancelledError):
        await start
    await until_gone(pool.worker_processes())
