"""The way of an echo: when it comes, how the room changes it, and the microphone without it."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from vivavoce.audio.echo_bound import LEAST_GAIN
from vivavoce.audio.echo_canceller import BLOCK, EchoCanceller
from vivavoce.audio.echo_match import best_match
from vivavoce.audio.told_sound import Floats, ToldSound

NEAR: Final = 4
"""Samples by which two delays are the same; the canceller makes up for so much by itself."""
JITTER: Final = 2_048
"""Samples by which a delay may differ from what it was."""
AUDIBLE: Final = 1e-6
"""Mean power of what counts as played: -60 dBFS."""
_PARTITIONS: Final = 6
"""192 ms of room."""
_AHEAD: Final = 64
"""Samples of room before the loudest: not every way has its peak first."""
_KEPT: Final = 12
_PASSES: Final = 2
"""The blocks that are learned from again when the delay is found, and how often: 2 ms, once."""
_REFINED: Final = 4
"""Blocks from which a new delay is found to the sample, and how far away that may be."""
_REFINED_BY: Final = 6
_REMATCHED: Final = 3
"""Blocks that are tried at other delays."""
_REMATCHING: Final = 0.6
"""Of their energy, what must be explained: an echo that has moved explains 0.7 and more, a caller's
voice resembles what is played to 0.4."""
_LEARNED: Final = 80
"""Blocks after which the canceller misses no more than it ever will."""
_UNLEARNED: Final = 4.0
"""Times the power of the echo found so far, that may have been missed before."""
_STEADY: Final = 60
"""Blocks after which what is found of an echo is most of it."""
_SPEED, _FIRST_SPEED = 0.03, 0.1
_TINY: Final = 1e-9


class Parted(NamedTuple):
    """A block of the microphone without the echo that is expected in it, that echo, and sound that
    is as loud as what the canceller may have missed of it."""

    left: Floats
    echo: Floats
    unlearned: Floats


class EchoWay:
    """Blocks of the microphone, parted by a canceller that is kept aligned with what was `told`."""

    def __init__(self, told: ToldSound) -> None:
        self._told = told
        self._canceller = EchoCanceller(_PARTITIONS)
        self._spectra = np.zeros((_PARTITIONS, BLOCK + 1), np.complex64)
        self._recent: deque[tuple[int, Floats]] = deque(maxlen=_KEPT)
        self._echo_power = self._played_power = 0.0
        self.delay: int | None = None
        """Samples by which the echo is later than believed, once that is known."""
        self.gain = 1.0
        """Of power: the echo has at the most so much of what is played."""
        self.learned = 0
        """Blocks of echo that the canceller has learned from."""
        self.replayed: list[tuple[float, float]] = []
        """When the delay has just been found: the energy that would have been left of the blocks
        before, had it been known, and all of theirs."""

    def resume(self) -> None:
        """Blocks have been left out."""
        self._recent.clear()

    def remember(self, heard: Floats, now: int) -> None:
        """The next block, which begins at microphone sample `now`."""
        self._recent.append((now, heard))
        self.replayed = []

    def begin(self, delay: int) -> None:
        """The delay is known for the first time: learns the way from what was heard so far."""
        self.delay = delay
        heard = np.concatenate([sound for _, sound in self._recent])
        played = self._told.cut(self._recent[0][0] - delay, len(heard))
        self.gain = min(1.0, float(np.dot(heard, heard) / (np.dot(played, played) + _TINY)))
        self._canceller.doubt(self.gain)
        before = list(self._recent)[:-1]
        for _ in range(_PASSES):
            self.replayed = []
            for at, sound in before:
                left = self._replay(at, sound)
                self._weigh(sound - left, self._aligned(at)[BLOCK:], _FIRST_SPEED)
                self._canceller.learn(self._spectra, left)
        self._realign(self._recent[-1][0] - BLOCK)

    def move(self, delay: int) -> None:
        """The delay is about that now, and the way is the same."""
        self.delay = delay
        blocks = list(self._recent)[-_REFINED:]
        heard = np.concatenate([sound for _, sound in blocks])
        expected = heard - np.concatenate([self._replay(at, sound) for at, sound in blocks])
        found = np.correlate(heard, expected[_REFINED_BY:-_REFINED_BY])
        self.delay += int(found.argmax()) - _REFINED_BY
        self._review(blocks[:-1])
        self._realign(blocks[-1][0] - BLOCK)

    def rematch(self) -> bool:
        """Whether the last blocks, parted already, are the echo at another delay, known from now.

        0.7 ms of work, and more if it is so.
        """
        if self.delay is None:
            return False
        blocks = list(self._recent)[-_REMATCHED:]
        heard = np.concatenate([sound for _, sound in blocks])
        response = self._canceller.response()
        lead = JITTER + len(response)
        first = blocks[0][0] - self.delay + _AHEAD
        played = self._told.cut(first - lead, lead + len(heard) + JITTER)
        at, share = best_match(heard, played, response)
        if share < _REMATCHING or abs(JITTER - at) <= NEAR:
            return False
        self.delay += JITTER - at
        self._review(blocks)
        self._realign(blocks[-1][0])
        return True

    def part(self, *, learning: bool) -> Parted:
        """The block that was remembered last, without the echo."""
        now, heard = self._recent[-1]
        played = self._aligned(now)
        self._spectra[1:] = self._spectra[:-1].copy()
        self._spectra[0] = np.fft.rfft(played)
        played = played[BLOCK:]
        echo = self._canceller.echo(self._spectra)
        left = heard - echo
        if learning:
            self._canceller.learn(self._spectra, left)
            if float(np.dot(played, played)) > AUDIBLE * BLOCK:
                self.learned += 1
                self._weigh(echo, played, _SPEED)
        # What is not there, because it was stopped, say, must not be added.
        if float(np.dot(left, left)) > float(np.dot(heard, heard)):
            left = heard
        return Parted(left, echo, self._unlearned(played))

    def _review(self, blocks: Sequence[tuple[int, Floats]]) -> None:
        self.replayed = []
        for at, sound in blocks:
            self._replay(at, sound)
        self._canceller.shake()

    def _replay(self, at: int, heard: Floats) -> Floats:
        """What would have been left of a block before, had the delay been known."""
        self._realign(at)
        left: Floats = heard - self._canceller.echo(self._spectra)
        self.replayed.append((float(np.dot(left, left)), float(np.dot(heard, heard))))
        return left

    def _aligned(self, now: int) -> Floats:
        """The block whose echo begins at sample `now`, and the one before it in front."""
        return self._told.cut(now - (self.delay or 0) + _AHEAD - BLOCK, 2 * BLOCK)

    def _realign(self, now: int) -> None:
        blocks = [self._aligned(now - number * BLOCK) for number in range(_PARTITIONS)]
        self._spectra[:] = np.fft.rfft(np.stack(blocks))

    def _weigh(self, echo: Floats, played: Floats, speed: float) -> None:
        self._echo_power += speed * (float(np.dot(echo, echo)) - self._echo_power)
        self._played_power += speed * (float(np.dot(played, played)) - self._played_power)
        if self.learned > _STEADY:
            gain = 2 * self._echo_power / (self._played_power + _TINY)
            self.gain = min(1.0, max(gain, LEAST_GAIN))

    def _unlearned(self, played: Floats) -> Floats:
        unlearned = max(0.0, 1 - self.learned / _LEARNED)
        gain = _UNLEARNED * unlearned * self._echo_power / (self._played_power + _TINY)
        return played * np.float32(min(1.0, gain) ** 0.5)
