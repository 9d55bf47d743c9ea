"""A whole text spoken for one request."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from tests.sessions.conftest import LimitedCaller
from vivavoce.audio.formats import parse_output_format
from vivavoce.config import Settings
from vivavoce.engines.voices.catalog import CATALOG
from vivavoce.engines.voices.fake import FakeVoice
from vivavoce.errors import (
    ConcurrencyLimited,
    EngineFailed,
    InvalidParameter,
    LanguageMissing,
    QuotaExceeded,
    ServerBusy,
    TextTooLong,
)
from vivavoce.runtime.inprocess import InProcessPool
from vivavoce.sessions.desk import EmptyShelf, SpeechDesk
from vivavoce.sessions.notices import Notices
from vivavoce.sessions.recital import Recital, RecitalLine, recite
from vivavoce.wire.flat import BinaryFrames

ALLEGRA, CLAUDIO = CATALOG[0], CATALOG[7]


class Stage:
    """A pool, a caller and what is recited to them."""

    def __init__(self, *, engine: FakeVoice | None = None, **options: Any) -> None:
        self.caller = options.pop("caller", LimitedCaller())
        self.pool = InProcessPool(engine or FakeVoice(), **options)
        self.desk = SpeechDesk(
            self.pool, Settings(max_pending_characters=20_000), Notices(), EmptyShelf()
        )

    def recite(self, *texts: str, **options: Any) -> Any:
        voices = (ALLEGRA, CLAUDIO)
        lines = tuple(RecitalLine(text, voices[i % 2]) for i, text in enumerate(texts))
        recital = Recital(lines=lines, output_format=parse_output_format("pcm_24000"), **options)
        return recite(recital, desk=self.desk, caller=self.caller, frames=BinaryFrames())

    async def audio(self, *texts: str, **options: Any) -> bytes:
        async with asyncio.timeout(20), self.recite(*texts, **options) as frames:
            return b"".join([frame async for frame in frames])


@pytest.fixture
def stage() -> Callable[..., Stage]:
    return Stage


async def test_all_of_the_text_is_spoken_and_the_turn_is_given_back(stage: Any) -> None:
    scene = stage()
    audio = await scene.audio("One sentence. And another one. ")
    voice = FakeVoice()
    said = [block.pcm for s in scene.pool.submitted for block in voice.speak(s.request)]
    assert audio == b"".join(said)
    assert scene.pool.listeners == 0
    assert scene.caller.turns == 1_000


async def test_each_line_has_its_voice(stage: Any) -> None:
    scene = stage()
    await scene.audio("How are you? ", "Fine. ", "Good. ")
    said = [(s.request.text, s.request.voice.name) for s in scene.pool.submitted]
    assert said == [("How are you? ", "Allegra"), ("Fine. ", "Claudio"), ("Good. ", "Allegra")]


@pytest.mark.parametrize(
    ("options", "text", "error"),
    [
        ({"capacity": 0}, "Words.", ServerBusy),
        ({"caller": LimitedCaller(turns=0)}, "Words.", ConcurrencyLimited),
        ({"caller": LimitedCaller(characters=3)}, "Words.", QuotaExceeded),
        ({"engine": FakeVoice(fail_on="bad")}, "Something bad.", EngineFailed),
        ({}, "x" * 20_001, TextTooLong),
        ({}, " \n ", InvalidParameter),
    ],
)
async def test_what_stands_in_the_way_is_raised_in_place_of_the_first_frame(
    stage: Any, options: dict[str, Any], text: str, error: type[Exception]
) -> None:
    scene = stage(**options)
    with pytest.raises(error):
        await scene.audio(text)
    assert scene.pool.listeners == 0


async def test_a_language_nobody_speaks_is_raised_too(stage: Any) -> None:
    with pytest.raises(LanguageMissing):
        await stage().audio("Words.", language="xx")


async def test_the_language_of_the_whole_text_is_that_of_its_parts(stage: Any) -> None:
    scene = stage()
    await scene.audio("Hola, ¿cómo estás? Hoy tenemos 25 grados y 3,5 litros. Perfecto.")
    assert {s.request.voice.language for s in scene.pool.submitted} == {"es"}


async def test_leaving_early_ends_the_speech(stage: Any) -> None:
    scene = stage(block_delay_s=0.01)
    async with scene.recite("A long text that nobody will hear to its end. " * 20) as frames:
        await anext(frames)
    assert scene.pool.listeners == 0
    assert all(s.ended or s.cancelled for s in scene.pool.submitted)
    assert len(scene.pool.submitted) < 20


async def test_the_speech_is_no_further_ahead_of_its_reader_than_a_few_frames(stage: Any) -> None:
    scene = stage()
    async with scene.recite("A sentence for a reader who has not begun to read. " * 200) as frames:
        await asyncio.sleep(0.2)
        assert len(scene.pool.submitted) < 20
        await anext(frames)


async def test_what_follows_decides_how_the_end_sounds(stage: Any) -> None:
    pauses = []
    for next_text in ("", "Smith is in. "):
        scene = stage()
        await scene.audio("Ask Dr. ", next_text=next_text)
        pauses.append(scene.pool.submitted[-1].request.pause_ms)
    assert pauses == [200, 90]


async def test_nothing_is_kept_of_what_is_not_to_be(stage: Any) -> None:
    scene = stage()
    kept = []
    submit = scene.pool.submit

    def watching(request: Any, **options: Any) -> Any:
        kept.append(options["keep"])
        return submit(request, **options)

    scene.pool.submit = watching
    await scene.audio("Words. ", keep=False)
    assert kept == [False]
