"""Recorded sound, written down."""

from __future__ import annotations

import asyncio
import gc
import threading
import time
from collections.abc import Callable, Iterator
from itertools import pairwise

import pytest

from vivavoce.core.spoken_words import Passage
from vivavoce.engines.base import EARS_RATE, LONGEST_PIECE
from vivavoce.engines.ears.fake import FakeDetector, FakeEars
from vivavoce.errors import AudioUnreadable, EngineFailed
from vivavoce.runtime.inprocess_ears import InProcessEarsPool
from vivavoce.sessions.dictation import Dictation, DictationWishes, transcribe_sound

EARS = FakeEars()
PAUSE = bytes(2 * EARS_RATE * 2)
ENGLISH = DictationWishes("en")
TIMED = DictationWishes("en", word_times=True)


def pool_of(ears: FakeEars = EARS, *, delay_s: float = 0.0) -> InProcessEarsPool:
    return InProcessEarsPool(ears, FakeDetector(), delay_s=delay_s)


def blocks_of(sound: bytes, seconds: float = 10.0) -> Iterator[bytes]:
    size = int(seconds * EARS_RATE) * 2
    return (sound[start : start + size] for start in range(0, len(sound), size))


def said(*lines: str) -> bytes:
    """Each line with 2 s of silence before and behind it."""
    return PAUSE + b"".join(EARS.sound_of(line) + PAUSE for line in lines)


def dictation(
    blocks: Iterator[bytes],
    pool: InProcessEarsPool | None = None,
    wishes: DictationWishes = ENGLISH,
    on_progress: Callable[[float], None] = lambda seconds: None,
) -> Dictation:
    return transcribe_sound(blocks, pool=pool or pool_of(), wishes=wishes, on_progress=on_progress)


async def written(blocks: Iterator[bytes], **options: object) -> list[Passage]:
    async with asyncio.timeout(20), dictation(blocks, **options) as passages:  # type: ignore[arg-type]
        return [passage async for passage in passages]


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 (what is asked has no event)
            await asyncio.sleep(0)


async def test_what_was_said_between_pauses_comes_in_order_with_its_times() -> None:
    first, second = await written(blocks_of(said("one two three", "Good morning.")))
    assert (first.text, second.text) == ("one two three", "Good morning.")
    # 2 s of silence, three words of 250 ms, 2 s of silence; and some room around each.
    assert 1.5 < first.start_s <= 2.0
    assert 2.7 <= first.end_s < 3.2
    assert 4.25 < second.start_s <= 4.75


async def test_words_have_their_times_in_all_of_the_sound_if_they_are_asked_for() -> None:
    sound = said("one two", "three four")
    assert all(not passage.words for passage in await written(blocks_of(sound)))
    words = [word for p in await written(blocks_of(sound), wishes=TIMED) for word in p.words]
    assert [word.text for word in words] == ["one", "two", "three", "four"]
    assert [word.start_s for word in words] == pytest.approx([2.0, 2.25, 4.5, 4.75], abs=0.02)
    assert [word.end_s for word in words] == pytest.approx([2.2, 2.45, 4.7, 4.95], abs=0.02)


@pytest.mark.parametrize("seconds", [0.01, 0.1, 1.0, 7.3, 60.0])
async def test_it_makes_no_difference_how_the_sound_comes(seconds: float) -> None:
    sound = said("one two three", "four", "Goodbye!") + b"\1\0" * 77
    passages = await written(blocks_of(sound, seconds), wishes=TIMED)
    assert passages == await written(blocks_of(sound), wishes=TIMED)


