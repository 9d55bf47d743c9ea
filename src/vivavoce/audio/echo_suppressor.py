"""Takes out what a linear canceller leaves of an echo, where it is louder than all else."""

from __future__ import annotations

from typing import Final

import numpy as np

from vivavoce.audio.told_sound import Floats

BLOCK: Final = 512
LAG: Final = 128
"""Samples by which what comes out is later than what went in."""
_FRAME: Final = 2 * LAG
_BINS: Final = LAG + 1
_WINDOW: Final = np.sqrt(np.hanning(_FRAME + 1)[:-1]).astype(np.float32)
_FRAMES: Final = np.arange(BLOCK // LAG)[:, None] * LAG + np.arange(_FRAME)
"""[4, 256]: where in a line each frame lies."""
_EDGES: Final = np.array([0, 3, 6, 9, 13, 18, 24, 32, 44, 60, 80, 104])
"""Of bands, in bins of 62.5 Hz."""
_WIDTHS: Final = np.diff(_EDGES, append=_BINS)
_RISE: Final = np.float32(1.03)
"""A block: 10 dB in 2.5 s, so that a caller who speaks is not taken for worse cancelling."""
_OVERSHOOT: Final = np.float32(4.0)
"""From the least that remains to what mostly does."""
_LEAST_REMAINS: Final = np.float32(0.003)
_LINGER: Final = np.float32(0.75)
"""What of the power of an echo is left 8 ms later, in the longest reverberation."""
_FLOOR: Final = np.float32(0.03)
_TELLING: Final = np.float32(1e-5)
_TINY: Final = np.float32(1e-7)


class EchoSuppressor:
    """Spectral subtraction of the echo's remains, 4 frames a block of 512 samples.

    How much remains is learned band by band: the least that was ever left lately.
    """

    def __init__(self) -> None:
        self._lines = np.zeros((3, LAG + BLOCK), np.float32)
        self._remains = np.ones(len(_EDGES), np.float32)
        self._last: Floats = np.zeros(_BINS, np.float32)
        self._tail = np.zeros(LAG, np.float32)
        self.kept = 1.0
        """Of the energy of the last block that went in, how much came out."""

    def begin(self, before: Floats) -> None:
        """The LAG samples before the first block."""
        self._lines[:] = 0.0
        self._lines[0, BLOCK:] = before
        self._tail = before * np.square(_WINDOW[LAG:])
        self._last = np.zeros(_BINS, np.float32)

    def clean(self, left: Floats, echo: Floats, unlearned: Floats) -> Floats:
        """A block of what the canceller left of the microphone, and the echo it expected there.

        `unlearned` is as loud, in every band, as what the canceller may have missed.
        """
        lines = self._lines
        lines[:, :LAG] = lines[:, BLOCK:]
        lines[0, LAG:] = left
        lines[1, LAG:] = echo
        lines[2, LAG:] = unlearned
        spectra = np.fft.rfft(lines[:, _FRAMES] * _WINDOW)
        power = np.square(spectra.real) + np.square(spectra.imag)
        self._learn(power)
        rest = power[1] * np.repeat(_OVERSHOOT * self._remains, _WIDTHS) + power[2]
        for row in rest:
            np.maximum(row, _LINGER * self._last, out=row)
            self._last = row
        gain = np.maximum(1 - rest / (power[0] + _TINY), _FLOOR)
        before = float(power[0].sum())
        self.kept = float((gain * gain * power[0]).sum()) / (before + 1e-9)
        frames = np.fft.irfft(spectra[0] * gain).astype(np.float32, copy=False)
        return self._joined(frames * _WINDOW)

    def _learn(self, power: Floats) -> None:
        left, echo = np.add.reduceat(power[:2].sum(axis=1), _EDGES, axis=1)
        heard = echo > _TELLING * _WIDTHS
        ratio = left / (echo + _TINY)
        raised = np.minimum(self._remains * _RISE, 1.0)
        self._remains = np.where(heard, np.clip(ratio, _LEAST_REMAINS, raised), self._remains)

    def _joined(self, frames: Floats) -> Floats:
        whole = np.zeros(LAG + BLOCK, np.float32)
        whole[:LAG] = self._tail
        for number, frame in enumerate(frames):
            whole[number * LAG : number * LAG + _FRAME] += frame
        self._tail = whole[BLOCK:].copy()
        return whole[:BLOCK]
