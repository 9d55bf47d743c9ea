"""Learns the way from loudspeaker to microphone, and takes out what comes by it."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from vivavoce.audio.told_sound import Floats

Spectra = npt.NDArray[np.complex64]

BLOCK: Final = 512
_BINS: Final = BLOCK + 1
_FORGETTING: Final = np.float32(0.997)
"""How much of the path is the same a block later."""
_SMOOTHING: Final = np.float32(0.6)
_DOUBT: Final = 0.05
"""How far the path may be from nothing at first, as power for each partition."""
_SHAKE: Final = np.float32(0.1)
_TINY: Final = np.float32(1e-8)


class EchoCanceller:
    """A partitioned-block frequency-domain Kalman filter over `partitions` blocks of 512 samples.

    After Enzner and Vary (2006) and Kuech et al. (2014): where somebody else speaks it learns less
    by itself, so that it needs no detector of double talk.
    """

    def __init__(self, partitions: int) -> None:
        self._count = partitions
        self._path = np.zeros((partitions, _BINS), np.complex64)
        self._doubt = np.zeros((partitions, _BINS), np.float32)
        self.doubt(_DOUBT)
        self._others = np.zeros(_BINS, np.float32)
        self._padded = np.zeros(2 * BLOCK, np.float32)

    def doubt(self, power: float) -> None:
        """The path may be anything with about that much gain, the later the less."""
        falling = np.float32(power) * np.float32(0.7) ** np.arange(self._count, dtype=np.float32)
        self._doubt[:] = falling[:, None]

    def shake(self) -> None:
        """The path may be a little different from what it was."""
        self._doubt += _SHAKE * (np.square(self._path.real) + np.square(self._path.imag))

    def echo(self, played: Spectra) -> Floats:
        """The echo expected in the next 512 samples.

        `played` are spectra of the last blocks of 1,024 samples, the newest first.
        """
        expected = np.fft.irfft(np.einsum("pf,pf->f", self._path, played))
        return expected[BLOCK:].astype(np.float32, copy=False)

    def response(self) -> Floats:
        """The path as an impulse response."""
        taps = np.fft.irfft(self._path)[:, :BLOCK]
        return taps.reshape(-1).astype(np.float32, copy=False)

    def learn(self, played: Spectra, left: Floats) -> None:
        """`left` is what the microphone had besides the echo expected."""
        self._padded[BLOCK:] = left
        error = np.fft.rfft(self._padded)
        power = np.square(error.real) + np.square(error.imag)
        self._others += (1 - _SMOOTHING) * (power - self._others)
        strength = np.square(played.real) + np.square(played.imag)
        spread = np.einsum("pf,pf->f", strength, self._doubt)
        gain = self._doubt / (0.5 * spread + np.maximum(self._others, power) + _TINY)
        step = np.fft.irfft(gain * np.conj(played) * error)
        step[:, BLOCK:] = 0.0
        self._path += np.fft.rfft(step)
        self._path *= _FORGETTING
        drift = np.square(self._path.real) + np.square(self._path.imag)
        self._doubt *= 1 - 0.5 * gain * strength
        self._doubt *= _FORGETTING * _FORGETTING
        self._doubt += (1 - _FORGETTING * _FORGETTING) * drift
