"""How loud an echo is at the most."""

from __future__ import annotations

import numpy as np

from vivavoce.audio.echo_bound import LEAST_GAIN, GainBound

LOUD = np.full(4, 0.01, np.float32)
SILENT = np.zeros(4, np.float32)


def test_an_echo_may_be_as_loud_as_the_voice_until_something_speaks_against_it() -> None:
    bound = GainBound(4)
    assert bound.update(SILENT, 0.0) == 1.0
    assert bound.update(LOUD, 0.01) == 1.0


def test_quiet_while_something_is_played_at_every_delay_brings_it_down() -> None:
    bound = GainBound(4)
    for _ in range(50):
        least = bound.update(LOUD, 1e-5)
    assert LEAST_GAIN < least < 0.01


def test_a_delay_at_which_nothing_has_been_played_yet_keeps_it_up() -> None:
    bound = GainBound(4)
    for _ in range(50):
        least = bound.update(LOUD * np.array([1, 1, 1, 0], np.float32), 1e-6)
    assert least == 1.0
