"""The pool that remembers, around one that counts what it was asked to speak."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from vivavoce.engines.base import SpeechBlock, SpeechRequest
from vivavoce.engines.voices.catalog import DEFAULT_VOICE
from vivavoce.engines.voices.fake import FakeVoice
from vivavoce.errors import EngineFailed, ServerBusy, TextNotSpeakable
from vivavoce.runtime.base import SpeechPool
from vivavoce.runtime.cache import CachingPool
from vivavoce.runtime.cache_files import UtteranceFiles
from vivavoce.runtime.inprocess import InProcessPool

GREETING = "Good morning, how may I help you today? "
LIMIT = 10_000_000


def request(text: str = GREETING, *, seed: int = 0) -> SpeechRequest:
    return SpeechRequest(text, DEFAULT_VOICE, seed=seed)


def expected(text: str = GREETING) -> list[SpeechBlock]:
    return list(FakeVoice(words_per_block=1).speak(request(text)))


async def heard(pool: SpeechPool, text: str = GREETING, *, keep: bool = True) -> list[SpeechBlock]:
    return [block async for block in pool.submit(request(text), dry_at=0.0, keep=keep)]


@pytest.fixture
def inner() -> InProcessPool:
    return InProcessPool(FakeVoice(words_per_block=1, fail_on="dynamite"))


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "speech"


@pytest.fixture
def caching(inner: InProcessPool, directory: Path) -> Callable[[], CachingPool]:
    """A new life of the same server: the directory is all that stays."""
    return lambda: CachingPool(inner, directory, LIMIT, identity=lambda: "v1")


def truncate_one(directory: Path) -> None:
    (file,) = directory.iterdir()
    file.write_bytes(file.read_bytes()[:-10])


def files_in(directory: Path) -> list[str]:
    return os.listdir(directory)


async def test_what_was_spoken_once_is_not_spoken_again(
    caching: Callable[[], CachingPool], inner: InProcessPool
) -> None:
    async with caching() as pool:
        assert await heard(pool) == expected()
    assert pool.counts.kept == 1
    async with caching() as pool:
        assert await heard(pool) == expected()
        assert await heard(pool) == expected()
    assert len(inner.submitted) == 1
    assert (pool.counts.found, pool.counts.spoken) == (2, 0)


async def test_another_voice_or_seed_is_another_utterance(
    caching: Callable[[], CachingPool], inner: InProcessPool
) -> None:
    async with caching() as pool:
        for seed in range(3):
            async for _ in pool.submit(request(seed=seed), dry_at=0.0):
                pass
    assert len(inner.submitted) == 3


async def test_an_updated_voice_does_not_serve_old_sound(
    caching: Callable[[], CachingPool], inner: InProcessPool, directory: Path
) -> None:
    async with caching() as pool:
        await heard(pool)
    async with CachingPool(inner, directory, LIMIT, identity=lambda: "v2") as pool:
        await heard(pool)
    assert len(inner.submitted) == 2


async def test_speech_that_is_not_on_disk_keeps_its_deadline_and_need_not_be_awaited(
    caching: Callable[[], CachingPool], inner: InProcessPool
) -> None:
    async with caching() as pool:
        speech = pool.submit(request(), dry_at=1234.5)
        while not inner.submitted:  # noqa: ASYNC110 (it has no event to wait for)
            await asyncio.sleep(0)
        assert inner.submitted[0].dry_at == 1234.5
        assert [block async for block in speech] == expected()


async def test_without_keep_the_disk_is_neither_asked_nor_written(
    caching: Callable[[], CachingPool], inner: InProcessPool, directory: Path
) -> None:
    async with caching() as pool:
        await heard(pool, keep=False)
    assert files_in(directory) == []
    async with caching() as pool:
        await heard(pool)
    async with caching() as pool:
        await heard(pool, keep=False)
    assert [one.keep for one in inner.submitted] == [False, True, False]


@pytest.mark.parametrize("blocks", range(3))
async def test_a_cancelled_utterance_leaves_nothing(
    caching: Callable[[], CachingPool], inner: InProcessPool, directory: Path, blocks: int
) -> None:
    async with caching() as pool:
        speech = pool.submit(request(), dry_at=0.0)
        stream = aiter(speech)
        for _ in range(blocks):
            await anext(stream)
        speech.cancel()
        speech.cancel()
        assert [block async for block in speech] == []
    assert all(one.cancelled for one in inner.submitted)
    assert files_in(directory) == []


async def test_an_utterance_nobody_heard_to_its_end_leaves_nothing(
    caching: Callable[[], CachingPool], directory: Path
) -> None:
    async with caching() as pool:
        await anext(aiter(pool.submit(request(), dry_at=0.0)))
    assert files_in(directory) == []


async def test_cancelling_what_has_ended_does_not_unkeep_it(
    caching: Callable[[], CachingPool], inner: InProcessPool, directory: Path
) -> None:
    async with caching() as pool:
        speech = pool.submit(request(), dry_at=0.0)
        assert [block async for block in speech] == expected()
        speech.cancel()
    assert len(files_in(directory)) == 1
    assert not inner.submitted[0].cancelled


async def test_nothing_comes_after_a_cancel_of_what_was_found(
    caching: Callable[[], CachingPool],
) -> None:
    async with caching() as pool:
        await heard(pool)
    async with caching() as pool:
        speech = pool.submit(request(), dry_at=0.0)
        assert await anext(aiter(speech)) == expected()[0]
        speech.cancel()
        assert [block async for block in speech] == []


async def test_a_listener_who_waits_is_woken_by_a_cancel(
    caching: Callable[[], CachingPool],
) -> None:
    async with caching() as pool:
        speech = pool.submit(request(), dry_at=0.0)
        waiting = asyncio.ensure_future(anext(aiter(speech), None))
        await asyncio.sleep(0)
        speech.cancel()
        assert await waiting is None


async def test_a_failure_is_the_callers_to_see_and_leaves_nothing(
    caching: Callable[[], CachingPool], directory: Path
) -> None:
    async with caching() as pool:
        with pytest.raises(TextNotSpeakable):
            await heard(pool, "你好")
        speech = pool.submit(request("one dynamite"), dry_at=0.0)
        with pytest.raises(EngineFailed):
            await anext(aiter(speech))
        assert [block async for block in speech] == []
    assert files_in(directory) == []


async def test_a_pool_that_does_not_take_the_utterance_is_heard_of_too(
    caching: Callable[[], CachingPool], inner: InProcessPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise EngineFailed("no")

    async with caching() as pool:
        monkeypatch.setattr(inner, "submit", refuse)
        with pytest.raises(EngineFailed):
            await heard(pool)


async def test_many_callers_at_once_of_the_same_greeting_all_hear_it(
    caching: Callable[[], CachingPool], directory: Path
) -> None:
    async with caching() as pool:
        for _ in range(2):
            everybody = await asyncio.gather(*(heard(pool) for _ in range(30)))
            assert everybody == [expected()] * 30
    assert len(files_in(directory)) == 1


async def test_two_servers_on_one_directory_do_not_hurt_each_other(
    caching: Callable[[], CachingPool], directory: Path
) -> None:
    async with caching() as one, caching() as two:
        for _ in range(3):
            for number in range(10):
                assert await heard(one, f"Number {number}. ") == expected(f"Number {number}. ")
                assert await heard(two, f"Number {number}. ") == expected(f"Number {number}. ")
    assert len(files_in(directory)) == 10
    assert (one.counts.kept > 0) != (two.counts.kept > 0)


async def test_a_damaged_file_is_spoken_anew_and_kept_anew(
    caching: Callable[[], CachingPool], inner: InProcessPool, directory: Path
) -> None:
    async with caching() as pool:
        await heard(pool)
    truncate_one(directory)
    for _ in range(2):
        async with caching() as pool:
            assert await heard(pool) == expected()
    assert len(inner.submitted) == 2


async def test_speech_goes_on_where_nothing_can_be_kept(
    inner: InProcessPool, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    pool = CachingPool(inner, tmp_path / "file" / "speech", LIMIT, identity=lambda: "v1")
    with capture_logs() as logs:
        async with pool:
            for _ in range(3):
                assert await heard(pool) == expected()
    assert (pool.counts.spoken, pool.counts.kept, pool.counts.not_kept) == (3, 0, 3)
    assert len([log for log in logs if log["log_level"] == "warning"]) == 2


class HangingDisk:
    """Makes a method of `UtteranceFiles` hang until `released`."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, method: str) -> None:
        self.released = threading.Event()
        real = getattr(UtteranceFiles, method)

        def hang(*given: object) -> object:
            self.released.wait()
            return real(*given)

        monkeypatch.setattr(UtteranceFiles, method, hang)


