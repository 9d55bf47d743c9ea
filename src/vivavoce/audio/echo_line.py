"""Follows an echo in time, and parts it from the microphone."""

from __future__ import annotations

from collections import deque
from enum import Enum
from typing import Final, NamedTuple

import numpy as np

from vivavoce.audio.echo_bound import LEAST_GAIN, GainBound
from vivavoce.audio.echo_canceller import BLOCK, EchoCanceller
from vivavoce.audio.echo_delay import DelayFinder
from vivavoce.audio.told_sound import Floats, ToldSound

_EARLIEST: Final = 1_024
"""Samples by which an echo may come before its time: the belief is wrong by that much."""
_SPAN: Final = 32
"""Blocks from there in which it is looked for: to 960 ms after its time."""
_PARTITIONS: Final = 6
"""192 ms of room."""
_AHEAD: Final = 64
"""Samples of room before the loudest: not every way has its peak first."""
_NEAR: Final = 4
"""Samples by which two delays are the same; the canceller makes up for so much by itself."""
_JITTER: Final = 2_048
"""Samples by which a delay may differ from turn to turn."""
_HEIGHT, _LEAD, _LIKELY_LEAD = 7.0, 1.5, 1.3
"""Of a peak to be believed when it comes twice in a row; without an echo the highest is less than
1.4 times as high as the second. The last is for a delay near the one before."""
_LEAST_HEARD: Final = 3
"""Blocks, before the first of which a peak means nothing."""
_PAUSE: Final = 8
"""Blocks of silence after which the client may have begun anew, at another delay."""
_SHAKEN: Final = 16
"""Audible blocks after which a delay that was not seen again is believed all the same."""
_KEPT: Final = 12
_PASSES: Final = 2
"""The blocks that are learned from again when the delay is found, and how often: 2 ms, once."""
_REFINED: Final = 4
"""Blocks from which a new delay is found to the sample, and how far away that may be."""
_REFINED_BY: Final = 6
_LEARNED: Final = 80
"""Blocks after which the canceller misses no more than it ever will."""
_UNLEARNED: Final = 4.0
"""Times the power of the echo found so far, that may have been missed before."""
_STEADY: Final = 60
_SPEED, _FIRST_SPEED = 0.03, 0.1
_MARGIN: Final = 4.0
_AUDIBLE: Final = 1e-6
"""Mean power of what counts as played: -60 dBFS."""
_NOISE_RISE: Final = 1.01
"""A block: 10 dB in 7 s."""
_ABOVE_NOISE: Final = 4.0
_NOWHERE: Final = -100_000
_TINY: Final = 1e-9


class Trust(Enum):
    """How well the delay is known."""

    NONE = "none"
    SHAKEN = "shaken"
    """It was known before a pause, and may be a little different since."""
    FIRM = "firm"


class Parted(NamedTuple):
    """A block of the microphone without the echo that is expected in it, that echo, and sound that
    is as loud as what the canceller may have missed of it."""

    left: Floats
    echo: Floats
    unlearned: Floats


