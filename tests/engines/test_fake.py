"""The voice of tones."""

from __future__ import annotations

import pytest

from vivavoce.engines.base import SpeechBlock, SpeechRequest
from vivavoce.engines.voices.catalog import DEFAULT_VOICE
from vivavoce.engines.voices.fake import FakeVoice
from vivavoce.errors import TextNotSpeakable


def spoken(text: str, voice: FakeVoice | None = None, **options: float) -> list[SpeechBlock]:
    request = SpeechRequest(text, DEFAULT_VOICE, **options)  # type: ignore[arg-type]
    return list((voice or FakeVoice()).speak(request))


def test_each_character_takes_60_ms_and_the_pause_comes_last() -> None:
    [block] = spoken("Hi there. ", pause_ms=200)
    assert block.samples == 10 * 1_440 + 4_800
    assert block.original.starts == [index * 1_440 for index in range(10)]


def test_speed_divides_every_length_but_the_pause() -> None:
    [block] = spoken("Hi there. ", speed=2.0, pause_ms=100)
    assert block.samples == 10 * 720 + 2_400


def test_blocks_join_to_the_text_with_one_space_added() -> None:
    blocks = spoken("One two three four five")
    assert [block.original.chars for block in blocks] == ["One two three four ", "five "]


def test_digits_are_spoken_as_words_in_the_digits_time() -> None:
    [block] = spoken("4 ")
    assert block.normalized.chars == "four "
    assert block.normalized.starts == [0, 360, 720, 1_080, 1_440]


def test_equal_requests_give_equal_samples_and_other_seeds_others() -> None:
    assert spoken("Hello", seed=3) == spoken("Hello", seed=3)
    assert spoken("Hello", seed=3) != spoken("Hello", seed=4)


def test_text_with_nothing_to_speak_is_silence() -> None:
    [block] = spoken("-- ")
    assert not any(block.pcm)
    assert block.original.chars == "-- "


def test_text_without_a_letter_of_its_language_is_refused() -> None:
    with pytest.raises(TextNotSpeakable):
        spoken("你好")


def test_it_breaks_on_request() -> None:
    with pytest.raises(RuntimeError):
        spoken("dynamite", FakeVoice(fail_on="mite"))
    assert spoken("peace", FakeVoice(fail_on="mite"))
