"""Words with their times."""

from __future__ import annotations

import json
import math

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivavoce.wire.timed_words import Spoken, Word, plain_logprob, timed_words

_HELLO: list[Spoken] = [("Hello,", 0.1, 0.4004, -0.12345), ("world.", 0.5, 0.9, -0.2)]


def test_a_space_lasts_from_one_word_to_the_next() -> None:
    words = timed_words(_HELLO)
    assert [(word.text, word.type, word.start, word.end) for word in words] == [
        ("Hello,", "word", 0.1, 0.4),
        (" ", "spacing", 0.4, 0.5),
        ("world.", "word", 0.5, 0.9),
    ]
    assert [word.logprob for word in words] == [-0.1235, 0.0, -0.2]


def test_json_has_a_null_speaker_and_leaves_out_what_nobody_asked_for() -> None:
    (word,) = timed_words(_HELLO[:1])
    assert json.loads(msgspec.json.encode(word)) == {
        "text": "Hello,",
        "start": 0.1,
        "end": 0.4,
        "type": "word",
        "speaker_id": None,
        "logprob": -0.1235,
    }


def test_speaker_and_channel_are_those_of_every_word_and_space() -> None:
    words = timed_words(_HELLO, speaker_id="speaker_1", channel_index=1)
    assert {(word.speaker_id, word.channel_index) for word in words} == {("speaker_1", 1)}


def test_characters_share_the_time_of_their_word() -> None:
    word = timed_words([("abcd", 1.0, 2.0, 0.0)], characters=True)[0]
    assert word.characters is not None
    assert [(one.text, one.start, one.end) for one in word.characters] == [
        ("a", 1.0, 1.25),
        ("b", 1.25, 1.5),
        ("c", 1.5, 1.75),
        ("d", 1.75, 2.0),
    ]


def test_nobody_said_anything() -> None:
    assert timed_words([]) == ()


@pytest.mark.parametrize("logprob", [-math.inf, math.inf, math.nan, -1e9, 0.5])
def test_every_logprob_is_a_number_of_json_and_no_more_than_certain(logprob: float) -> None:
    assert -100 <= plain_logprob(logprob) <= 0


_times = st.floats(0, 100_000)
_spoken = st.lists(st.tuples(st.text(min_size=1), _times, _times, st.floats(-50, 0)))


@given(_spoken, st.booleans())
def test_texts_joined_are_the_transcript_and_nothing_ends_before_it_starts(
    spoken: list[Spoken], characters: bool
) -> None:
    words = timed_words(spoken, characters=characters)
    assert "".join(word.text for word in words) == " ".join(text for text, *_ in spoken)
    assert all(word.end >= word.start for word in words)
    for word in words:
        _check_characters(word)


def _check_characters(word: Word) -> None:
    if word.characters is None:
        return
    assert "".join(one.text for one in word.characters) == word.text
    edges = [word.start, *(one.end for one in word.characters)]
    assert edges == sorted(edges)
    assert edges[-1] == word.end
