"""Pieces as they were measured: what was said and what was played is known of each."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from vivavoce.core.plausible import is_plausible


class Measured(NamedTuple):
    text: str
    logprob: float
    tokens: int
    speech_s: float
    likelihood: float

    @property
    def is_plausible(self) -> bool:
        return is_plausible(
            self.text,
            logprob=self.logprob,
            tokens=self.tokens,
            speech_s=self.speech_s,
            likelihood=self.likelihood,
        )


SPEECH = [
    Measured("Yes.", -0.11, 2, 0.26, 0.97),  # a person, a quarter of a second
    Measured("Yes, yes, yes, yes,", -0.46, 8, 0.29, 0.88),  # the same over music at 10 dB
    Measured("No, no, no, no", -0.46, 7, 0.22, 1.00),
    Measured("Um", -0.61, 1, 0.67, 0.95),  # a person thinking, in white noise
    Measured("Fale better.", -0.53, 3, 0.77, 0.94),
    Measured("It was the epoch of beli", -0.05, 8, 1.57, 0.96),
    Measured("You", -0.88, 1, 0.45, 0.85),  # "You." in noise at 3 dB
    Measured("You.", -0.50, 2, 0.29, 0.47),  # "You." at -50 dBFS
    Measured("Help", -1.92, 1, 0.35, 0.84),  # the least sure of words that were right, 5 dB
    Measured("Thanks", -0.21, 1, 0.35, 0.51),  # the least likely one in noise, 5 dB
    Measured("Yeah.", -0.05, 2, 0.29, 0.37),  # the least likely one of all, -50 dBFS
    Measured("Bye.", -0.37, 3, 0.38, 0.51),
]
NOISE = [
    Measured("You", -0.24, 1, 0.16, 0.53),  # a knock
    Measured("You", -0.05, 1, 0.06, 0.41),  # a knock, and the recogniser is sure
    Measured("You", -0.57, 1, 0.45, 0.76),  # a series of knocks
    Measured("Thanks for watching!", -0.35, 4, 1.02, 0.63),  # bursts of noise
    Measured("Mm-hmm,", -0.42, 6, 0.48, 0.51),
    Measured("Mm-Hmm", -0.63, 5, 0.67, 0.47),
    Measured("Mm.", -0.60, 3, 0.19, 0.51),  # a cough
    Measured("Okay.", -0.68, 2, 0.13, 0.57),
    Measured("Oh, oh, oh,", -0.93, 6, 0.16, 0.67),  # a plucked string
    Measured("For the first, for the first", -1.21, 7, 0.16, 0.64),
    Measured("\N{EIGHTH NOTE}\N{EIGHTH NOTE}", -0.2, 2, 0.5, 0.9),
    Measured("...", -0.1, 1, 0.5, 0.9),
    Measured("", -0.1, 0, 0.5, 0.9),
]


@pytest.mark.parametrize("piece", SPEECH, ids=lambda piece: piece.text)
def test_what_was_said_is_plausible(piece: Measured) -> None:
    assert piece.is_plausible


@pytest.mark.parametrize("piece", NOISE, ids=lambda piece: f"{piece.text} {piece.logprob}")
def test_what_was_made_of_a_noise_is_not_plausible(piece: Measured) -> None:
    assert not piece.is_plausible


def test_a_text_in_any_script_can_be_plausible() -> None:
    assert Measured("\u4f60\u597d", -0.2, 4, 0.6, 0.95).is_plausible


def test_the_less_the_recogniser_knows_the_more_the_detector_has_to() -> None:
    unsure = Measured("Right.", -1.0, 2, 0.4, 0.5)
    assert not unsure.is_plausible
    assert unsure._replace(likelihood=0.8).is_plausible
    assert unsure._replace(logprob=-0.2).is_plausible


def test_more_words_than_the_time_allows_are_not_plausible() -> None:
    fitting = Measured("Open the second door.", -0.6, 5, 1.0, 0.6)
    assert fitting.is_plausible
    assert not fitting._replace(speech_s=0.1).is_plausible


def test_a_piece_without_any_speech_is_not_plausible() -> None:
    assert not Measured("Hello.", -0.1, 2, 0.0, 0.0).is_plausible
