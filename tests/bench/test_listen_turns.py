"""What a speaker has waited for, and how far said times are from true ones."""

from __future__ import annotations

import math

import numpy as np
import pytest

from bench.listen_socket import Transcript, Word
from bench.listen_sounds import TimedWord, Utterance, silence
from bench.listen_times import Deviation, deviations
from bench.listen_turns import Turn, turn


def _partial(at: float, text: str = "so far") -> Transcript:
    return Transcript(at, text, committed=False)


def _committed(at: float, text: str = "all of it") -> Transcript:
    return Transcript(at, text, committed=True)


def test_a_turn_lasts_from_the_first_audible_sample_to_the_last() -> None:
    loud = np.full(16_000, 0.1, np.float32)
    utterance = Utterance("so", "so", np.concatenate([silence(0.5), loud, silence(0.5)]), ())
    one = turn(utterance, 100.0, [])
    assert (one.speech_at, one.speech_end_at) == (100.5, 101.5)


def test_the_first_text_is_the_first_that_says_anything() -> None:
    assert Turn(1.0, 3.0, [_partial(1.2, " "), _partial(1.5), _committed(4)]).first_text_s == 0.5
    assert Turn(1.0, 3.0, [_committed(3.5)]).first_text_s == 2.5


def test_text_that_never_comes_is_waited_for_for_ever() -> None:
    assert Turn(1.0, 3.0, [_committed(3.5, "")]).first_text_s == math.inf


def test_text_from_before_the_speech_is_of_another_turn() -> None:
    assert Turn(1.0, 3.0, [_partial(0.9), _partial(2.0)]).first_text_s == 1.0


def test_partial_transcripts_count_while_there_is_speech() -> None:
    heard = [_partial(1.5), _partial(2.0, ""), _partial(3.0), _partial(3.1), _committed(2.5)]
    assert Turn(1.0, 3.0, heard).partials == 2


def test_all_that_was_committed_is_the_text() -> None:
    heard = [_committed(2, "one"), _partial(3, "tw"), _committed(4, ""), _committed(5, "two")]
    assert Turn(1.0, 3.0, heard).text == "one two"


def _deviations(spoken: str, heard: list[Word]) -> list[Deviation]:
    words = [TimedWord(word, at, at + 0.5) for at, word in enumerate(spoken.split())]
    return list(deviations(words, heard, 10.0))


def test_times_are_compared_word_by_word() -> None:
    heard = [
        Word("well,", 10.0, 10.4),
        Word(" ", 10.4, 11.1, "spacing"),
        Word("Then", 11.1, 11.5),
    ]
    found = _deviations("Well, then!", heard)
    assert [one.text for one in found] == ["Well,", "then!"]
    assert [one.start_s for one in found] == pytest.approx([0.0, 0.1])
    assert [one.end_s for one in found] == pytest.approx([-0.1, 0.0])


def test_words_heard_wrong_or_not_at_all_have_no_times() -> None:
    heard = [Word("one", 10.0, 10.5), Word("too", 11.0, 11.5), Word("four", 13.0, 13.5)]
    assert [one.text for one in _deviations("one two three four", heard)] == ["one", "four"]
    assert _deviations("one two", []) == []
