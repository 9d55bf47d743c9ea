"""Ten minutes of sound in which nobody speaks, the same in every run.

What a microphone hears between words: quiet, hum, noise of every colour, things struck and typed
on, breath and coughs, music and the tones of telephones, and what goes wrong with the sound itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from bench import noise_sources as sources
from bench import noise_tones as tones
from bench.noise_sources import RATE, Generator, Sound
from vivavoce.audio.g711 import encode_ulaw

_COLOURS = {"white": 0.0, "pink": 1.0, "brown": 2.0}
_LEVELS = (-60, -45, -30, -20, -10)


class Noise(NamedTuple):
    """`pcm` is 16-bit little-endian mono at 16 kHz."""

    name: str
    pcm: bytes

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return len(self.pcm) / 2 / RATE


def standard_noises(seed: int = 0) -> list[Noise]:
    """About ten minutes in 46 pieces; another seed draws others of the same kinds."""
    return [
        Noise(name, _as_pcm(sound)) for name, sound in _sounds(np.random.default_rng([2024, seed]))
    ]


def mix(speech: bytes, noise: bytes, snr_db: float) -> bytes:
    """`speech` with `noise`, repeated as often as needed, `snr_db` below it; both as in `Noise`.

    Both are measured by their mean power, silence included. Silent noise changes nothing.
    """
    wanted = np.frombuffer(speech, "<i2").astype(np.float64)
    unwanted = np.resize(np.frombuffer(noise, "<i2").astype(np.float64), len(wanted))
    power = float(np.mean(unwanted**2)) if len(unwanted) else 0.0
    if not power:
        return speech
    gain = np.sqrt(np.mean(wanted**2) / power) * 10 ** (-snr_db / 20)
    return _as_pcm((wanted + gain * unwanted) / 32_768)


def _as_pcm(sound: Sound) -> bytes:
    return np.clip(np.round(sound * 32_768), -32_768, 32_767).astype("<i2").tobytes()


def _sounds(random: Generator) -> Iterator[tuple[str, Sound]]:
    yield from _steady(random)
    yield from _of_things(random)
    yield from _of_people(random)
    yield from _of_music(random)
    yield from _of_telephones(random)
    yield from _of_faults(random)


def _steady(random: Generator) -> Iterator[tuple[str, Sound]]:
    yield "silence", np.zeros(10 * RATE)
    yield "hum 50 Hz -55 dBFS", sources.hum(8, 50, -55)
    yield "hum 60 Hz -30 dBFS", sources.hum(8, 60, -30)
    for name, slope in _COLOURS.items():
        for level in _LEVELS:
            yield f"{name} noise {level} dBFS", sources.coloured(random, 6, slope, level)
    yield "fan", sources.fan(random, 20)
    yield "rain", sources.rain(random, 20)


def _of_things(random: Generator) -> Iterator[tuple[str, Sound]]:
    yield "noise bursts", sources.bursts(random, 30)
    yield "door knocks", sources.knocks(random, 20)
    yield "keyboard, laptop", sources.typing(random, 20, brightness_hz=2200, dbfs=-28)
    yield "keyboard, mechanical", sources.typing(random, 20, brightness_hz=3500, dbfs=-14)
    yield "keyboard, heavy", sources.typing(random, 20, brightness_hz=900, dbfs=-18)
    yield "mouse clicks", sources.mouse_clicks(random, 12)


def _of_people(random: Generator) -> Iterator[tuple[str, Sound]]:
    yield "breaths", sources.breaths(random, 25)
    yield "coughs", sources.coughs(random, 25)


def _of_music(random: Generator) -> Iterator[tuple[str, Sound]]:
    yield "organ chords", tones.chords(random, 20)
    yield "arpeggios", tones.arpeggios(random, 20)
    yield "drum loop", tones.drums(random, 20)
    yield "low strings", tones.melody(random, 20, lowest=45)
    yield "high strings", tones.melody(random, 20, lowest=62)
    yield "plucked strings", tones.plucked(random, 20)
    yield (
        "band",
        0.6
        * (
            tones.drums(random, 20) + tones.melody(random, 20, lowest=57) + tones.chords(random, 20)
        ),
    )
    yield "whistle", tones.whistle(random, 20)
    yield "siren", tones.siren(16)


def _of_telephones(random: Generator) -> Iterator[tuple[str, Sound]]:
    yield "dialling", tones.dialling(random, 12)
    yield "ringing tone", tones.ringing(12)
    yield "busy tone", tones.busy(8)
    yield "ringer", tones.bell(12)


def _of_faults(random: Generator) -> Iterator[tuple[str, Sound]]:
    # A silent mu-law line whose lowest bits flip: its smallest steps at 8 kHz, each held twice.
    codes = encode_ulaw(_as_pcm(sources.coloured(random, 5, 0.0, -78)))
    yield (
        "mu-law idle",
        np.repeat(np.where(np.frombuffer(codes, np.uint8) & 1, 8.0, -8.0), 2) / (32_768),
    )
    yield "clipped noise", np.clip(4 * sources.coloured(random, 8, 1.0, -12), -1, 1)
    yield "clipped tone", np.clip(3 * tones.melody(random, 8, lowest=50, dbfs=-10), -1, 1)
    yield "offset", sources.coloured(random, 8, 0.0, -60) + 0.3
    steps = np.repeat(random.uniform(-0.4, 0.4, 16), RATE // 2)
    yield "offset steps", sources.coloured(random, 8, 0.0, -55) + steps
