"""Keeps the agent's voice, back through the caller's microphone, from being taken for theirs."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np

from vivavoce.audio.echo_line import EchoLine, Trust
from vivavoce.audio.echo_suppressor import LAG, EchoSuppressor
from vivavoce.audio.echo_way import Parted
from vivavoce.audio.polyphase import to_pcm
from vivavoce.audio.told_sound import Floats, ToldSound

HOP: Final = 512
"""Samples from one judgement of voice activity to the next, at 16 kHz."""
_SAMPLE_BYTES: Final = 2
_FULL_SCALE: Final = np.float32(32_768)
_LINGERS: Final = 21_504
"""Samples for which something played may be heard after its time: 0.96 s late, in a long room."""
_KEPT: Final = 3 * _LINGERS
_SHARES: Final = 4
"""Hops over which it is weighed how much of the sound the echo explains."""
_SHARE: Final = 0.15
"""Of the energy, what must be left for it to be the caller's; of an echo alone it is 0.01 to 0.1,
once the way is learned."""
_UNLEARNED_SHARE: Final = 0.6
"""The same at first, when much of an echo is left."""
_LEARNED: Final = 60
_LEAST_LEARNED: Final = 8
"""Hops of echo; before, nothing is said."""
_SPEECH: Final = 0.4
_UNEXPLAINED: Final = 9
"""Hops of speech after which it is the caller, if no delay has been found: with an echo that one
would hear it takes 4 to 8."""
_REMATCHED: Final = 3
"""Hops of speech in a row, for which it is asked whether they are the echo at another delay."""


class CallersSound(NamedTuple):
    """What is the caller's of a stretch of microphone sound, in whole hops of HOP samples.

    `pcm` is 16-bit little-endian mono at 16 kHz with the echo taken out as well as can be;
    `likelihoods` has one number a hop: how likely the caller is speaking in it, 0 to 1.
    """

    pcm: bytes
    likelihoods: list[float]


class EchoGate:
    """Microphone sound in, the caller's part of it out; counts microphone samples from 0.

    `judge` is a stream of voice activity (`ActivityStream.feed`) that nobody else feeds.
    """

    def __init__(self, judge: Callable[[bytes], list[float]]) -> None:
        self._judge = judge
        self._begun = b""
        self._fed = 0
        self._now = 0
        self._told = ToldSound()
        self._line = EchoLine(self._told)
        self._suppressor = EchoSuppressor()
        self._is_open = True
        self._suppresses = False
        self._last = bytes(_SAMPLE_BYTES * LAG)
        self._shares: deque[tuple[float, float]] = deque(maxlen=_SHARES)
        self._unexplained = 0
        self._believed_hops = 0

    @property
    def now(self) -> int:
        """Microphone samples fed so far."""
        return self._fed

    def played(self, pcm: bytes, at: int) -> None:
        """The client is believed to play `pcm` from microphone sample `at` on.

        16-bit little-endian mono at 16 kHz, in whole samples and any amount, ahead of the
        microphone or not; what was told of the same samples before is replaced.
        """
        self._told.tell(np.frombuffer(pcm, "<i2").astype(np.float32) / _FULL_SCALE, at)

    def stopped(self, at: int) -> None:
        """The client is believed to play nothing of what it was given from sample `at` on."""
        self._told.silence_from(at)

    def feed(self, pcm: bytes) -> CallersSound:
        """More of the microphone, any number of whole samples; what is short of a hop waits."""
        self._fed += len(pcm) // _SAMPLE_BYTES
        pcm = self._begun + pcm
        size = _SAMPLE_BYTES * HOP
        whole = len(pcm) // size * size
        self._begun = pcm[whole:]
        hops = [self._hop(pcm[start : start + size]) for start in range(0, whole, size)]
        return CallersSound(
            b"".join(hop.pcm for hop in hops),
            [likelihood for hop in hops for likelihood in hop.likelihoods],
        )

    def _hop(self, pcm: bytes) -> CallersSound:
        if self._told.end and self._now < self._told.end + _LINGERS:
            hop = self._without_echo(pcm)
        else:
            self._is_open = True
            self._line.listen(_floats(pcm))
            cleaned = self._last + pcm[: -_SAMPLE_BYTES * LAG]
            hop = CallersSound(cleaned, self._judge(cleaned))
        self._last = pcm[-_SAMPLE_BYTES * LAG :]
        self._now += HOP
        self._told.forget(self._now - _KEPT)
        return hop

    def _without_echo(self, pcm: bytes) -> CallersSound:
        if self._is_open:
            self._is_open = False
            self._shares.clear()
            self._unexplained = 0
            self._suppresses = False
            self._line.resume()
        heard = _floats(pcm)
        parted = self._line.hear(heard, self._now)
        sound = self._cleaned(pcm, parted)
        if self._line.replayed:
            self._shares.clear()
            self._shares.extend(self._line.replayed)
        energy = float(np.dot(heard, heard))
        kept = self._suppressor.kept if self._suppresses else 1.0
        left = float(np.dot(parted.left, parted.left)) * kept
        self._shares.append((left, energy))
        return CallersSound(
            sound, [self._believed(one, energy / HOP) for one in self._judge(sound)]
        )

    def _cleaned(self, pcm: bytes, parted: Parted) -> bytes:
        """A third of the work is spared as long as no echo has been found."""
        if not self._line.has_delay:
            return self._last + pcm[: -_SAMPLE_BYTES * LAG]
        if not self._suppresses:
            self._suppresses = True
            self._suppressor.begin(_floats(self._last))
        return to_pcm(self._suppressor.clean(*parted) * _FULL_SCALE)

    def _believed(self, likelihood: float, power: float) -> float:
        """`likelihood`, or 0 where the echo may be all there is."""
        line = self._line
        self._count(likelihood)
        if not line.is_playing or power > line.loudest:
            return likelihood
        if line.trust is Trust.NONE:
            return likelihood if self._unexplained >= _UNEXPLAINED else 0.0
        if line.trust is Trust.SHAKEN or line.learned < _LEAST_LEARNED:
            return 0.0
        if likelihood < _SPEECH or not self._is_unexplained():
            self._believed_hops = 0
            return likelihood if likelihood < _SPEECH else 0.0
        self._believed_hops += 1
        if self._believed_hops <= _REMATCHED and line.has_moved():
            self._shares.clear()
            self._shares.extend(line.replayed)
            self._believed_hops = 0
            return 0.0
        return likelihood

    def _is_unexplained(self) -> bool:
        """Whether more is left than there is of an echo and of noise."""
        left = sum(left for left, _ in self._shares)
        energy = sum(energy for _, energy in self._shares)
        least = max(_SHARE, _UNLEARNED_SHARE * (1 - self._line.learned / _LEARNED))
        return left - self._line.noise * HOP * len(self._shares) > least * energy

    def _count(self, likelihood: float) -> None:
        """Hops of what may be speech and resembles nothing that was played."""
        if likelihood < _SPEECH:
            self._unexplained = max(0, self._unexplained - 2)
        elif self._line.is_audible:
            self._unexplained += 1


def _floats(pcm: bytes) -> Floats:
    return np.frombuffer(pcm, "<i2").astype(np.float32) / _FULL_SCALE
