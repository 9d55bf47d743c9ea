"""The pool with real worker processes, around a voice that can be told to break."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from vivavoce.engines.base import SpeechBlock, SpeechRequest
from vivavoce.engines.voices.catalog import DEFAULT_VOICE
from vivavoce.engines.voices.fake import FakeVoice
from vivavoce.errors import EngineFailed, ServerBusy, TextNotSpeakable
from vivavoce.runtime.pool import WorkerPool
from vivavoce.runtime.spoken import PendingSpeech

LOADER = "breakable_voice:load"
SENTENCE = "one two three four five six seven eight"


@pytest.fixture(autouse=True)
def _workers_find_the_breakable_voice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))


@pytest.fixture
async def pool(tmp_path: Path) -> AsyncIterator[WorkerPool]:
    async with WorkerPool(workers=2, cache_dir=tmp_path, loader=LOADER) as pool:
        yield pool


def submit(pool: WorkerPool, text: str, *, due_in_s: float = 0.0) -> PendingSpeech:
    return pool.submit(SpeechRequest(text, DEFAULT_VOICE), dry_at=time.monotonic() + due_in_s)


async def spoken(pool: WorkerPool, text: str) -> list[SpeechBlock]:
    return [block async for block in submit(pool, text)]


def expected(text: str) -> list[SpeechBlock]:
    return list(FakeVoice(words_per_block=1).speak(SpeechRequest(text, DEFAULT_VOICE)))


async def until_whole_again(pool: WorkerPool) -> None:
    for _ in range(1_000):
        if sum(line.ready for line in pool._lines) == 2:
            return
        await asyncio.sleep(0.01)
    raise AssertionError("no new worker in 10 s")


def alive(process: int) -> bool:
    return Path(f"/proc/{process}").exists()


async def until_gone(processes: list[int]) -> None:
    for _ in range(500):
        if not any(alive(process) for process in processes):
            return
        await asyncio.sleep(0.01)
    raise AssertionError("processes are still there after 5 s")


async def test_an_utterance_comes_back_block_by_block_as_the_engine_made_it(
    pool: WorkerPool,
) -> None:
    assert await spoken(pool, SENTENCE) == expected(SENTENCE)


async def test_many_utterances_at_once_do_not_mix(pool: WorkerPool) -> None:
    texts = [f"{SENTENCE} number {n}" for n in range(40)]
    assert await asyncio.gather(*(spoken(pool, text) for text in texts)) == [
        expected(text) for text in texts
    ]


async def test_what_is_due_sooner_is_spoken_first(pool: WorkerPool) -> None:
    finished: list[str] = []

    async def listen(name: str, speech: PendingSpeech) -> None:
        async for _ in speech:
            pass
        finished.append(name)

    far = [submit(pool, SENTENCE * 2, due_in_s=60) for _ in range(4)]
    near = submit(pool, SENTENCE)
    await asyncio.gather(*(listen("far", speech) for speech in far), listen("near", near))
    assert finished[0] == "near"


async def test_nothing_comes_after_a_cancel(pool: WorkerPool) -> None:
    speech = submit(pool, SENTENCE * 4)
    await anext(speech)
    speech.cancel()
    speech.cancel()
    assert [block async for block in speech] == []
    assert await spoken(pool, SENTENCE) == expected(SENTENCE)


async def test_a_worker_killed_in_mid_sentence_leaves_no_gap_and_no_repeat(
    pool: WorkerPool,
) -> None:
    speeches = [submit(pool, f"{SENTENCE} {SENTENCE} {n}") for n in range(6)]
    first = [await anext(speech) for speech in speeches]
    os.kill(pool.worker_processes()[0], signal.SIGKILL)
    for n, (speech, block) in enumerate(zip(speeches, first, strict=True)):
        rest = [later async for later in speech]
        assert [block, *rest] == expected(f"{SENTENCE} {SENTENCE} {n}")


async def test_a_dead_worker_is_replaced(pool: WorkerPool) -> None:
    before = pool.worker_processes()
    for process in before:
        os.kill(process, signal.SIGKILL)
    assert await spoken(pool, SENTENCE) == expected(SENTENCE)
    await until_whole_again(pool)
    assert not set(before) & set(pool.worker_processes())


async def test_an_engine_that_dies_once_over_a_text_speaks_it_whole_the_second_time(
    pool: WorkerPool,
) -> None:
    assert await spoken(pool, f"stumble {SENTENCE}") == expected(f"stumble {SENTENCE}")


async def test_a_text_that_kills_two_workers_is_given_up_and_others_are_not_harmed(
    pool: WorkerPool,
) -> None:
    harmless = [submit(pool, f"{SENTENCE} " * 3) for _ in range(6)]
    with pytest.raises(EngineFailed, match="twice"):
        await spoken(pool, "crash")
    for speech in harmless:
        assert [block async for block in speech] == expected(f"{SENTENCE} " * 3)
    await until_whole_again(pool)


async def test_the_death_of_the_nursery_is_survived_too(pool: WorkerPool) -> None:
    process = pool._nursery._process
    assert process is not None
    process.kill()
    os.kill(pool.worker_processes()[0], signal.SIGKILL)
    assert await spoken(pool, SENTENCE) == expected(SENTENCE)
    await until_whole_again(pool)


async def test_an_engines_error_ends_its_utterance_by_name_and_not_the_worker(
    pool: WorkerPool,
) -> None:
    before = pool.worker_processes()
    with pytest.raises(EngineFailed, match="broke over this text"):
        await spoken(pool, "error")
    assert await spoken(pool, SENTENCE) == expected(SENTENCE)
    assert pool.worker_processes() == before


async def test_text_the_voice_cannot_speak_is_the_callers_error(pool: WorkerPool) -> None:
    with pytest.raises(TextNotSpeakable):
        await spoken(pool, "世界")


async def test_turns_are_admitted_up_to_the_share_of_the_measured_pace(pool: WorkerPool) -> None:
    room = int(0.87 * pool.capacity)
    for _ in range(room):
        pool.enter_turn()
    with pytest.raises(ServerBusy):
        pool.enter_turn()
    assert pool.listeners == room
    pool.leave_turn()
    pool.enter_turn()


async def test_an_engine_that_does_not_load_is_reported_by_name(tmp_path: Path) -> None:
    (tmp_path / "does-not-load").touch()
    with pytest.raises(EngineFailed, match="does not load"):
        async with WorkerPool(workers=1, cache_dir=tmp_path, loader=LOADER):
            pass


async def test_no_process_outlives_the_pool(tmp_path: Path) -> None:
    async with WorkerPool(workers=2, cache_dir=tmp_path, loader=LOADER) as pool:
        processes = pool.worker_processes()
        unfinished = submit(pool, SENTENCE * 8)
    await until_gone(processes)
    with pytest.raises(EngineFailed):
        async for _ in unfinished:
            pass


async def test_a_signal_meant_for_the_server_leaves_its_workers_to_finish(
    pool: WorkerPool,
) -> None:
    for process in pool.worker_processes():
        os.kill(process, signal.SIGTERM)
        os.kill(process, signal.SIGINT)
    before = pool.worker_processes()
    assert await spoken(pool, SENTENCE) == expected(SENTENCE)
    assert pool.worker_processes() == before


async def test_a_worker_that_dies_as_the_pool_closes_keeps_nothing_open(tmp_path: Path) -> None:
    async with WorkerPool(workers=2, cache_dir=tmp_path, loader=LOADER) as pool:
        for process in pool.worker_processes():
            os.kill(process, signal.SIGKILL)
        await asyncio.sleep(0)
    await until_gone(pool.worker_processes())


@pytest.mark.parametrize("turns", [1, 2, 5, 30])
async def test_a_start_that_is_called_off_leaves_nothing_behind(tmp_path: Path, turns: int) -> None:
    pool = WorkerPool(workers=2, cache_dir=tmp_path, loader=LOADER)
    start = asyncio.create_task(pool.__aenter__())
    for _ in range(turns):
        await asyncio.sleep(0)
    start.cancel()
    with pytest.raises(asyncio.CancelledError):
        await start
    await until_gone(pool.worker_processes())
