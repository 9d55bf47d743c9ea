"""How loud an echo is at the most, as long as nobody knows when it comes."""

from __future__ import annotations

from typing import Final

import numpy as np

from vivavoce.audio.told_sound import Floats

LEAST_GAIN: Final = 1e-3
"""Of power; an echo 30 dB below what was played is no trouble."""
_SPEED: Final = 0.15
"""Of the averages: over seven blocks or so, so that a vowel that the room swallows is no proof."""
_MARGIN: Final = 4.0
_TELLING: Final = 1e-4
"""-40 dBFS: what is played more softly says nothing."""


class GainBound:
    """Of every delay of `delays` blocks the least gain that was ever seen; the largest counts.

    While a caller is silent and hears the agent through headphones, all of them come down.
    """

    def __init__(self, delays: int) -> None:
        self._gains = np.ones(delays)
        self._played = np.zeros(delays)
        self._heard = 0.0

    def update(self, played: Floats, heard: float) -> float:
        """Mean power of a block of the microphone, and of each whose echo it may hold: the bound.

        As power, 1 at the most: an echo is not louder than the voice.
        """
        self._played += _SPEED * (played - self._played)
        self._heard += _SPEED * (heard - self._heard)
        told = self._played > _TELLING
        gains = _MARGIN * self._heard / np.maximum(self._played, _TELLING)
        self._gains[told] = np.minimum(self._gains, gains)[told]
        return max(LEAST_GAIN, float(self._gains.max()))
