"""A caller's microphone: speech over the noise of a room, cut into frames by a clock."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vivavoce.testing.waveform import AUDIBLE_DBFS, Samples, audible_spans

MICROPHONE_RATE: Final = 16_000
_NOISE_S: Final = 4


class Said(NamedTuple):
    """When something that is said sounds, as `time.monotonic()`."""

    began_at: float
    first_audible_at: float
    last_audible_at: float
    ended_at: float


class Microphone:
    """Endless sound at 16 kHz from `began_at` on, `frame` samples at a time; pure.

    The clock does not drift: frame n ends `(n + 1) * frame` samples after `began_at`, however late
    it is asked for. `noise_dbfs` is the mean power of the noise; equal seeds give equal noise.
    """

    def __init__(self, began_at: float, frame: int, noise_dbfs: float, seed: int = 0) -> None:
        self._began_at = began_at
        self._frame = frame
        random = np.random.default_rng(seed)
        noise = random.standard_normal(_NOISE_S * MICROPHONE_RATE) * 10 ** (noise_dbfs / 20)
        self._noise = noise.astype(np.float32)
        self._position = 0
        self._ahead = np.zeros(0, np.float32)

    @property
    def due_at(self) -> float:
        """When the last sample of the next frame has sounded."""
        return self.frame_began_at + self._frame / MICROPHONE_RATE

    @property
    def frame_began_at(self) -> float:
        """When the first sample of the next frame sounded."""
        return self._began_at + self._position / MICROPHONE_RATE

    def say(self, sound: bytes | NDArray[np.float32]) -> Said:
        """Mixes 16-bit PCM, or float32 in -1 to 1, in from the next frame on.

        Raises ValueError when nothing of it is audible.
        """
        samples = as_floats(sound)
        spans = audible_spans((samples * 32767).astype(np.int16), len(samples), AUDIBLE_DBFS)
        if not spans:
            raise ValueError("nothing of what is said is audible")
        missing = len(samples) - len(self._ahead)
        if missing > 0:
            self._ahead = np.concatenate([self._ahead, np.zeros(missing, np.float32)])
        self._ahead[: len(samples)] += samples
        first, end = spans[0]
        times = (0, first, end - 1, len(samples))
        return Said(*(self.frame_began_at + at / MICROPHONE_RATE for at in times))

    def next_frame(self, echo: NDArray[np.float32] | None = None) -> Samples:
        """The next frame, with `echo` (as long as it, in -1 to 1) in it; too loud is clipped."""
        at = np.arange(self._position, self._position + self._frame) % len(self._noise)
        sound = self._noise[at]
        speech, self._ahead = self._ahead[: self._frame], self._ahead[self._frame :]
        sound[: len(speech)] += speech
        if echo is not None:
            sound += echo
        self._position += self._frame
        return (np.clip(sound, -1.0, 1.0) * 32767).astype("<i2")


def as_floats(sound: bytes | NDArray[np.float32]) -> NDArray[np.float32]:
    """Float32 in -1 to 1 out of it, or out of 16-bit little-endian PCM."""
    if isinstance(sound, bytes):
        return np.frombuffer(sound, "<i2").astype(np.float32) / np.float32(32768)
    return np.clip(sound, -1.0, 1.0)
