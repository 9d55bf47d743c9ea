"""The way from a loudspeaker to the microphone beside it, drawn at random."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import signal

from bench.noise_sources import RATE, Generator, Sound, coloured

_DIRECT_DB = 3.0
"""How far the direct sound is above all reflections together: a telephone or a laptop, with the
loudspeaker a hand's breadth from the microphone."""
_FIRST_REFLECTION_S = 0.002
_LOUDSPEAKER_HZ = (200.0, 7_000.0)


class EchoPath(NamedTuple):
    """What happens to the agent's voice; `level_db` is what of its power comes back.

    `delay_s` is how much later than believed it is heard. Every turn is off by up to `jitter_s`
    besides. `rt60_s` of 0 is a wire. `clip` is where the loudspeaker bends, of full scale.
    """

    level_db: float
    delay_s: float = 0.2
    jitter_s: float = 0.03
    rt60_s: float = 0.0
    drift_ppm: float = 0.0
    clip: float | None = None


def impulse_response(random: Generator, rt60_s: float) -> Sound:
    """Of a small room with `rt60_s` of reverberation and a small loudspeaker; of power 1."""
    direct = np.zeros(round(max(rt60_s, 0.01) * RATE))
    direct[0] = 1.0
    if rt60_s:
        age = np.arange(len(direct)) / RATE
        tail = random.standard_normal(len(direct)) * 10 ** (-3 * age / rt60_s)
        tail[age < _FIRST_REFLECTION_S] = 0.0
        tail *= 10 ** (-_DIRECT_DB / 20) / np.sqrt(np.sum(tail**2))
        low, high = _LOUDSPEAKER_HZ
        box = signal.butter(2, [low, high], "bandpass", fs=RATE, output="sos")
        direct = signal.sosfilt(box, direct + tail)
    response: Sound = direct / np.sqrt(np.sum(direct**2))
    return response


def echo_of(voice: Sound, path: EchoPath, response: Sound) -> Sound:
    """`voice` as the microphone gets it, `path.delay_s` and jitter not yet in it."""
    if path.clip is not None:
        voice = path.clip * np.tanh(voice / path.clip)
    heard: Sound = signal.fftconvolve(voice, response)
    if path.drift_ppm:
        at = np.arange(len(heard)) * (1 + path.drift_ppm * 1e-6)
        heard = np.interp(at * 4, np.arange(len(heard) * 4), signal.resample_poly(heard, 4, 1))
    return heard * 10 ** (path.level_db / 20)


def room_noise(random: Generator, seconds: float, dbfs: float) -> Sound:
    """What the microphone hears of nothing."""
    return coloured(random, seconds, 0.7, dbfs)
