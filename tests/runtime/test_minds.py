"""The mind on a real worker process, with a model that does as it is told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from tests.runtime.ears_scene import let_tasks_run, until, until_gone
from tests.runtime.mind_scene import answer, asked, mind_in, preparing, saying, thinking
from vivavoce.engines.minds.base import Prompt, Usage
from vivavoce.errors import MindFailed, MindMissing
from vivavoce.runtime.minds import EmbeddedMind

pytestmark = pytest.mark.usefixtures("workers_find_the_breakable_ears")


@pytest.fixture
async def mind(
    tmp_path: Path, workers_find_the_breakable_ears: None
) -> AsyncIterator[EmbeddedMind]:
    async with mind_in(tmp_path) as mind:
        yield mind


async def test_no_process_is_started_before_the_first_seat(mind: EmbeddedMind) -> None:
    await let_tasks_run()
    assert mind.process_id is None
    async with mind.seat() as seat:
        assert await answer(seat, "one two") == "one two"
        assert mind.process_id is not None


async def test_the_process_is_kept_for_the_next_conversation(mind: EmbeddedMind) -> None:
    async with mind.seat() as seat:
        await answer(seat, "one")
        process = mind.process_id
    async with mind.seat() as seat:
        await answer(seat, "two")
        assert mind.process_id == process


async def test_an_answer_ends_with_what_it_took_of_the_context(mind: EmbeddedMind) -> None:
    async with mind.seat() as seat:
        prompt = Prompt(saying("one").messages, max_tokens=7)
        thoughts = [thought async for thought in seat.think(prompt)]
    assert thoughts[-1] == Usage("model", 7, 2048)


async def test_a_conversation_keeps_its_slot(mind: EmbeddedMind, tmp_path: Path) -> None:
    async with mind.seat() as first, mind.seat() as second:
        for text in ("one", "two", "three"):
            await answer(first, text)
            await answer(second, text)
    slots = [line.split()[1] for line in asked(tmp_path)]
    assert slots == [slots[0], slots[1]] * 3
    assert slots[0] != slots[1]


async def test_one_conversation_more_takes_the_slot_that_was_used_longest_ago_and_is_logged_once(
    mind: EmbeddedMind, tmp_path: Path
) -> None:
    with capture_logs() as logs:
        async with AsyncExitStack() as stack:
            seats = [await stack.enter_async_context(mind.seat()) for _ in range(4)]
            for seat in (seats[0], seats[1], seats[0], seats[2]):
                await answer(seat, "one")
    slots = [line.split()[1] for line in asked(tmp_path)]
    assert slots[3] == slots[1] != slots[0] == slots[2]
    noted = [log for log in logs if "more conversations" in log["event"]]
    assert len(noted) == 1


async def test_thinking_that_finds_no_slot_waits_for_its_turn(
    mind: EmbeddedMind, tmp_path: Path
) -> None:
    async with AsyncExitStack() as stack:
        seats = [await stack.enter_async_context(mind.seat()) for _ in range(4)]
        first = await thinking(tmp_path, seats[0], "a wait")
        second = await thinking(tmp_path, seats[1], "b wait")
        third = asyncio.create_task(answer(seats[2], "c"))
        fourth = asyncio.create_task(answer(seats[3], "d"))
        await let_tasks_run()
        assert len(asked(tmp_path)) == 2
        (tmp_path / "go").touch()
        answers = await asyncio.gather(first, second, third, fourth)
    assert answers == ["a wait", "b wait", "c", "d"]


async def test_closing_an_answer_stops_it_and_frees_the_slot_for_the_next(
    mind: EmbeddedMind, tmp_path: Path
) -> None:
    async with mind.seat() as seat:
        words = seat.think(saying("one wait"))
        await anext(words)
        await words.aclose()
        assert await answer(seat, "two") == "two"
    slots = {line.split()[1] for line in asked(tmp_path)}
    assert len(slots) == 1


async def test_a_prompt_goes_before_what_is_prepared_which_is_read_to_the_end_after_it(
    mind: EmbeddedMind, tmp_path: Path
) -> None:
    async with mind.seat() as reader, mind.seat() as thinker:
        reading = await preparing(tmp_path, reader, "history wait")
        assert await answer(thinker, "one") == "one"
        await until(lambda: any(line.startswith("stopped") for line in asked(tmp_path)))
        (tmp_path / "go").touch()
        await reading
    kinds = [line.split()[0] for line in asked(tmp_path)]
    assert sorted(kinds) == ["answer", "has", "read", "read", "stopped"]
    assert kinds[-1] == "has"


async def test_a_prompt_ends_what_was_being_prepared_for_it(
    mind: EmbeddedMind, tmp_path: Path
) -> None:
    async with mind.seat() as seat:
        reading = await preparing(tmp_path, seat, "history wait")
        assert await answer(seat, "one") == "one"
        await reading
        await answer(seat, "two")
    assert not any(line.startswith("has read") for line in asked(tmp_path))


async def test_what_is_prepared_and_called_off_is_stopped(
    mind: EmbeddedMind, tmp_path: Path
) -> None:
    async with mind.seat() as seat:
        reading = await preparing(tmp_path, seat, "history wait")
        reading.cancel()
        await until(lambda: asked(tmp_path)[-1].startswith("stopped"))


async def test_a_prompt_that_is_longer_than_was_estimated_is_asked_again_with_less(
    mind: EmbeddedMind, tmp_path: Path
) -> None:
    async with mind.seat() as seat:
        last = "the end"
        assert await answer(seat, "word " * 300 + last) != ""
        await seat.prepare(saying("word " * 300))
    assert len(asked(tmp_path)) > 2


async def test_an_error_of_the_model_ends_its_prompt_and_not_the_worker(
    mind: EmbeddedMind,
) -> None:
    async with mind.seat() as seat:
        with pytest.raises(MindFailed, match="broke over this prompt"):
            await answer(seat, "error")
        process = mind.process_id
        assert await answer(seat, "one") == "one"
        await seat.prepare(saying("error"))
        assert mind.process_id == process


async def test_a_seat_at_a_model_that_is_not_there_is_refused_by_name(tmp_path: Path) -> None:
    async with EmbeddedMind(str(tmp_path / "none.gguf")) as mind:
        with pytest.raises(MindMissing, match="mind_file"):
            async with mind.seat():
                pass


async def test_a_model_that_does_not_load_fails_each_prompt_and_is_tried_again_for_the_next(
    tmp_path: Path,
) -> None:
    async with mind_in(tmp_path, content="not a model") as mind, mind.seat() as seat:
        with pytest.raises(MindFailed, match="does not load"):
            await answer(seat, "one")
        await seat.prepare(saying("one"))
        (tmp_path / "model.gguf").write_text("a model")
        assert await answer(seat, "one") == "one"


async def test_closing_ends_what_is_under_way_and_the_process(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        async with mind_in(tmp_path) as mind:
            seat = await stack.enter_async_context(mind.seat())
            under_way = await thinking(tmp_path, seat, "a wait")
            process = mind.process_id
            assert process is not None
        with pytest.raises(MindFailed, match="shutting down"):
            await under_way
        with pytest.raises(MindFailed, match="shutting down"):
            await answer(seat, "one")
        await until_gone([process])
