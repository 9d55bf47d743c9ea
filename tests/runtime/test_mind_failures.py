"""The mind on a real worker process that dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.runtime.ears_scene import until, until_gone
from tests.runtime.mind_scene import answer, asked, mind_in, preparing, saying, thinking
from vivavoce.errors import MindFailed
from vivavoce.runtime import mind_process

pytestmark = pytest.mark.usefixtures("workers_find_the_breakable_ears")


def kill(process: int | None) -> None:
    assert process is not None
    os.kill(process, signal.SIGKILL)


async def test_an_answer_that_a_worker_died_of_once_goes_on_from_where_it_was(
    tmp_path: Path,
) -> None:
    async with mind_in(tmp_path) as mind, mind.seat() as seat:
        assert await answer(seat, "one two stumble three") == "one two stumble three"


async def test_a_prompt_that_two_workers_die_of_is_given_up_and_the_next_one_is_answered(
    tmp_path: Path,
) -> None:
    async with mind_in(tmp_path) as mind, mind.seat() as seat:
        with pytest.raises(MindFailed, match="twice"):
            await answer(seat, "crash")
        assert await answer(seat, "one") == "one"


async def test_what_was_being_prepared_when_the_worker_died_is_not_prepared(
    tmp_path: Path,
) -> None:
    async with mind_in(tmp_path) as mind, mind.seat() as seat:
        await seat.prepare(saying("crash"))
        assert await answer(seat, "one") == "one"
    assert [line for line in asked(tmp_path) if "crash" in line] == ["read 0 crash"]


async def test_an_idle_worker_that_dies_is_replaced_while_there_is_a_conversation(
    tmp_path: Path,
) -> None:
    async with mind_in(tmp_path) as mind, mind.seat() as seat:
        await answer(seat, "one")
        before = mind.process_id
        kill(before)
        await until(lambda: mind.process_id not in (None, before))


async def test_an_idle_worker_that_dies_is_replaced_when_it_is_needed(tmp_path: Path) -> None:
    async with mind_in(tmp_path) as mind:
        async with mind.seat() as seat:
            await answer(seat, "one")
        kill(mind.process_id)
        await until(lambda: mind.process_id is None)
        async with mind.seat() as seat:
            assert await answer(seat, "two") == "two"


async def test_a_worker_that_hangs_is_killed_and_another_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mind_process, "_HUNG_AFTER_S", 2.0)
    async with mind_in(tmp_path) as mind, mind.seat() as seat:
        task = await thinking(tmp_path, seat, "a wait")
        assert mind.process_id is not None
        os.kill(mind.process_id, signal.SIGSTOP)
        (tmp_path / "go").touch()
        assert await task == "a wait"


async def test_the_worker_ends_with_a_server_that_is_killed(tmp_path: Path) -> None:
    program = f"""
import asyncio, os, pathlib, signal
from tests.runtime.mind_scene import answer, mind_in, thinking
async def main():
    directory = pathlib.Path({str(tmp_path)!r})
    async with mind_in(directory) as mind, mind.seat() as seat:
        await thinking(directory, seat, "a wait")
        print(mind.process_id, flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
asyncio.run(main())
"""
    root = Path(__file__).parents[2]
    path = os.pathsep.join([str(Path(__file__).parent), str(root)])
    run = subprocess.run(  # noqa: ASYNC221
        [sys.executable, "-c", program],
        cwd=root,
        env=os.environ | {"PYTHONPATH": path},
        stdout=subprocess.PIPE,
        timeout=60,
    )
    await until_gone([int(run.stdout)])


async def test_what_is_prepared_after_a_death_is_read_by_the_next_worker(
    tmp_path: Path,
) -> None:
    async with mind_in(tmp_path) as mind, mind.seat() as seat:
        await answer(seat, "one")
        reading = await preparing(tmp_path, seat, "history wait")
        kill(mind.process_id)
        await reading
        (tmp_path / "go").touch()
        await seat.prepare(saying("history again"))
    assert asked(tmp_path)[-1].endswith("history again")
