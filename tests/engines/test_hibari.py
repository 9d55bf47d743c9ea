"""The neural voice itself, on real text. What it says is read back in the integration tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np
import pytest

from bench.recogniser import Recogniser, resample
from vivavoce.core.lexicon import Lexicon
from vivavoce.core.pronunciation import Rule
from vivavoce.core.ssml import phoneme_spans
from vivavoce.engines.base import SpeechBlock, SpeechRequest
from vivavoce.engines.voices import hibari
from vivavoce.engines.voices.catalog import CATALOG, DEFAULT_VOICE
from vivavoce.errors import TextNotSpeakable

SENTENCES = [
    "Hello, this is a real-time test.",
    "Yes.",
    "Please call me back at 555-1234 before 5:30 pm on 3/4/2024.",
    "Dr. Smith paid $5.50 for the coffee, and left.",
    "  Unfortunately, the 10:15 train to Cambridge has been cancelled.  ",
    'He said "never again" and slammed the door.',
    "Temperatures will reach 25°C by Friday; **bold** words, <b>tags</b> and [links](http://x.io/a).",
    "A zero\u200bwidth, a caf\u00e9, an emoji \U0001f600 and \u4f60\u597d in passing.",
    "9" * 60,
    "Okay, let's go",
]


@pytest.fixture(scope="module")
def voice(tmp_path_factory: pytest.TempPathFactory) -> hibari.HibariVoice:
    return hibari.load(tmp_path_factory.mktemp("graphs")).engine()


def request(text: str, **changes: object) -> SpeechRequest:
    return msgspec.structs.replace(SpeechRequest(text, DEFAULT_VOICE), **changes)


def spoken(engine: hibari.HibariVoice, text: str, **changes: object) -> list[SpeechBlock]:
    return list(engine.speak(request(text, **changes)))


def samples(blocks: list[SpeechBlock]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    pcm = b"".join(block.pcm for block in blocks)
    return np.frombuffer(pcm, "<i2").astype(np.float64) / 32768


@pytest.mark.parametrize("text", SENTENCES)
def test_blocks_carry_the_text_exactly_and_end_in_white_space(
    voice: hibari.HibariVoice, text: str
) -> None:
    blocks = spoken(voice, text)
    joined = "".join(block.original.chars for block in blocks)
    assert joined == (text if text[-1].isspace() else text + " ")
    assert blocks[-1].normalized.chars[-1].isspace()


@pytest.mark.parametrize("text", SENTENCES)
def test_characters_start_in_order_within_their_block(voice: hibari.HibariVoice, text: str) -> None:
    for block in spoken(voice, text):
        for times in (block.original, block.normalized):
            assert len(times.starts) == len(times.chars)
            assert times.starts == sorted(times.starts)
            assert all(0 <= start <= block.samples for start in times.starts)


@pytest.mark.parametrize("text", SENTENCES)
def test_every_block_but_the_last_ends_between_words(voice: hibari.HibariVoice, text: str) -> None:
    for block in spoken(voice, text)[:-1]:
        assert block.original.chars[-1].isspace()
        assert block.normalized.chars[-1].isspace()


@pytest.mark.parametrize("text", SENTENCES[:6])
def test_speech_starts_at_once_and_ends_with_the_pause_asked_for(
    voice: hibari.HibariVoice, text: str
) -> None:
    audio = samples(spoken(voice, text, pause_ms=150))
    audible = np.flatnonzero(np.abs(audio) > 0.01)
    assert audible[0] / 24 <= 40
    assert 150 <= (len(audio) - audible[-1]) / 24 <= 190


def test_equal_requests_give_equal_samples_and_other_seeds_others(
    voice: hibari.HibariVoice,
) -> None:
    first, second, third = (samples(spoken(voice, SENTENCES[0], seed=seed)) for seed in (7, 7, 8))
    assert np.array_equal(first, second)
    assert not np.array_equal(first, third)


def test_numbers_are_put_in_words_in_the_normalized_text_only(voice: hibari.HibariVoice) -> None:
    blocks = spoken(voice, "On 3/4/2024 we met.")
    assert "March fourth" in "".join(block.normalized.chars for block in blocks)
    assert "3/4/2024" in "".join(block.original.chars for block in blocks)


def test_speed_changes_the_length_accordingly(voice: hibari.HibariVoice) -> None:
    normal, fast = (len(samples(spoken(voice, SENTENCES[0], speed=s))) for s in (1.0, 1.5))
    assert 0.6 < fast / normal < 0.8


def mean_pitch_hz(audio: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
    """Median over loud windows of the strongest autocorrelation lag between 60 and 500 Hz."""
    pitches = []
    for start in range(0, len(audio) - 1200, 600):
        window = audio[start : start + 1200]
        if np.sqrt((window**2).mean()) > 0.04:
            correlation = np.correlate(window, window, "full")[1199:]
            pitches.append(24_000 / (48 + int(correlation[48:400].argmax())))
    return float(np.median(pitches))


def test_derived_voices_differ_in_pitch_as_their_catalogue_entry_says(
    voice: hibari.HibariVoice,
) -> None:
    base = mean_pitch_hz(samples(spoken(voice, SENTENCES[5])))
    for derived in CATALOG:
        if derived.pitch != 1.0:
            own = mean_pitch_hz(samples(spoken(voice, SENTENCES[5], voice=derived)))
            assert own / base == pytest.approx(derived.pitch, rel=0.12), derived.name


def test_text_in_no_letters_the_voice_has_is_refused_by_name(voice: hibari.HibariVoice) -> None:
    with pytest.raises(TextNotSpeakable, match="你好"):
        spoken(voice, "你好世界。")


@pytest.fixture(scope="module")
def recogniser() -> Recogniser:
    return Recogniser()


def heard(recogniser: Recogniser, blocks: list[SpeechBlock]) -> str:
    return recogniser.transcribe(resample(samples(blocks), 24_000)).lower()


def test_words_given_for_others_are_heard_and_the_original_keeps_its_characters(
    voice: hibari.HibariVoice, recogniser: Recogniser
) -> None:
    text = "Yesterday the UN met in Geneva."
    rules = Lexicon([Rule("UN", alias="United Nations")])
    blocks = spoken(voice, text, pronunciations=tuple(rules.find(text)))
    assert "the united nations met" in heard(recogniser, blocks)
    assert "".join(block.original.chars for block in blocks) == text + " "
    assert "".join(block.normalized.chars for block in blocks) == (
        "Yesterday the United Nations met in Geneva. "
    )


def test_phonemes_given_for_a_word_are_heard(
    voice: hibari.HibariVoice, recogniser: Recogniser
) -> None:
    text = (
        'My name is <phoneme alphabet="cmu-arpabet" ph="M AE1 D IH0 S AH0 N">Smith</phoneme>, '
        'and I like <phoneme alphabet="ipa" ph="bəˈnɑːnəz">apples</phoneme>.'  # noqa: RUF001 - IPA
    )
    blocks = spoken(voice, text, pronunciations=tuple(phoneme_spans(text)))
    words = heard(recogniser, blocks)
    assert "madison" in words
    assert "bananas" in words
    assert "".join(block.original.chars for block in blocks) == text + " "
    for block in blocks:
        for times in (block.original, block.normalized):
            assert times.starts == sorted(times.starts)
            assert all(0 <= start <= block.samples for start in times.starts)


def test_text_that_is_not_to_be_normalized_keeps_its_form(voice: hibari.HibariVoice) -> None:
    blocks = spoken(voice, "On 3/4/2024 we ran 5 km.", normalize=False)
    assert "".join(block.normalized.chars for block in blocks) == "On 3/4/2024 we ran 5 km. "


def test_a_break_alone_is_as_silent_and_long_as_asked_for(voice: hibari.HibariVoice) -> None:
    (block,) = spoken(voice, '<break time="1.5s"/> ', pause_ms=1500)
    assert block.samples == 36_000
    assert block.original.chars == '<break time="1.5s"/> '


@pytest.mark.parametrize("text", ["\U0001f600", "-----", "* * *", "<br/>"])
def test_text_with_nothing_to_speak_is_a_pause_with_its_characters(
    voice: hibari.HibariVoice, text: str
) -> None:
    blocks = spoken(voice, text)
    assert "".join(block.original.chars for block in blocks).strip() == text
    assert np.abs(samples(blocks)).max(initial=0) == 0


def test_closing_the_iterator_stops_the_work(voice: hibari.HibariVoice) -> None:
    blocks = voice.speak(request(SENTENCES[2]))
    assert isinstance(blocks, Iterator)
    next(blocks)
    blocks.close()  # type: ignore[attr-defined]
    assert next(blocks, None) is None


def test_graphs_are_cut_once_and_damaged_leftovers_are_not_taken_for_them(tmp_path: Path) -> None:
    (tmp_path / "x.part").write_bytes(b"half a graph")
    first = hibari.load(tmp_path).paths
    written = first.decoder.stat().st_mtime_ns
    assert hibari.load(tmp_path).paths == first
    assert first.decoder.stat().st_mtime_ns == written


def test_text_on_which_the_pronunciation_rules_raise_is_spoken_in_plain_words(
    voice: hibari.HibariVoice, monkeypatch: pytest.MonkeyPatch
) -> None:
    tokenize = voice.g2p.tokenize

    def failing(text: str) -> object:
        if "#" in text:
            raise IndexError("a rule's bug")
        return tokenize(text)

    monkeypatch.setattr(voice.g2p, "tokenize", failing)
    blocks = spoken(voice, "Some # words.")
    assert "".join(block.original.chars for block in blocks) == "Some # words. "
    assert np.abs(samples(blocks)).max() > 0.05
