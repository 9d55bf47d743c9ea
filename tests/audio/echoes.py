"""Sounds for echoes: two voices that are nothing but noise in syllables, and the way back."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Sound = npt.NDArray[np.float32]

RATE = 16_000


def syllables(seed: int, seconds: float, level: float = 0.05) -> Sound:
    """Noise that swells and fades four times a second; another seed, another voice."""
    random = np.random.default_rng(seed)
    count = round(seconds * RATE)
    noise = random.standard_normal(count + 3)
    coloured = noise[3:] + 0.8 * noise[2:-1] + 0.5 * noise[1:-2] + 0.3 * noise[:-3]
    shape = np.abs(np.sin(np.pi * 4 * np.arange(count) / RATE + random.uniform(0, 1)))
    return (level * shape * coloured).astype(np.float32)


def room(seed: int, reach: int = 800) -> Sound:
    """An impulse response: the direct sound, and reflections that die away; of power 1."""
    random = np.random.default_rng(seed)
    response = random.standard_normal(reach) * 0.1 * np.exp(-np.arange(reach) / 150)
    response[0] = 1.0
    return (response / np.sqrt(np.sum(response**2))).astype(np.float32)


def hiss(seed: int, samples: int, level: float = 0.0007) -> Sound:
    """What a microphone hears of nothing: -63 dBFS."""
    random = np.random.default_rng(seed)
    return (level * random.standard_normal(samples)).astype(np.float32)


def as_pcm(sound: Sound) -> bytes:
    """16-bit little-endian."""
    return np.rint(sound * 32_768).clip(-32_768, 32_767).astype("<i2").tobytes()
