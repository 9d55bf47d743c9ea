"""The ears that take tones for words, and their detector."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivavoce.engines.base import ACTIVITY_HOP, EARS_RATE, Heard, HearingRequest
from vivavoce.engines.ears.fake import WORDS, FakeDetector, FakeEars

TEXT = "Hello, world. seven nine"
EARS = FakeEars()


def heard(pcm: bytes, *, word_times: bool = False) -> Heard:
    return EARS.hear(HearingRequest(pcm, word_times=word_times))


def silence(samples: int) -> bytes:
    return bytes(2 * samples)


@given(st.lists(st.sampled_from(WORDS), max_size=12))
def test_the_sound_of_a_text_is_heard_as_that_text(words: list[str]) -> None:
    text = " ".join(words)
    assert heard(EARS.sound_of(text)).text == text


@given(st.integers(0, 4_000), st.integers(0, 4_000))
def test_silence_around_it_changes_nothing(before: int, after: int) -> None:
    assert heard(silence(before) + EARS.sound_of(TEXT) + silence(after)).text == TEXT


def test_words_are_where_they_sound() -> None:
    words = heard(silence(1_600) + EARS.sound_of(TEXT), word_times=True).words
    assert [word.text for word in words] == TEXT.split()
    assert [(word.start, word.end) for word in words] == [
        (1_600 + n * 4_000, 4_800 + n * 4_000) for n in range(4)
    ]


def test_words_come_only_when_asked_for() -> None:
    assert heard(EARS.sound_of(TEXT)).words == ()


@given(st.integers(0, 8_000), st.integers(0, 8_000))
def test_the_tokens_of_a_piece_that_goes_on_begin_with_those_it_had(cut: int, more: int) -> None:
    pcm = EARS.sound_of("one one two two three")
    earlier = heard(pcm[: 2 * (4_800 + cut)])
    later = EARS.hear(HearingRequest(pcm[: 2 * (4_800 + cut + more)], draft=earlier.tokens))
    assert later.tokens[: len(earlier.tokens)] == earlier.tokens


def test_a_sound_that_does_not_pause_is_a_word_every_200_ms() -> None:
    tone = 8_000 * np.sin(2 * np.pi * 600 / EARS_RATE * np.arange(EARS_RATE))
    assert heard(tone.astype("<i2").tobytes()).text == "two two two two two"


def test_half_the_rate_is_enough_for_its_words() -> None:
    samples = np.frombuffer(EARS.sound_of("Why? zero"), "<i2")
    telephone = np.repeat(samples[::2], 2)
    assert heard(telephone.astype("<i2").tobytes()).text == "Why? zero"


def test_silence_and_nothing_are_no_words() -> None:
    assert heard(silence(EARS_RATE)) == heard(b"") == Heard("", (), 0.0)


def test_it_breaks_on_request() -> None:
    with pytest.raises(RuntimeError):
        FakeEars(fail_on="nine").hear(HearingRequest(EARS.sound_of("one nine")))


def test_a_vocabulary_of_ones_own_is_heard_too() -> None:
    ears = FakeEars(["to", "be"])
    assert ears.hear(HearingRequest(ears.sound_of("be to be"))).text == "be to be"
    with pytest.raises(ValueError, match="tuple"):
        ears.sound_of("not")


@given(st.lists(st.integers(0, 2_000), max_size=20))
def test_a_stream_says_the_same_however_the_sound_is_cut(sizes: list[int]) -> None:
    pcm = silence(3_000) + EARS.sound_of(TEXT)
    stream, said, rest = FakeDetector().stream(), [], pcm
    for size in sizes:
        said += stream.feed(rest[: 2 * size])
        rest = rest[2 * size :]
    said += stream.feed(rest)
    assert said == FakeDetector().judge(pcm).tolist()[: len(pcm) // 2 // ACTIVITY_HOP]


def test_the_last_hop_is_filled_up_when_all_is_judged_at_once() -> None:
    loud = np.full(ACTIVITY_HOP + 300, 5_000, "<i2").tobytes()
    assert FakeDetector().judge(silence(ACTIVITY_HOP) + loud).tolist() == [0.0, 1.0, 1.0]
    assert FakeDetector(level=6_000).judge(loud).tolist() == [0.0, 0.0]
