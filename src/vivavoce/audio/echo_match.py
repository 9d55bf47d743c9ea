"""How well a piece of sound agrees with a stretch of another, wherever that is."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from vivavoce.audio.told_sound import Floats

_TINY: Final = 1e-9


class Match(NamedTuple):
    """Where the stretch begins, and what share of the piece's energy it explains."""

    at: int
    share: float


def best_match(piece: Floats, sound: Floats, response: Floats) -> Match:
    """The stretch of `sound`, as it is after `response`, that explains most of `piece`.

    `sound` begins as much before the first stretch as `response` is long.
    """
    size = 1 << (len(sound) + len(response) - 1).bit_length()
    spectrum = np.fft.rfft(sound, size) * np.fft.rfft(response, size)
    expected = np.fft.irfft(spectrum, size)[len(response) : len(sound)]
    spectrum = np.fft.rfft(expected, size) * np.conj(np.fft.rfft(piece, size))
    found = np.fft.irfft(spectrum, size)[: len(expected) - len(piece) + 1]
    sums = np.concatenate([[0.0], np.cumsum(np.square(expected, dtype=np.float64))])
    energies = sums[len(piece) :] - sums[: -len(piece)]
    energy = float(np.dot(piece, piece))
    # Where there is next to nothing expected, anything would resemble it.
    explained = np.square(np.maximum(found, 0.0)) / np.maximum(energies, 0.1 * energy + _TINY)
    best = int(explained.argmax())
    return Match(best, float(explained[best]) / (energy + _TINY))
