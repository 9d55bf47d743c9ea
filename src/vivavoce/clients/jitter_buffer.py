"""Audio that comes in bursts, played evenly, and without a click where it fails to come."""

from __future__ import annotations

import array
import sys
from dataclasses import dataclass

from vivavoce.errors import InvalidParameter

# Long enough that no click is heard, short enough that no sound of speech is lost.
FADE_MS = 5

_SAMPLE_BYTES = 2


@dataclass(frozen=True, slots=True)
class JitterStatistics:
    """How evenly a buffer was fed.

    `underruns` counts the times it ran dry before the end, `missing_ms` the silence in its place;
    what is waited for before the first sound is not counted.
    """

    underruns: int = 0
    missing_ms: float = 0.0
    played_ms: float = 0.0


class JitterBuffer:
    """PCM (signed 16 bit, little-endian, mono) between a network and a player.

    It is silent until `target_ms` wait or the end is known. From then on it gives what it has; when
    only 5 ms are left it fades them out, waits for `target_ms` again and fades in. Sound and its
    gain are both without a gap, so that two samples never differ by more than those of the sound do
    plus 1/fade of its height. Not safe for use by two threads at once.
    """

    def __init__(
        self, sample_rate: int, *, target_ms: float = 200.0, capacity_ms: float = 60_000.0
    ) -> None:
        """`sample_rate` in Hz. Raises InvalidParameter for lengths that cannot be."""
        if sample_rate < 1:
            raise InvalidParameter("sample_rate must be at least 1.", param="sample_rate")
        if target_ms < 0:
            raise InvalidParameter("target_ms must not be negative.", param="target_ms")
        if capacity_ms < max(target_ms, FADE_MS):
            raise InvalidParameter("capacity_ms is below target_ms.", param="capacity_ms")
        self._sample_rate = sample_rate
        self._fade = max(1, sample_rate * FADE_MS // 1000)
        self._target = max(1, round(sample_rate * target_ms / 1000))
        self._capacity_bytes = _SAMPLE_BYTES * max(
            self._target, round(sample_rate * capacity_ms / 1000)
        )
        self._held = bytearray()
        self._level = 0
        self._is_playing = False
        self._has_ended = False
        self._has_begun = False
        self._underruns = 0
        self._missing = 0
        self._played = 0

    @property
    def depth_ms(self) -> float:
        """How much audio waits."""
        return self._ms(self._samples)

    @property
    def is_playing(self) -> bool:
        """Whether `pull` would give sound."""
        return self._is_playing or self._may_begin

    @property
    def statistics(self) -> JitterStatistics:
        """What has happened so far."""
        return JitterStatistics(self._underruns, self._ms(self._missing), self._ms(self._played))

    def push(self, pcm: bytes) -> int:
        """Takes as much of `pcm` as there is room for; returns how many bytes that was.

        A piece may end in the middle of a sample. After `end` it begins another sound.
        """
        taken = pcm[: self._capacity_bytes - len(self._held)]
        if taken:
            self._has_ended = False
        self._held += taken
        return len(taken)

    def end(self) -> None:
        """The sound is complete: what waits is played out, and what follows is no underrun."""
        del self._held[self._samples * _SAMPLE_BYTES :]
        self._has_ended = True
        self._has_begun = self._is_playing

    def clear(self) -> None:
        """Falls silent, in 5 ms: nobody wants to hear what waits."""
        del self._held[self._level * _SAMPLE_BYTES :]
        self.end()

    def pull(self, samples: int) -> bytes:
        """The next `samples` samples to play: sound as far as there is any, silence for the rest.

        Raises InvalidParameter for a negative number.
        """
        if samples < 0:
            raise InvalidParameter("samples must not be negative.", param="samples")
        if not self._is_playing and self._may_begin:
            self._is_playing = self._has_begun = True
        sound = bytearray()
        while self._is_playing and len(sound) < samples * _SAMPLE_BYTES:
            sound += self._next_sound(samples - len(sound) // _SAMPLE_BYTES)
        self._played += len(sound) // _SAMPLE_BYTES
        silence = samples - len(sound) // _SAMPLE_BYTES
        if self._has_begun and not self._has_ended:
            self._missing += silence
        return bytes(sound) + bytes(_SAMPLE_BYTES * silence)

    @property
    def _samples(self) -> int:
        return len(self._held) // _SAMPLE_BYTES

    @property
    def _may_begin(self) -> bool:
        return self._samples >= (1 if self._has_ended else self._target)

    def _next_sound(self, most: int) -> bytes:
        whole = min(most, self._samples - self._fade)
        if self._level == self._fade and whole > 0:
            return self._take(whole)
        return self._faded(most)

    def _faded(self, most: int) -> bytes:
        """Samples while the gain changes; it is `level / fade`, and `level` more must be left."""
        gains: list[int] = []
        level, left = self._level, self._samples
        while len(gains) < most and left > 0 and not (level == self._fade < left):
            level += 1 if left >= level + 2 else -1 if left <= level else 0
            level = min(level, self._fade)
            gains.append(level)
            left -= 1
            if level == 0:
                break
        self._level = level
        if level == 0 or left == 0:
            self._stop()
        samples = _samples_of(self._take(len(gains)))
        faded = (sample * gain // self._fade for sample, gain in zip(samples, gains, strict=True))
        return _bytes_of(array.array("h", faded))

    def _stop(self) -> None:
        self._is_playing = False
        self._level = 0
        if self._has_ended:
            self._has_begun = False
        else:
            self._underruns += 1

    def _take(self, samples: int) -> bytes:
        taken = bytes(self._held[: samples * _SAMPLE_BYTES])
        del self._held[: len(taken)]
        return taken

    def _ms(self, samples: int) -> float:
        return 1000 * samples / self._sample_rate


def _samples_of(pcm: bytes) -> array.array[int]:
    samples = array.array("h", pcm)
    if sys.byteorder == "big":
        samples.byteswap()
    return samples


def _bytes_of(samples: array.array[int]) -> bytes:
    if sys.byteorder == "big":
        samples.byteswap()
    return samples.tobytes()
