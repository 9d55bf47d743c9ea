"""The way from loudspeaker to microphone, learned."""

from __future__ import annotations

import numpy as np

from tests.audio.echoes import Sound, hiss, room, syllables
from vivavoce.audio.echo_canceller import BLOCK, EchoCanceller

PARTITIONS = 4


def left_of(played: Sound, heard: Sound) -> Sound:
    canceller = EchoCanceller(PARTITIONS)
    spectra = np.zeros((PARTITIONS, BLOCK + 1), np.complex64)
    line = np.concatenate([np.zeros(BLOCK, np.float32), played])
    parts = []
    for start in range(0, len(heard) - BLOCK + 1, BLOCK):
        spectra = np.roll(spectra, 1, axis=0)
        spectra[0] = np.fft.rfft(line[start : start + 2 * BLOCK])
        left = heard[start : start + BLOCK] - canceller.echo(spectra)
        canceller.learn(spectra, left)
        parts.append(left)
    return np.concatenate(parts)


def loudness_db(sound: Sound) -> float:
    return float(10 * np.log10(np.mean(np.square(sound))))


def echo(voice: Sound) -> Sound:
    return 0.3 * np.convolve(voice, room(2))[: len(voice)].astype(np.float32)


def test_an_echo_that_was_heard_for_a_while_is_taken_out() -> None:
    voice = syllables(1, 6.0)
    heard = echo(voice) + hiss(3, len(voice), 0.0002)
    late = slice(-3 * 16_000, None)
    assert loudness_db(left_of(voice, heard)[late]) < loudness_db(heard[late]) - 15


def test_somebody_who_speaks_over_it_is_left_and_does_not_undo_what_was_learned() -> None:
    voice, other = syllables(1, 9.0), syllables(4, 9.0)
    other[: 4 * 16_000] = 0.0
    other[6 * 16_000 :] = 0.0
    heard = echo(voice) + other + hiss(3, len(voice), 0.0002)
    left = left_of(voice, heard)
    talk, after = slice(5 * 16_000, 6 * 16_000), slice(7 * 16_000, 8 * 16_000)
    assert abs(loudness_db(left[talk]) - loudness_db(other[talk])) < 2
    assert loudness_db(left[after]) < loudness_db(heard[after]) - 12


def test_nothing_is_taken_out_of_a_voice_that_was_not_played() -> None:
    other = syllables(4, 3.0)
    left = left_of(np.zeros_like(other), other)
    assert np.array_equal(left, other[: len(left)])
