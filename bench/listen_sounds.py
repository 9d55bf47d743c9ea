"""What the listening measurements have the server hear: our own voice, with its word times."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from scipy.signal import resample_poly

from bench.recogniser import SAMPLE_RATE, Floats, resample
from vivavoce.audio.g711 import encode_ulaw
from vivavoce.config import Settings
from vivavoce.engines.base import SpeechRequest
from vivavoce.engines.voices.catalog import DEFAULT_VOICE
from vivavoce.engines.voices.hibari import load

AUDIBLE: Final = 0.01
"""Of full scale: below it is silence."""
TELEPHONE_RATE: Final = 8_000

_WORD = re.compile(r"\S+")


class TimedWord(NamedTuple):
    """A word with its punctuation, and when it sounds, in seconds."""

    text: str
    start_s: float
    end_s: float


class Utterance(NamedTuple):
    """A text and how it was spoken: float32 samples at 16 kHz, and when each of its words is."""

    text: str
    spoken: str
    """With dates, times and units in words, as the voice reads them."""
    samples: Floats
    words: tuple[TimedWord, ...]

    @property
    def speech_s(self) -> float:
        """From the first audible sample to the last."""
        first, end = audible_span(self.samples)
        return (end - first) / SAMPLE_RATE


class Speaker:
    """The server's English voice without a server: equal texts give equal samples."""

    def __init__(self) -> None:
        self._voice = load(Settings().cache_dir).engine()

    def say(self, text: str) -> Utterance:
        """`text` as the default voice speaks it, with the voice's own word times."""
        pcm, chars, spoken, starts = b"", "", "", list[int]()
        for block in self._voice.speak(SpeechRequest(text, DEFAULT_VOICE)):
            before = len(pcm) // 2
            chars += block.original.chars
            spoken += block.normalized.chars
            starts += [before + start for start in block.original.starts]
            pcm += block.pcm
        rate = self._voice.sample_rate
        samples = resample(from_pcm(pcm), rate)
        heard_until_s = audible_span(samples)[1] / SAMPLE_RATE
        words = timed_words(chars, [start / rate for start in starts], heard_until_s)
        return Utterance(text, spoken.strip(), samples, words)

    def say_all(self, texts: Sequence[str]) -> list[Utterance]:
        """Each of `texts`."""
        return [self.say(text) for text in texts]


def timed_words(
    chars: str, starts_s: Sequence[float], heard_until_s: float
) -> tuple[TimedWord, ...]:
    """Words out of the times at which characters start.

    A word begins with its first letter or digit and ends where what follows its last one begins.
    None ends after `heard_until_s`: the last character's time lasts into the silence at the end.
    """
    words = []
    for match in _WORD.finditer(chars):
        sounding = [at for at in range(*match.span()) if chars[at].isalnum()]
        if sounding:
            after = sounding[-1] + 1
            end_s = starts_s[after] if after < len(chars) else heard_until_s
            words.append(TimedWord(match[0], starts_s[sounding[0]], min(end_s, heard_until_s)))
    return tuple(words)


def audible_span(samples: Floats) -> tuple[int, int]:
    """The first audible sample, and the one after the last. Raises ValueError for silence."""
    audible = np.flatnonzero(np.abs(samples) > AUDIBLE)
    if not len(audible):
        raise ValueError("nothing is audible")
    return int(audible[0]), int(audible[-1]) + 1


def without_tail(samples: Floats) -> Floats:
    """Up to the last audible sample."""
    return samples[: audible_span(samples)[1]]


def with_lead(utterance: Utterance, seconds: float) -> Utterance:
    """An utterance that begins with silence."""
    words = (
        TimedWord(word.text, word.start_s + seconds, word.end_s + seconds)
        for word in utterance.words
    )
    samples = np.concatenate([silence(seconds), utterance.samples])
    return utterance._replace(samples=samples, words=tuple(words))


def silence(seconds: float, rate: int = SAMPLE_RATE) -> Floats:
    """Zeros at `rate` Hz."""
    return np.zeros(round(seconds * rate), np.float32)


def from_pcm(pcm: bytes) -> Floats:
    """Float32 in -1 to 1 out of 16-bit little-endian."""
    samples: Floats = np.frombuffer(pcm, "<i2").astype(np.float32) / np.float32(32768)
    return samples


def as_pcm(samples: Floats) -> bytes:
    """16-bit little-endian; what is too loud is clipped."""
    return (np.clip(samples, -1.0, 1.0) * 32767).astype("<i2").tobytes()


def as_telephone(samples: Floats) -> bytes:
    """Samples at 16 kHz as mu-law at 8 kHz."""
    halved: Floats = resample_poly(samples, TELEPHONE_RATE, SAMPLE_RATE).astype(np.float32)
    return encode_ulaw(as_pcm(halved))


def from_telephone(line: bytes) -> Floats:
    """Mu-law at 8 kHz as samples at 16 kHz: each code is the mean of what it stands for."""
    every = np.arange(-32768, 32768, dtype="<i2")
    codes = np.frombuffer(encode_ulaw(every.tobytes()), np.uint8)
    levels = np.bincount(codes, every, 256) / np.maximum(np.bincount(codes, minlength=256), 1)
    return resample(levels[np.frombuffer(line, np.uint8)] / 32768, TELEPHONE_RATE)
