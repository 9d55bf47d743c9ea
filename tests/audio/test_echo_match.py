"""How well a piece of sound agrees with a stretch of another."""

from __future__ import annotations

import numpy as np

from tests.audio.echoes import room, syllables
from vivavoce.audio.echo_match import best_match

RESPONSE = room(2)
SOUND = syllables(1, 0.5)
PIECE = 1_536
HEARD = np.convolve(SOUND, RESPONSE)[len(RESPONSE) : len(SOUND)].astype(np.float32)


def test_the_stretch_that_a_piece_came_from_is_found_to_the_sample_whatever_its_loudness() -> None:
    for at in (0, 1_234, len(HEARD) - PIECE):
        found = best_match(0.1 * HEARD[at : at + PIECE], SOUND, RESPONSE)
        assert found.at == at
        assert found.share > 0.99


def test_somebody_elses_voice_is_explained_by_none() -> None:
    assert best_match(syllables(9, 0.5)[:PIECE], SOUND, RESPONSE).share < 0.2


def test_with_as_much_of_another_voice_half_is_explained() -> None:
    piece = HEARD[2_000 : 2_000 + PIECE]
    other = syllables(9, 0.5)[2_000 : 2_000 + PIECE]
    other *= np.std(piece) / np.std(other)
    found = best_match(piece + other, SOUND, RESPONSE)
    assert found.at == 2_000
    assert 0.35 < found.share < 0.65


def test_silence_explains_nothing_and_is_explained_by_nothing() -> None:
    assert best_match(HEARD[:PIECE], np.zeros_like(SOUND), RESPONSE).share == 0.0
    assert best_match(np.zeros(PIECE, np.float32), SOUND, RESPONSE).share < 0.01
