"""Sound for `FakeEars`: words that they hear, silence, and noise that is heard as anything."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from vivavoce.audio.g711 import encode_alaw, encode_ulaw
from vivavoce.audio.inlet import InputCodec, InputFormat
from vivavoce.engines.ears.fake import WORDS

_TONE_S, _GAP_S = 0.2, 0.05
_LOWEST_HZ, _STEP_HZ = 400, 100
_LOUDNESS = 8_000
_ENCODE: Mapping[InputCodec, Callable[[bytes], bytes]] = {
    "pcm": bytes,
    "ulaw": encode_ulaw,
    "alaw": encode_alaw,
}


@dataclass(frozen=True)
class Stretch:
    """Words one after the other, then noise, then silence."""

    words: tuple[str, ...] = ()
    noise_ms: int = 0
    silence_ms: int = 0

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return len(self.words) * (_TONE_S + _GAP_S) + (self.noise_ms + self.silence_ms) / 1000

    def word_starts_s(self) -> Iterator[float]:
        """Seconds from its beginning to that of each word."""
        return (place * (_TONE_S + _GAP_S) for place in range(len(self.words)))


def sound_of(stretches: Iterable[Stretch], fmt: InputFormat) -> bytes:
    """All of them, one after the other."""
    rate = fmt.sample_rate
    parts = [part for one in stretches for part in _parts(one, rate)]
    return _ENCODE[fmt.codec](b"".join(parts))


def _parts(stretch: Stretch, rate: int) -> Iterator[bytes]:
    for word in stretch.words:
        yield _tone(WORDS.index(word), rate)
        yield _silence(_GAP_S, rate)
    if stretch.noise_ms:
        samples = round(stretch.noise_ms / 1000 * rate)
        noise = np.random.default_rng(samples).normal(0, _LOUDNESS, samples)
        yield noise.clip(-32768, 32767).astype("<i2").tobytes()
    yield _silence(stretch.silence_ms / 1000, rate)


def _silence(seconds: float, rate: int) -> bytes:
    return bytes(2 * round(seconds * rate))


@lru_cache(256)
def _tone(word: int, rate: int) -> bytes:
    time_s = np.arange(round(_TONE_S * rate)) / rate
    hertz = _LOWEST_HZ + _STEP_HZ * word
    tone: bytes = (_LOUDNESS * np.sin(2 * np.pi * hertz * time_s)).astype("<i2").tobytes()
    return tone
