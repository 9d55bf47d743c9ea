"""What clients are told of speech, held against what was said."""

from __future__ import annotations

import re
import wave
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import numpy as np

from bench.recogniser import word_error_rate
from tests.integration.clients.timing import cut
from tests.integration.end_to_end.server_process import ServerProcess

TimedWord = tuple[str, float, float]
MustSay = Callable[..., None]

# Where a word begins and ends is found among frames of 20 ms, by a model that was not made for it.
_TOLERANCE_S = 0.3

_GOODBYE = re.compile(r"\bgood[- ]?bye?\b")


class Utterance(NamedTuple):
    """Two sentences in a WAV file, mono at 16 kHz; `turn` is the word that begins the second."""

    text: str
    turn: str
    path: Path

    @property
    def seconds(self) -> float:
        """How long it sounds."""
        with wave.open(str(self.path)) as file:
            return file.getnframes() / file.getframerate()

    def must_be(self, text: str) -> None:
        """Fails unless `text` has its words."""
        assert word_error_rate(self.text, text) == 0, f"{self.text!r}, but read {text!r}"

    def must_be_timed(
        self, words: Iterable[TimedWord], must_say: MustSay, *, start_s: float = 0.0
    ) -> None:
        """Fails unless the words are its own, and sound when they are said to.

        It begins `start_s` into the sound that the times are of.
        """
        spoken, starts, ends = map(list, zip(*words, strict=True))
        self.must_be(" ".join(spoken))
        assert all(map(float.__le__, starts, ends))
        assert starts == sorted(starts)
        assert abs(starts[0] - start_s) < _TOLERANCE_S
        assert abs(ends[-1] - start_s - self.seconds) < _TOLERANCE_S
        second = next(place for place, word in enumerate(spoken) if word == self.turn)
        pause_s = (ends[second - 1] + starts[second]) / 2 - start_s
        before, after = self.text.split(f" {self.turn} ")
        first_half, second_half = cut(self._samples(), pause_s)
        must_say(before, first_half)
        must_say(f"{self.turn} {after}", second_half)

    def _samples(self) -> Any:
        with wave.open(str(self.path)) as file:
            pcm = np.frombuffer(file.readframes(file.getnframes()), "<i2")
        return pcm.astype(np.float32) / 32_768


def record(server: ServerProcess, text: str, path: Path) -> None:
    """The server's own voice reads `text` into a WAV file."""
    said = httpx.post(
        f"{server.http}/v1/text-to-speech/Rachel",
        params={"output_format": "wav_16000"},
        json={"text": text},
        timeout=60,
        trust_env=False,
    )
    path.write_bytes(said.raise_for_status().content)


def spoken_words(text: str) -> str:
    """What is left of a text as people hear it; our ears spell one word in three ways."""
    return " ".join(re.findall(r"[a-z]+", _GOODBYE.sub("goodbye", text.lower())))


def timed(words: Iterable[Mapping[str, Any]]) -> list[TimedWord]:
    """The words among `words` as Scribe writes them; fails where one is unlikely, or all sure."""
    told = [word for word in words if word["type"] == "word"]
    assert all(-3 < word["logprob"] <= 0 for word in told), told
    assert any(word["logprob"] < 0 for word in told), told
    return [(word["text"], word["start"], word["end"]) for word in told]
