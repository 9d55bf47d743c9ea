"""Two pools as one: which of them speaks, and what happens when the second is not there."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import pytest
import structlog

from vivavoce.engines.base import SpeechRequest, Voice
from vivavoce.engines.voices import espeak_languages
from vivavoce.engines.voices.catalog import DEFAULT_VOICE, voice_in
from vivavoce.engines.voices.fake import FakeVoice
from vivavoce.errors import EngineFailed, LanguageMissing, ServerBusy
from vivavoce.runtime.base import SpeechPool
from vivavoce.runtime.inprocess import InProcessPool
from vivavoce.runtime.polyglot import PolyglotPool, all_voices, languages_pool

SPANISH = voice_in("es", like=DEFAULT_VOICE)
TEXT = "Hola amigo"


class Watched:
    """A pool that takes its time to start and to stop, and notes when it did."""

    def __init__(self, name: str, events: list[str], *, fails: Exception | None = None) -> None:
        self.pool = InProcessPool(FakeVoice(), capacity=1)
        self._name = name
        self._events = events
        self._fails = fails

    @asynccontextmanager
    async def started(self) -> AsyncIterator[SpeechPool]:
        self._events.append(f"{self._name} starts")
        await asyncio.sleep(0.01)
        if self._fails is not None:
            raise self._fails
        task = asyncio.current_task()
        yield self.pool
        assert asyncio.current_task() is task
        self._events.append(f"{self._name} stops")


async def spoken(pool: SpeechPool, voice: Voice) -> str:
    speech = pool.submit(SpeechRequest(TEXT, voice), dry_at=time.monotonic())
    return "".join([block.original.chars async for block in speech])


async def test_each_voice_is_spoken_by_the_pool_that_has_it() -> None:
    english, others = Watched("english", []), Watched("others", [])
    async with PolyglotPool(english.started(), others.started()) as pool:
        assert await spoken(pool, SPANISH) == TEXT + " "
        assert await spoken(pool, DEFAULT_VOICE) == TEXT + " "
        pool.submit(SpeechRequest(TEXT, SPANISH), dry_at=0.0, keep=False)
    assert [one.request.voice for one in english.pool.submitted] == [DEFAULT_VOICE]
    assert [(one.request.voice, one.keep) for one in others.pool.submitted] == [
        (SPANISH, True),
        (SPANISH, False),
    ]


async def test_both_start_at_once_and_have_stopped_when_it_has() -> None:
    events: list[str] = []
    pools = (Watched(name, events).started() for name in ("english", "others"))
    async with PolyglotPool(*pools) as pool:
        assert sorted(events) == ["english starts", "others starts"]
        assert pool.sample_rate == 24_000
    assert sorted(events[2:]) == ["english stops", "others stops"]


async def test_listeners_are_admitted_by_the_first() -> None:
    english, others = Watched("english", []), Watched("others", [])
    async with PolyglotPool(english.started(), others.started()) as pool:
        pool.enter_turn()
        with pytest.raises(ServerBusy):
            pool.enter_turn()
        pool.leave_turn()
        assert (english.pool.listeners, others.pool.listeners) == (0, 0)


async def test_without_the_extra_a_language_is_missing_by_name_with_what_to_install() -> None:
    async with PolyglotPool(Watched("english", []).started(), None) as pool:
        with pytest.raises(LanguageMissing, match=r"'es'.*pip install 'vivavoce\[languages\]'"):
            await spoken(pool, SPANISH)
        pool.submit(SpeechRequest(TEXT, SPANISH), dry_at=0.0).cancel()
        assert await spoken(pool, DEFAULT_VOICE) == TEXT + " "


@pytest.mark.parametrize("failure", [EngineFailed("the voice engine does not load"), OSError("no")])
async def test_a_second_pool_that_does_not_start_is_logged_and_english_goes_on(
    failure: Exception,
) -> None:
    broken = Watched("others", [], fails=failure)
    with structlog.testing.capture_logs() as logs:
        async with PolyglotPool(Watched("english", []).started(), broken.started()) as pool:
            assert await spoken(pool, DEFAULT_VOICE) == TEXT + " "
            with pytest.raises(LanguageMissing, match="does not start"):
                await spoken(pool, SPANISH)
    assert [(entry["log_level"], entry["reason"]) for entry in logs] == [("error", str(failure))]


async def test_a_first_pool_that_does_not_start_is_the_failure_and_the_second_is_stopped() -> None:
    events: list[str] = []
    english = Watched("english", events, fails=EngineFailed("no model"))
    with pytest.raises(EngineFailed, match="no model"):
        async with PolyglotPool(english.started(), Watched("others", events).started()):
            raise AssertionError("it has started")
    assert events.count("others starts") - events.count("others stops") in (0, 1)


async def test_what_is_raised_while_it_is_open_is_raised_as_it_is_when_both_have_stopped() -> None:
    events: list[str] = []
    pools = (Watched(name, events).started() for name in ("english", "others"))
    with pytest.raises(ValueError, match="a caller's"):
        async with PolyglotPool(*pools):
            raise ValueError("a caller's")
    assert "others stops" in events


def loads_espeak(process: int) -> bool:
    return "libespeak-ng" in Path(f"/proc/{process}/maps").read_text()


async def test_the_languages_are_spoken_by_a_process_that_loads_their_library(
    tmp_path: Path,
) -> None:
    async with languages_pool(tmp_path) as pool:
        speech = pool.submit(SpeechRequest(TEXT, SPANISH), dry_at=time.monotonic())
        pcm = b"".join([block.pcm async for block in speech])
        assert [loads_espeak(process) for process in pool.worker_processes()] == [True]
    assert np.abs(np.frombuffer(pcm, "<i2")).max() > 2_000


def test_a_server_does_not_load_it() -> None:
    program = (
        "import sys, vivavoce.commands.serving, vivavoce.commands.private_voice, "
        "vivavoce.server.run, vivavoce.runtime.polyglot\n"
        "loaded = {'espeakng_loader', 'MeCab', 'vivavoce.engines.voices.espeak_library'}\n"
        "print(sorted(loaded & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert run.stdout == "[]\n", run.stderr


def test_there_is_no_second_pool_where_nothing_is_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert all_voices(workers=1, cache_dir=tmp_path, share=0.8)._starting[1] is not None
    monkeypatch.setattr(espeak_languages, "_PACKAGE", "no_such_package")
    assert all_voices(workers=1, cache_dir=tmp_path, share=0.8)._starting[1] is None
