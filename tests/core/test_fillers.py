"""Speech without what only fills its pauses."""

from __future__ import annotations

import pytest

from vivavoce.core.fillers import without_fillers
from vivavoce.core.spoken_words import Passage, SpokenWord


def passage(text: str, *, timed: bool = False) -> Passage:
    words = [SpokenWord(word, place, place + 0.5, -0.1) for place, word in enumerate(text.split())]
    return Passage(text, 0.0, 9.0, -0.2, tuple(words) if timed else ())


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("So um I think so.", "So I think so."),
        ("So, uh, yes.", "So, yes."),
        ("Um, we are late.", "We are late."),
        ("Um. Uh, we are late.", "We are late."),
        ("It is late, um.", "It is late."),
        ("Is it late, uh?", "Is it late?"),
        ("It is late. Um. Go.", "It is late. Go."),
        ("Er, erm, go!", "Go!"),
        ("The, um, the dog and and and the cat.", "The dog and the cat."),
        ("I I think, I, I'm not sure.", "I think, I, I'm not sure."),
        ("Go on. On we go.", "Go on. On we go."),
        ("It is very very good that that is so. No, no.",) * 2,
        ("An umbrella, a hum and Ur.", "An umbrella, a hum and Ur."),
        ("They were in the ER, er, twice.", "They were in the ER, twice."),
        ("Oh, mhm. Hmm, ah.", "Oh, mhm. Hmm, ah."),
    ],
)
def test_fillers_go_and_the_sentence_stays_one(said: str, left: str) -> None:
    for timed in (False, True):
        found = without_fillers(passage(said, timed=timed))
        assert found is not None
        assert found.text == left
        if timed:
            assert " ".join(word.text for word in found.words) == left


def test_the_words_that_stay_keep_their_times() -> None:
    found = without_fillers(passage("So um yes.", timed=True))
    assert found is not None
    assert [word.start_s for word in found.words] == [0, 2]
    assert (found.start_s, found.end_s, found.logprob) == (0.0, 9.0, -0.2)


@pytest.mark.parametrize("said", ["Um.", "Uh, um", "Er!"])
def test_nothing_but_fillers_is_nothing(said: str) -> None:
    assert without_fillers(passage(said)) is None
