"""What is measured of pauses inside turns."""

from __future__ import annotations

import pytest

from bench import paused_sentences
from bench.converse_pauses import HeardPause, Turn
from bench.paused_sentences import read_pauses


def test_a_line_is_read_into_fragments_and_pauses() -> None:
    sentence = read_pauses("My name is [0.6] John, [0.25] I think.")
    assert sentence.fragments == ("My name is", "John,", "I think.")
    assert sentence.pauses_s == (0.6, 0.25)
    assert sentence.text == "My name is John, I think."


@pytest.mark.parametrize(
    ("pause", "mistaken"),
    [
        (HeardPause("I live here.", 0.27, ends_turn=False), False),
        (HeardPause("I live here.", 0.29, ends_turn=False), True),
        (HeardPause("I live here.", 2.9, ends_turn=True), False),
        (HeardPause("I want to", 0.9, ends_turn=False), False),
    ],
)
def test_a_pause_is_mistaken_when_the_turn_would_end_in_it(
    pause: HeardPause, mistaken: bool
) -> None:
    assert pause.is_mistaken is mistaken
    assert (Turn("", [pause]).cut_at is pause) is mistaken


def test_the_material_pauses_as_people_do() -> None:
    sentences = paused_sentences.WITH_PAUSES
    pauses = [pause for sentence in sentences for pause in sentence.pauses_s]
    assert len(sentences) == len(paused_sentences.QUESTIONS) == 40
    assert all(0.25 <= pause <= 0.9 for pause in pauses)
    assert 3 * sum(pause > 0.5 for pause in pauses) >= len(pauses)
    assert not set(sentences) & set(paused_sentences.HELD_OUT_WITH_PAUSES)
