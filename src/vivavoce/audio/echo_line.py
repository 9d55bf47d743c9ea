"""Watches when an echo comes, and how far that is to be trusted."""

from __future__ import annotations

from enum import Enum
from typing import Final

import numpy as np

from vivavoce.audio.echo_bound import GainBound
from vivavoce.audio.echo_delay import BLOCK, DelayFinder
from vivavoce.audio.echo_way import AUDIBLE, JITTER, NEAR, EchoWay, Parted
from vivavoce.audio.told_sound import Floats, ToldSound

_EARLIEST: Final = 1_024
"""Samples by which an echo may come before its time: the belief is wrong by that much."""
_SPAN: Final = 32
"""Blocks from there in which it is looked for: to 960 ms after its time."""
_HEIGHT, _LEAD, _LIKELY_LEAD = 7.0, 1.5, 1.3
"""Of a peak to be believed when it comes twice in a row; without an echo the highest is less than
1.4 times as high as the second. The last is for a delay near the one before."""
_LEAST_HEARD: Final = 3
"""Audible blocks from which on a peak means something."""
_PAUSE: Final = 8
"""Blocks of silence after which the client may have begun anew, at another delay."""
_SHAKEN: Final = 16
"""Audible blocks after which a delay that was not seen again is believed all the same."""
_MARGIN: Final = 4.0
"""Of power, from one block to the loudest."""
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


class EchoLine:
    """From blocks of the microphone, and of what was `told` to be played, the echo and the rest."""

    def __init__(self, told: ToldSound) -> None:
        self._told = told
        self._way = EchoWay(told)
        self._finder = DelayFinder(_SPAN)
        self._bound = GainBound(_SPAN + 1)
        self._candidate = _NOWHERE
        self._silent = _PAUSE
        self._shaken = 0
        self._heard = 0
        self.noise = 1e-3
        """Mean power of the room's."""
        self.trust = Trust.NONE
        self.loudest = 0.0
        """Mean power of the last block at the most, if there is only echo and noise in it."""
        self.is_playing = False
        """Whether there may be any echo in it."""
        self.is_audible = False
        """Whether there is more in it than the noise of the room."""

    @property
    def has_delay(self) -> bool:
        """Whether an echo has ever been found; with headphones there is none."""
        return self._way.delay is not None

    @property
    def learned(self) -> int:
        """See `EchoWay.learned`."""
        return self._way.learned

    @property
    def replayed(self) -> list[tuple[float, float]]:
        """See `EchoWay.replayed`."""
        return self._way.replayed

    def listen(self, heard: Floats) -> None:
        """A block in which no echo is possible."""
        self.is_audible = self._rises(float(np.dot(heard, heard)) / BLOCK)

    def resume(self) -> None:
        """An echo is possible again."""
        self._silent = _PAUSE
        self._way.resume()

    def hear(self, heard: Floats, now: int) -> Parted:
        """A block that begins at microphone sample `now`."""
        self._way.remember(heard, now)
        power = float(np.dot(heard, heard)) / BLOCK
        self.is_audible = self._rises(power)
        self._finder.push_played(self._told.cut(now + _EARLIEST, BLOCK))
        self._notice_playing(now, power)
        # Noise alone would be made to resemble something, too.
        if self.is_audible:
            self._finder.push_heard(heard)
            if self.is_playing:
                self._find()
        if self._way.delay is None:
            nothing = np.zeros(BLOCK, np.float32)
            return Parted(heard, nothing, nothing)
        return self._way.part(learning=self.trust is Trust.FIRM and self.is_playing)

    def has_moved(self) -> bool:
        """Whether the last blocks are the echo after all, earlier or later than it was.

        So it is when the client ran out of sound for a moment.
        """
        if not self._way.rematch():
            return False
        self._forget_delays()
        return True

    def _rises(self, power: float) -> bool:
        self.noise = min(power + _TINY, self.noise * _NOISE_RISE)
        return power > _ABOVE_NOISE * self.noise

    def _notice_playing(self, now: int, power: float) -> None:
        delay = self._way.delay
        start, blocks = now + _EARLIEST - _SPAN * BLOCK, _SPAN + 1
        if delay is not None:
            late = JITTER // BLOCK if self.trust is Trust.SHAKEN else 1
            start, blocks = now - delay - JITTER - BLOCK, JITTER // BLOCK + 2 + late
        sound = self._told.cut(start, blocks * BLOCK).reshape(-1, BLOCK)
        powers = np.einsum("bs,bs->b", sound, sound) / np.float32(BLOCK)
        gain = self._bound.update(powers, power) if delay is None else self._way.gain
        top = float(powers.max())
        self.is_playing = top > AUDIBLE
        self.loudest = _MARGIN * max(gain * top, self.noise)
        self._silent = 0 if self._begins(float(powers[-2:].max())) else self._silent + 1

    def _begins(self, newest: float) -> bool:
        """Whether something is played; if after a pause, the delay is in doubt."""
        if newest <= AUDIBLE:
            return False
        if self._silent >= _PAUSE:
            self._forget_delays()
            if self._way.delay is not None:
                self.trust, self._shaken = Trust.SHAKEN, 0
        return True

    def _forget_delays(self) -> None:
        self._finder.forget()
        self._heard = 0

    def _find(self) -> None:
        self._heard += 1
        if self._heard < _LEAST_HEARD:
            return
        if self.trust is Trust.SHAKEN:
            self._shaken += 1
            if self._shaken >= _SHAKEN:
                self.trust = Trust.FIRM
        delay = self._seen_twice()
        if delay is None:
            return
        if self._way.delay is None:
            self._way.begin(delay)
        elif abs(delay - self._way.delay) > NEAR:
            self._way.move(delay)
        self.trust = Trust.FIRM

    def _seen_twice(self) -> int | None:
        """The delay, if there is no doubt of it now and was none a block before."""
        peak = self._finder.peak()
        delay, known = peak.delay - _EARLIEST, self._way.delay
        is_likely = known is not None and abs(delay - known) <= JITTER
        is_sure = peak.height >= _HEIGHT and peak.lead >= (_LIKELY_LEAD if is_likely else _LEAD)
        before, self._candidate = self._candidate, delay if is_sure else _NOWHERE
        return delay if is_sure and abs(delay - before) <= NEAR else None
