"""Speech for ears, and when each of its words is said: by the neural voice, which knows."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import numpy as np

from bench.recogniser import resample
from vivavoce.engines.base import EARS_RATE, HeardWord, SpeechRequest, Voice
from vivavoce.engines.voices import hibari
from vivavoce.engines.voices.catalog import DEFAULT_VOICE

MARGIN = EARS_RATE // 10


class Spoken(NamedTuple):
    """A sentence at EARS_RATE with MARGIN of silence on either side; `words` have no logprob."""

    pcm: bytes
    words: list[HeardWord]


class Speaker:
    """Says sentences."""

    def __init__(self, cache_dir: Path) -> None:
        self._voice = hibari.load(cache_dir).engine()

    def say(self, text: str, voice: Voice = DEFAULT_VOICE) -> Spoken:
        blocks = list(self._voice.speak(SpeechRequest(text, voice, pause_ms=0)))
        samples = np.frombuffer(b"".join(block.pcm for block in blocks), "<i2") / 32_768
        starts: list[int] = []
        said = 0
        for block in blocks:
            starts += [said + start for start in block.original.starts]
            said += block.samples
        # A word ends where its last letter does; the last one's has silence in it, but for which
        # the sound ends with the word.
        times = [MARGIN + start * EARS_RATE // self._voice.sample_rate for start in [*starts, said]]
        words = []
        for found in re.finditer(r"\S+", text):
            letters = found.start() + len(found.group().rstrip(",.!?"))
            words.append(HeardWord(found.group(), times[found.start()], times[letters], 0.0))
        sound = resample(samples, self._voice.sample_rate)
        quiet = np.zeros(MARGIN)
        pcm = (np.concatenate([quiet, sound, quiet]) * 32_767).astype("<i2").tobytes()
        return Spoken(pcm, words)