async def test_a_disk_that_hangs_is_not_waited_for(
    caching: Callable[[], CachingPool], monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = HangingDisk(monkeypatch, "read")
    async with caching() as pool:
        assert await asyncio.gather(*(heard(pool) for _ in range(20))) == [expected()] * 20
        disk.released.set()


async def test_looks_do_not_pile_up_before_a_disk_that_hangs(
    caching: Callable[[], CachingPool], monkeypatch: pytest.MonkeyPatch, inner: InProcessPool
) -> None:
    monkeypatch.setattr("vivavoce.runtime.cache._MOST_LOOKS", 2)
    monkeypatch.setattr("vivavoce.runtime.cached_speech._LOOK_WITHIN_S", 3600)
    disk = HangingDisk(monkeypatch, "read")
    async with caching() as pool:
        first = [pool.submit(request(), dry_at=0.0) for _ in range(2)]
        assert await heard(pool) == expected()
        assert len(inner.submitted) == 1
        disk.released.set()
        for speech in first:
            assert [block async for block in speech] == expected()


async def test_what_a_slow_disk_cannot_take_is_not_kept_but_counted(
    caching: Callable[[], CachingPool], monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = HangingDisk(monkeypatch, "keep")
    monkeypatch.setattr("vivavoce.runtime.cache._MOST_UNWRITTEN", 3)
    async with caching() as pool:
        for number in range(10):
            await heard(pool, f"Number {number}. ")
        disk.released.set()
    assert pool.counts.kept + pool.counts.not_kept == 10
    assert pool.counts.kept in (3, 4)


async def test_a_directory_that_is_slow_to_open_does_not_hold_up_the_start(
    caching: Callable[[], CachingPool], monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = HangingDisk(monkeypatch, "open")
    async with caching() as pool:
        assert await heard(pool) == expected()
        disk.released.set()
    assert pool.counts.kept == 1


async def test_turns_are_admitted_by_the_pool_that_speaks(directory: Path) -> None:
    inner = InProcessPool(FakeVoice(), capacity=1)
    async with CachingPool(inner, directory, LIMIT) as pool:
        assert pool.sample_rate == inner.sample_rate
        pool.enter_turn()
        with pytest.raises(ServerBusy):
            pool.enter_turn()
        pool.leave_turn()
        pool.enter_turn()


async def test_a_server_that_is_called_off_writes_what_was_spoken(
    caching: Callable[[], CachingPool], directory: Path
) -> None:
    has_spoken = asyncio.Event()

    async def serve() -> None:
        async with caching() as pool:
            await heard(pool)
            has_spoken.set()
            await asyncio.Event().wait()

    server = asyncio.create_task(serve())
    await has_spoken.wait()
    server.cancel()
    with pytest.raises(asyncio.CancelledError):
        await server
    assert len(files_in(directory)) == 1


async def test_an_error_of_whoever_uses_the_pool_stays_that_error(
    caching: Callable[[], CachingPool],
) -> None:
    with pytest.raises(KeyError):
        async with caching():
            raise KeyError("theirs")


async def test_what_is_asked_for_while_the_pool_closes_is_spoken(
    caching: Callable[[], CachingPool],
) -> None:
    async with caching() as pool:
        under_way = [pool.submit(request(f"Number {n}. "), dry_at=0.0) for n in range(20)]
    for number, speech in enumerate(under_way):
        assert [block async for block in speech] == expected(f"Number {number}. ")
    assert await heard(pool) == expected()
