"""How late the agent's voice comes back: where the microphone resembles what was played."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from vivavoce.audio.told_sound import Floats

BLOCK: Final = 512
_BINS: Final = 257
"""Up to 4 kHz, as far as a telephone goes: lags come in steps of two samples."""
_LAGS: Final = 256
_WHITENING: Final = 0.8
"""0 is plain correlation, 1 the phase transform; between them the peak stands out most, in rooms
and in noise (measured: 0, 0.5, 0.8, 1)."""
_MEMORY: Final = 0.94
"""Of a block, after the next one: about half a second."""
_NEIGHBOURHOOD: Final = 40
_TINY: Final = 1e-9
_EDGE: Final = 96
_SLOPE: Final = np.sin(0.5 * np.pi * (np.arange(_EDGE) + 0.5) / _EDGE) ** 2
_PLAYED_TAPER: Final = np.concatenate(
    [_SLOPE, np.ones(2 * BLOCK - 2 * _EDGE), _SLOPE[::-1]]
).astype(np.float32)
_HEARD_TAPER: Final = np.hanning(BLOCK).astype(np.float32)
"""Without them the edges of blocks would resemble each other, whatever is between them."""


class Peak(NamedTuple):
    """The likeliest delay in samples, how far it is above the rest and above the second one."""

    delay: int
    height: float
    lead: float


class DelayFinder:
    """Correlates blocks of the microphone with the last `span` blocks of what was played.

    Generalised cross-correlation (Knapp and Carter 1976) by partitions of 512 samples.
    """

    def __init__(self, span: int) -> None:
        self._span = span
        self._played = np.zeros((2 * span, _BINS), np.complex64)
        self._at = 0
        self._sums = np.zeros((span, _BINS), np.complex64)
        self._line = np.zeros(2 * BLOCK, np.float32)
        self._padded = np.zeros(2 * BLOCK, np.float32)

    def forget(self) -> None:
        """The delay may be another from now on."""
        self._sums[:] = 0.0

    def push_played(self, block: Floats) -> None:
        """The next 512 samples that were played."""
        self._line[:BLOCK] = self._line[BLOCK:]
        self._line[BLOCK:] = block
        spectrum = np.conj(np.fft.rfft(self._line * _PLAYED_TAPER)[:_BINS])
        spectrum /= np.abs(spectrum) ** _WHITENING + 1e-3
        # Newest first, and twice, so that the last `span` of them are one slice.
        self._at = (self._at - 1) % self._span
        self._played[self._at] = self._played[self._at + self._span] = spectrum

    def push_heard(self, block: Floats) -> None:
        """The 512 samples of the microphone at the same time."""
        self._padded[BLOCK:] = block * _HEARD_TAPER
        spectrum = np.fft.rfft(self._padded)[:_BINS]
        spectrum /= np.abs(spectrum) ** _WHITENING + _TINY
        self._sums *= np.float32(_MEMORY)
        self._sums += self._played[self._at : self._at + self._span] * spectrum

    def peak(self) -> Peak:
        """The likeliest delay so far."""
        found = np.abs(np.fft.irfft(self._sums, 2 * _LAGS)[:, :_LAGS]).reshape(-1)
        best = int(found.argmax())
        top = float(found[best])
        mean = float(np.sqrt(np.dot(found, found) / len(found))) + _TINY
        found[max(0, best - _NEIGHBOURHOOD) : best + _NEIGHBOURHOOD + 1] = 0.0
        return Peak(2 * best, top / mean, top / (float(found.max()) + _TINY))
