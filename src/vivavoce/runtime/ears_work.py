"""What a worker that hears does: a piece at a time, in the order in which it gets them."""

from __future__ import annotations

import time

import numpy as np

from vivavoce.core.deadlines import DeadlineQueue
from vivavoce.engines.base import EARS_RATE, ActivityDetector, Ears, HearingRequest
from vivavoce.runtime import ears_messages as say
from vivavoce.runtime.worker import Step

_STAND_IN_S = 4.0
"""Over pieces of 2 to 8 s the pace is nearly the same."""
_PITCH_HZ = 120.0
_HARMONICS = 30
_SYLLABLE_HZ = 4.0
_VOWELS_HZ = ((700, 1_200), (300, 2_300), (500, 900))
"""The first two formants of three vowels, each 160 Hz wide."""
_HALF_WIDTH_HZ = 80.0


class EarsWork:
    """`Work` of ears and a detector."""

    def __init__(self, ears: Ears, detector: ActivityDetector) -> None:
        self._ears = ears
        self._detector = detector

    def warm_up(self) -> say.EarsReady:
        """See `Work.warm_up`."""
        self._ears.warm_up()
        self._detector.judge(bytes(2 * EARS_RATE))
        return say.EarsReady(self._measure_pace(), self._ears.languages)

    def _measure_pace(self) -> float:
        stand_in = HearingRequest(babble(_STAND_IN_S), self._ears.languages[0])
        # The processor's time, not the clock's: the pace is the machine's, whoever else is on it.
        started = time.process_time()
        self._ears.hear(stand_in)
        return _STAND_IN_S / max(time.process_time() - started, 1e-6)

    def obey(self, command: bytes, queue: DeadlineQueue[say.Command]) -> None:
        """See `Work.obey`; the server sends what is due first, and takes nothing back."""
        said = say.command_decoder.decode(command)
        queue.push(said.job, said, 0.0)

    def advance(self, key: int, job: say.Command) -> Step:
        """See `Work.advance`: all of a job is one step."""
        if isinstance(job, say.Judge):
            probabilities = self._detector.judge(job.pcm).astype("<f4")
            return Step(say.Judged(key, probabilities.tobytes()))
        started = time.process_time()
        heard = self._ears.hear(job.request)
        return Step(say.Understood(key, heard, time.process_time() - started))


def babble(seconds: float) -> bytes:
    """What the pace is measured with: 16-bit mono at EARS_RATE with the pitch of speech, its
    syllables and its vowels.

    Silence and noise will not do, of which ears make one word at most: this is words to them, a few
    more than there are in speech.
    """
    time_s = np.arange(round(seconds * EARS_RATE)) / EARS_RATE
    phase = 2 * np.pi * _PITCH_HZ * np.cumsum(1 + 0.15 * np.sin(0.8 * np.pi * time_s)) / EARS_RATE
    syllable = (time_s * _SYLLABLE_HZ).astype(int) % len(_VOWELS_HZ)
    sound = np.zeros(len(time_s))
    for harmonic in range(1, _HARMONICS):
        away = (harmonic * _PITCH_HZ - np.array(_VOWELS_HZ)) / _HALF_WIDTH_HZ
        loudness = (1 / (1 + away**2)).sum(axis=1) / np.sqrt(harmonic)
        sound += loudness[syllable] * np.sin(harmonic * phase)
    sound *= np.sin(np.pi * (time_s * _SYLLABLE_HZ % 1)) ** 2
    pcm: bytes = (sound / np.abs(sound).max() * 10_000).astype("<i2").tobytes()
    return pcm
