"""A voice without a model: tones of exact length, for tests of everything around a voice."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import numpy as np

from vivavoce.engines.base import CharTimes, SpeechBlock, SpeechRequest
from vivavoce.errors import TextNotSpeakable

SAMPLE_RATE = 24_000
CHARACTER_MS = 60
"""How long each character sounds at speed 1, white space included."""

_DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_WORD = re.compile(r"\s*\S+\s*")


class FakeVoice:
    """Speaks 60 ms of tone a character; the pitch of each tells which character it was.

    `words_per_block` words make a block, which takes `block_delay_s` of blocking sleep to make.
    Text that contains `fail_on` breaks the voice with RuntimeError before its first block. Digits
    are spoken as words, so that original and normalized characters differ. `spoken` keeps the
    requests, `warm_ups` how often `warm_up` was called.
    """

    def __init__(
        self,
        *,
        words_per_block: int = 4,
        block_delay_s: float = 0.0,
        fail_on: str | None = None,
        sample_rate: int = SAMPLE_RATE,
    ) -> None:
        self.sample_rate = sample_rate
        self.spoken: list[SpeechRequest] = []
        self.warm_ups = 0
        self._words_per_block = words_per_block
        self._block_delay_s = block_delay_s
        self._fail_on = fail_on

    def warm_up(self) -> None:
        """Counts, and does nothing else."""
        self.warm_ups += 1

    def speak(self, request: SpeechRequest) -> Iterator[SpeechBlock]:
        """See `VoiceEngine.speak`; the language of this voice is written in ASCII letters."""
        self.spoken.append(request)
        if self._fail_on is not None and self._fail_on in request.text:
            raise RuntimeError(f"told to fail on {self._fail_on!r}")
        letters = [char for char in request.text if char.isalpha()]
        if letters and not any(char.isascii() for char in letters):
            raise TextNotSpeakable("No letter of the text is one that this voice has.")
        pieces = self._pieces(request.text)
        for index, piece in enumerate(pieces):
            if self._block_delay_s:
                time.sleep(self._block_delay_s)
            pause_ms = request.pause_ms if index == len(pieces) - 1 else 0
            yield self._block(piece, request, pause_ms)

    def _pieces(self, text: str) -> list[str]:
        whole = text if text[-1:].isspace() else text + " "
        words = _WORD.findall(whole) or [whole]
        size = self._words_per_block
        return ["".join(words[i : i + size]) for i in range(0, len(words), size)]

    def _block(self, text: str, request: SpeechRequest, pause_ms: int) -> SpeechBlock:
        speaks = any(char.isalnum() for char in request.text)
        char_samples = round(self.sample_rate * CHARACTER_MS / 1000 / request.speed)
        tones = [self._tone(char, char_samples, request, speaks) for char in text]
        silence = np.zeros(self.sample_rate * pause_ms // 1000, dtype=np.int16)
        starts = [index * char_samples for index in range(len(text))]
        return SpeechBlock(
            pcm=np.concatenate([*tones, silence]).astype("<i2").tobytes(),
            original=CharTimes(text, starts),
            normalized=_normalized(text, starts, char_samples),
        )

    def _tone(
        self, char: str, samples: int, request: SpeechRequest, speaks: bool
    ) -> np.ndarray[tuple[int], np.dtype[np.int16]]:
        if char.isspace() or not speaks:
            return np.zeros(samples, dtype=np.int16)
        step = (ord(char) + request.seed) % 24
        hertz = 300 * request.voice.pitch * (1 + 0.02 * request.intonation * step)
        phase = 2 * np.pi * hertz / self.sample_rate * np.arange(samples)
        return np.asarray(8000 * np.sin(phase), dtype=np.int16)


def _normalized(text: str, starts: list[int], char_samples: int) -> CharTimes:
    """`text` with digits in words, each sharing its digit's time."""
    chars: list[str] = []
    times: list[int] = []
    for char, start in zip(text, starts, strict=True):
        word = _DIGITS[int(char)] if char.isascii() and char.isdigit() else char
        chars.append(word)
        times.extend(start + index * char_samples // len(word) for index in range(len(word)))
    return CharTimes("".join(chars), times)
