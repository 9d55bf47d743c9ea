"""Ears and a detector without a model: tones are words, for tests of everything around ears."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from vivavoce.engines.base import ACTIVITY_HOP, EARS_RATE, Heard, HeardWord, HearingRequest

WORDS = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
    *("Hello,", "world.", "Good", "morning.", "Goodbye!", "Yes.", "No.", "Why?"),
)
WORD_SAMPLES = EARS_RATE // 5
"""How long a word sounds: 200 ms."""
GAP_SAMPLES = EARS_RATE // 20
"""The silence after each word of `FakeEars.sound_of`: 50 ms."""

_FRAME = EARS_RATE // 100
_SHORTEST_WORD = 3 * _FRAME
_LEVEL = 300.0
"""-41 dB of full scale: over the noise of a codec, under any speech."""
_LOUDNESS = 8_000
_LOWEST_HZ, _STEP_HZ = 400, 100
"""All words but the 30th and later pass a telephone's 3400 Hz."""


class FakeEars:
    """Hears a word in every 200 ms of sound; the pitch says which one of `words` it is.

    Word `n` is a tone of 400 + 100 n Hz, which survives resampling and codecs: `sound_of` makes
    one. Silence is no word, and any other sound the word whose tone is nearest. The tokens are the
    words' numbers, so that those of a piece which goes on extend those of its beginning, and a
    `draft` makes no difference. A hearing takes `delay_s` of blocking sleep. A piece with the word
    `fail_on` breaks the ears with RuntimeError. `heard` keeps the requests, `warm_ups` how often
    `warm_up` was called.
    """

    def __init__(
        self,
        words: Sequence[str] = WORDS,
        *,
        languages: tuple[str, ...] = ("en",),
        delay_s: float = 0.0,
        fail_on: str | None = None,
    ) -> None:
        self.languages = languages
        self.heard: list[HearingRequest] = []
        self.warm_ups = 0
        self._words = tuple(words)
        self._delay_s = delay_s
        self._fail_on = fail_on

    def warm_up(self) -> None:
        """Counts, and does nothing else."""
        self.warm_ups += 1

    def hear(self, request: HearingRequest) -> Heard:
        """See `Ears.hear`."""
        self.heard.append(request)
        if self._delay_s:
            time.sleep(self._delay_s)
        words, tokens = [], []
        for start, end, token in self._tones(_samples(request.pcm)):
            words.append(HeardWord(self._words[token], start, end, _logprob(token)))
            tokens.append(token)
        texts = [word.text for word in words]
        if self._fail_on in texts:
            raise RuntimeError(f"told to fail on {self._fail_on!r}")
        return Heard(
            text=" ".join(texts),
            tokens=tuple(tokens),
            logprob=sum(word.logprob for word in words) / (len(words) + 1),
            words=tuple(words) if request.word_times else (),
        )

    def sound_of(self, text: str) -> bytes:
        """16-bit mono at EARS_RATE that is heard as `text`, 250 ms a word.

        Raises ValueError for a word that is none of `words`.
        """
        time_s = np.arange(WORD_SAMPLES) / EARS_RATE
        gap = np.zeros(GAP_SAMPLES, np.int16)
        sound = [gap[:0]]
        for word in text.split():
            hertz = _LOWEST_HZ + _STEP_HZ * self._words.index(word)
            tone = _LOUDNESS * np.sin(2 * np.pi * hertz * time_s)
            sound += [tone.astype(np.int16), gap]
        return np.concatenate(sound).astype("<i2").tobytes()

    def _tones(self, samples: npt.NDArray[np.int16]) -> Iterator[tuple[int, int, int]]:
        """Start, end and word of each tone."""
        for start, end in _loud_stretches(samples):
            if end - start < _SHORTEST_WORD:
                continue
            count = max(1, round((end - start) / WORD_SAMPLES))
            for from_, to in pairwise(np.linspace(start, end, count + 1).astype(int).tolist()):
                yield from_, to, self._token(samples[from_:to])

    def _token(self, tone: npt.NDArray[np.int16]) -> int:
        spectrum = np.abs(np.fft.rfft(tone * np.hanning(len(tone)), EARS_RATE))
        hertz = int(spectrum.argmax())  # a second of samples: a bin is 1 Hz
        return min(max(round((hertz - _LOWEST_HZ) / _STEP_HZ), 0), len(self._words) - 1)


class FakeActivityStream:
    """One stream of a `FakeDetector`."""

    def __init__(self, level: float) -> None:
        self._level = level
        self._waiting = b""

    def feed(self, pcm: bytes) -> list[float]:
        """See `ActivityStream.feed`."""
        self._waiting += pcm
        whole = len(self._waiting) // (2 * ACTIVITY_HOP) * (2 * ACTIVITY_HOP)
        hops, self._waiting = self._waiting[:whole], self._waiting[whole:]
        probabilities: list[float] = _judged(hops, self._level).tolist()
        return probabilities


class FakeDetector:
    """Takes a hop for speech (1.0, else 0.0) when its root mean square is over `level`."""

    def __init__(self, *, level: float = _LEVEL) -> None:
        """`level` in units of a 16-bit sample."""
        self._level = level

    def stream(self) -> FakeActivityStream:
        """See `ActivityDetector.stream`."""
        return FakeActivityStream(self._level)

    def judge(self, pcm: bytes) -> npt.NDArray[np.float32]:
        """See `ActivityDetector.judge`."""
        short_of_a_hop = -len(pcm) % (2 * ACTIVITY_HOP)
        return _judged(pcm + bytes(short_of_a_hop), self._level)


def _samples(pcm: bytes) -> npt.NDArray[np.int16]:
    return np.frombuffer(pcm, "<i2").astype(np.int16, copy=False)


def _loud(pcm: npt.NDArray[np.int16], size: int, level: float) -> npt.NDArray[np.bool_]:
    frames = pcm[: len(pcm) // size * size].reshape(-1, size).astype(np.float32)
    return np.asarray((frames**2).mean(axis=1) > level**2)


def _judged(hops: bytes, level: float) -> npt.NDArray[np.float32]:
    return _loud(_samples(hops), ACTIVITY_HOP, level).astype(np.float32)


def _loud_stretches(samples: npt.NDArray[np.int16]) -> Iterator[tuple[int, int]]:
    loud = _loud(samples, _FRAME, _LEVEL)
    edges = np.flatnonzero(np.diff(loud, prepend=False, append=False)) * _FRAME
    starts, ends = edges[::2].tolist(), edges[1::2].tolist()
    return zip(starts, ends, strict=True)


def _logprob(token: int) -> float:
    """Another one for each word, so that a test can tell them apart."""
    return -0.01 * (token + 1)