class EchoLine:
    """From blocks of the microphone, and of what was `told` to be played, the echo and the rest."""

    def __init__(self, told: ToldSound) -> None:
        self._told = told
        self._finder = DelayFinder(_SPAN)
        self._canceller = EchoCanceller(_PARTITIONS)
        self._bound = GainBound(_SPAN + 1)
        self._recent: deque[tuple[int, Floats]] = deque(maxlen=_KEPT)
        self._spectra = np.zeros((_PARTITIONS, BLOCK + 1), np.complex64)
        self._delay: int | None = None
        self._candidate = _NOWHERE
        self._silent = _PAUSE
        self._shaken = 0
        self._heard = 0
        self._noise = 1e-3
        self._gain = 1.0
        self._echo_power = self._played_power = 0.0
        self.trust = Trust.NONE
        self.learned = 0
        """Blocks of echo that the canceller has learned from."""
        self.loudest = 0.0
        """Mean power that the echo in the last block has at the most."""
        self.is_playing = False
        """Whether there may be any echo in it."""
        self.is_audible = False
        """Whether there is more in it than the noise of the room."""
        self.replayed: list[tuple[float, float]] = []
        """When the delay has just been found: the energy that would have been left of the blocks
        before, had it been known, and all of theirs."""

    @property
    def delay(self) -> int | None:
        """Samples by which the echo is later than believed, once that is known."""
        return self._delay

    def listen(self, heard: Floats) -> None:
        """A block in which no echo is possible."""
        self.is_audible = self._rises(float(np.dot(heard, heard)) / BLOCK)

    def resume(self) -> None:
        """An echo is possible again."""
        self._silent = _PAUSE
        self._recent.clear()

    def hear(self, heard: Floats, now: int) -> Parted:
        """A block that begins at microphone sample `now`."""
        self._recent.append((now, heard))
        self.replayed = []
        power = float(np.dot(heard, heard)) / BLOCK
        self.is_audible = self._rises(power)
        self._finder.push_played(self._told.cut(now + _EARLIEST, BLOCK))
        self._notice_playing(now, power)
        # Noise alone would be made to resemble something, too.
        if self.is_audible:
            self._finder.push_heard(heard)
            if self.is_playing:
                self._find(now)
        if self._delay is None:
            nothing = np.zeros(BLOCK, np.float32)
            return Parted(heard, nothing, nothing)
        return self._part(heard, now)

    def _rises(self, power: float) -> bool:
        self._noise = min(power + _TINY, self._noise * _NOISE_RISE)
        return power > _ABOVE_NOISE * self._noise

    def _notice_playing(self, now: int, power: float) -> None:
        start, blocks = now + _EARLIEST - _SPAN * BLOCK, _SPAN + 1
        if self._delay is not None:
            late = _JITTER // BLOCK if self.trust is Trust.SHAKEN else 1
            start = now - self._delay - _JITTER - BLOCK
            blocks = _JITTER // BLOCK + 2 + late
        sound = self._told.cut(start, blocks * BLOCK).reshape(-1, BLOCK)
        powers = np.einsum("bs,bs->b", sound, sound) / np.float32(BLOCK)
        if self._delay is None:
            self._gain = self._bound.update(powers, power)
        top = float(powers.max())
        self.is_playing = top > _AUDIBLE
        self.loudest = _MARGIN * self._gain * top
        self._silent = 0 if self._begins(float(powers[-2:].max())) else self._silent + 1

    def _begins(self, newest: float) -> bool:
        """Whether something is played; if after a pause, the delay is in doubt."""
        if newest <= _AUDIBLE:
            return False
        if self._silent >= _PAUSE:
            self._finder.forget()
            self._heard = 0
            if self._delay is not None:
                self.trust, self._shaken = Trust.SHAKEN, 0
        return True

    def _find(self, now: int) -> None:
        self._heard += 1
        if self._heard < _LEAST_HEARD:
            return
        if self.trust is Trust.SHAKEN:
            self._shaken += 1
            if self._shaken >= _SHAKEN:
                self.trust = Trust.FIRM
        peak = self._finder.peak()
        delay = peak.delay - _EARLIEST
        is_sure = peak.height >= _HEIGHT and peak.lead >= self._least_lead(delay)
        is_same = abs(delay - self._candidate) <= _NEAR
        self._candidate = delay if is_sure else _NOWHERE
        if not (is_sure and is_same):
            return
        if self._delay is None:
            self._lock(delay, now)
        elif abs(delay - self._delay) > _NEAR:
            self._move(delay, now)
        self.trust = Trust.FIRM

    def _least_lead(self, delay: int) -> float:
        is_likely = self._delay is not None and abs(delay - self._delay) <= _JITTER
        return _LIKELY_LEAD if is_likely else _LEAD

    def _lock(self, delay: int, now: int) -> None:
        """The delay is known for the first time: learns the way from what was heard so far."""
        self._delay = delay
        heard = np.concatenate([sound for _, sound in self._recent])
        played = self._told.cut(self._recent[0][0] - delay, len(heard))
        self._gain = min(1.0, float(np.dot(heard, heard) / (np.dot(played, played) + _TINY)))
        self._canceller.doubt(self._gain)
        for _ in range(_PASSES):
            self.replayed = []
            for at, sound in list(self._recent)[:-1]:
                left = self._replay(at, sound)
                self._weigh(sound - left, self._aligned(at)[BLOCK:], _FIRST_SPEED)
                self._canceller.learn(self._spectra, left)
        self._realign(now - BLOCK)

    def _move(self, delay: int, now: int) -> None:
        """The delay is another, the way is the same; to the sample, as far as the way is known."""
        self._delay = delay
        blocks = list(self._recent)[-_REFINED:]
        heard = np.concatenate([sound for _, sound in blocks])
        expected = heard - np.concatenate([self._replay(at, sound) for at, sound in blocks])
        found = np.correlate(heard, expected[_REFINED_BY:-_REFINED_BY])
        self._delay += int(found.argmax()) - _REFINED_BY
        self.replayed = []
        for at, sound in blocks[:-1]:
            self._replay(at, sound)
        self._realign(now - BLOCK)
        self._canceller.shake()

    def _replay(self, at: int, heard: Floats) -> Floats:
        """What would have been left of a block before, had the delay been known."""
        self._realign(at)
        left: Floats = heard - self._canceller.echo(self._spectra)
        self.replayed.append((float(np.dot(left, left)), float(np.dot(heard, heard))))
        return left

    def _aligned(self, now: int) -> Floats:
        """The block whose echo begins at sample `now`, and the one before it in front."""
        return self._told.cut(now - (self._delay or 0) + _AHEAD - BLOCK, 2 * BLOCK)

    def _realign(self, now: int) -> None:
        blocks = [self._aligned(now - number * BLOCK) for number in range(_PARTITIONS)]
        self._spectra[:] = np.fft.rfft(np.stack(blocks))

    def _part(self, heard: Floats, now: int) -> Parted:
        played = self._aligned(now)
        self._spectra[1:] = self._spectra[:-1].copy()
        self._spectra[0] = np.fft.rfft(played)
        echo = self._canceller.echo(self._spectra)
        left = heard - echo
        if self.trust is Trust.FIRM and self.is_playing:
            self._canceller.learn(self._spectra, left)
            if float(np.dot(played[BLOCK:], played[BLOCK:])) > _AUDIBLE * BLOCK:
                self.learned += 1
                self._weigh(echo, played[BLOCK:], _SPEED)
        # What is not there, because it was stopped, say, must not be added.
        if float(np.dot(left, left)) > float(np.dot(heard, heard)):
            left = heard
        return Parted(left, echo, self._unlearned(played[BLOCK:]))

    def _weigh(self, echo: Floats, played: Floats, speed: float) -> None:
        self._echo_power += speed * (float(np.dot(echo, echo)) - self._echo_power)
        self._played_power += speed * (float(np.dot(played, played)) - self._played_power)
        if self.learned > _STEADY:
            gain = 2 * self._echo_power / (self._played_power + _TINY)
            self._gain = min(1.0, max(gain, LEAST_GAIN))

    def _unlearned(self, played: Floats) -> Floats:
        unlearned = max(0.0, 1 - self.learned / _LEARNED)
        gain = _UNLEARNED * unlearned * self._echo_power / (self._played_power + _TINY)
        return played * np.float32(min(1.0, gain) ** 0.5)