async def test_speech_at_the_very_end_is_heard_to_its_last_sample() -> None:
    sound = said("one")[: -len(PAUSE)] + EARS.sound_of("two")[: EARS_RATE // 5 * 2]
    [passage] = await written(blocks_of(sound))
    assert passage.text == "one two"
    assert passage.end_s == len(sound) / 2 / EARS_RATE


async def test_speech_without_a_pause_is_heard_in_pieces_that_the_ears_can_take() -> None:
    ears = FakeEars()
    passages = await written(blocks_of(EARS.sound_of("one two " * 200)), pool=pool_of(ears))
    assert " ".join(passage.text for passage in passages).split() == ["one", "two"] * 200
    assert max(len(request.pcm) // 2 for request in ears.heard) <= LONGEST_PIECE
    assert all(before.end_s <= after.start_s for before, after in pairwise(passages))


@pytest.mark.parametrize("sound", [b"", b"\0\0", PAUSE * 20])
async def test_where_nobody_speaks_there_is_no_passage(sound: bytes) -> None:
    ears = FakeEars()
    assert await written(blocks_of(sound), pool=pool_of(ears)) == []
    assert ears.heard == []


async def test_what_is_heard_without_words_is_no_passage() -> None:
    assert await written(blocks_of(said("one")), pool=pool_of(FakeEars(("",)))) == []


async def test_fillers_are_left_out_if_that_is_wished() -> None:
    ears = FakeEars(("um,", "yes."))
    sound = ears.sound_of("um, yes.") + PAUSE + ears.sound_of("um,")
    pool = pool_of(ears)
    assert [passage.text for passage in await written(blocks_of(sound), pool=pool)] == [
        "um, yes.",
        "um,",
    ]
    wishes = DictationWishes("en", leave_out_fillers=True)
    [passage] = await written(blocks_of(sound), pool=pool, wishes=wishes)
    assert passage.text == "yes."


async def test_progress_goes_on_through_silence_up_to_the_end() -> None:
    told: list[float] = []
    sound = said("one") + PAUSE * 30
    await written(blocks_of(sound), on_progress=told.append)
    assert told == sorted(told)
    assert len(told) > 6
    assert told[-1] == pytest.approx(len(sound) / 2 / EARS_RATE)


async def test_the_length_of_the_sound_is_known_afterwards() -> None:
    async with dictation(blocks_of(PAUSE * 3 + b"\0\0" * 5)) as passages:
        assert [passage async for passage in passages] == []
        assert passages.seconds == 6 + 5 / EARS_RATE


async def test_all_of_it_is_work_in_the_background_that_may_wait() -> None:
    pool = pool_of()
    before = time.monotonic()
    await written(blocks_of(said("one", "two")), pool=pool)
    assert [request.background for request in pool.heard_requests] == [True, True]
    assert min(request.due_at for request in pool.heard_requests) >= before + 10


async def test_the_first_words_are_there_before_the_sound_is_at_its_end() -> None:
    may_go_on = threading.Event()

    def blocks() -> Iterator[bytes]:
        yield said("one")
        assert may_go_on.wait(20)
        yield said("two")

    async with asyncio.timeout(20), dictation(blocks()) as passages:
        assert (await anext(passages)).text == "one"
        may_go_on.set()
        assert [passage.text async for passage in passages] == ["two"]


async def test_pieces_are_heard_beside_each_other() -> None:
    pool = pool_of(delay_s=0.01)
    async with asyncio.timeout(20), dictation(blocks_of(said("one", "two")), pool) as passages:
        await until(lambda: len(pool.heard_requests) == 2)
        assert all(request.answer is None for request in pool.heard_requests)
        assert [passage.text async for passage in passages] == ["one", "two"]


async def test_no_more_is_read_and_heard_than_a_reader_has_taken_and_a_few_pieces() -> None:
    read = 0

    def blocks() -> Iterator[bytes]:
        nonlocal read
        while read < 500:
            read += 1
            yield said("one")

    pool = pool_of()
    async with asyncio.timeout(20), dictation(blocks(), pool) as passages:
        await anext(passages)
        before = -1
        while read != before:
            before = read
            await asyncio.sleep(0.05)
        assert read < 40
        assert len(pool.heard_requests) < 40
        assert sum([1 async for _ in passages]) == 499


async def test_a_failure_of_the_ears_comes_in_the_place_of_its_passage() -> None:
    pool = pool_of(FakeEars(fail_on="nine"))
    async with dictation(blocks_of(said("one", "nine", "two")), pool) as passages:
        assert (await anext(passages)).text == "one"
        for _ in range(2):
            with pytest.raises(EngineFailed):
                await anext(passages)


async def test_a_failure_to_read_on_comes_behind_what_was_said_before_it() -> None:
    def blocks() -> Iterator[bytes]:
        yield said("one")
        raise AudioUnreadable("It is broken.")

    async with dictation(blocks()) as passages:
        assert (await anext(passages)).text == "one"
        with pytest.raises(AudioUnreadable, match="broken"):
            await anext(passages)


async def test_a_detector_that_fails_is_told_too() -> None:
    class Deaf(FakeDetector):
        def judge(self, pcm: bytes) -> object:  # type: ignore[override]
            raise EngineFailed("It is deaf.")

    pool = InProcessEarsPool(EARS, Deaf(), delay_s=0.0)  # type: ignore[arg-type]
    with pytest.raises(EngineFailed, match="deaf"):
        await written(blocks_of(said("one")), pool=pool)


async def test_leaving_early_takes_back_what_is_still_to_be_heard() -> None:
    pool = pool_of(delay_s=60.0)
    detector = FakeDetector()

    async def judge(pcm: bytes, *, due_at: float) -> list[float]:
        return detector.judge(pcm).tolist()  # type: ignore[no-any-return]

    pool.judge = judge  # type: ignore[method-assign]
    async with dictation(blocks_of(said("one", "two", "three")), pool):
        await until(lambda: len(pool.heard_requests) == 3)
    assert all(request.cancelled for request in pool.heard_requests)
    assert len(asyncio.all_tasks()) == 1


async def test_no_thread_reads_any_more_when_the_block_has_been_left() -> None:
    reading, read = threading.Event(), threading.Event()

    def blocks() -> Iterator[bytes]:
        reading.set()
        time.sleep(0.05)
        read.set()
        yield PAUSE

    async with dictation(blocks()):
        await asyncio.to_thread(reading.wait, 20)
    assert read.is_set()


async def test_a_file_that_turns_out_unreadable_when_nobody_wants_it_any_more_is_no_error() -> None:
    reading = threading.Event()
    troubles: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, told: troubles.append(told))

    def blocks() -> Iterator[bytes]:
        reading.set()
        time.sleep(0.05)
        yield from ()
        raise AudioUnreadable("It is broken.")

    async with dictation(blocks()):
        await asyncio.to_thread(reading.wait, 20)
    await asyncio.sleep(0)
    gc.collect()
    assert troubles == []


async def test_a_reader_who_is_cancelled_leaves_nothing_behind() -> None:
    pool = pool_of(delay_s=60.0)
    reader = asyncio.create_task(written(blocks_of(said("one")), pool=pool))
    await asyncio.sleep(0.05)
    reader.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reader
    assert len(asyncio.all_tasks()) == 1
