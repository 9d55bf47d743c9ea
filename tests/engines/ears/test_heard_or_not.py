"""From sound to text with every part in place: noise says nothing, and no word is lost."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from bench.noises import mix, standard_noises
from bench.recogniser import resample
from vivavoce.core.pieces import PieceCutter
from vivavoce.core.plausible import is_plausible
from vivavoce.engines.base import EARS_RATE, HearingRequest, SpeechRequest
from vivavoce.engines.ears import moonshine
from vivavoce.engines.ears.silero import Silero
from vivavoce.engines.voices import hibari
from vivavoce.engines.voices.catalog import CATALOG

WORDS = ("Yes.", "No.", "Stop!", "Okay.", "Thank you.")
ROOM = bytes(EARS_RATE)


class Listener:
    def __init__(self, ears: moonshine.Moonshine) -> None:
        self._ears = ears
        self._detector = Silero()

    def texts(self, pcm: bytes) -> list[str]:
        cutter = PieceCutter()
        pieces = cutter.feed(self._detector.judge(pcm).tolist())
        last = cutter.close(len(pcm) // 2)
        texts: list[str] = []
        for piece in pieces if last is None else [*pieces, last]:
            heard = self._ears.hear(HearingRequest(pcm[2 * piece.start : 2 * piece.end]))
            if is_plausible(
                heard.text,
                logprob=heard.logprob,
                tokens=len(heard.tokens),
                speech_s=piece.speech / EARS_RATE,
                likelihood=piece.likelihood,
            ):
                texts.append(heard.text)
        return texts


@pytest.fixture(scope="module")
def listener(tmp_path_factory: pytest.TempPathFactory) -> Listener:
    return Listener(moonshine.load(tmp_path_factory.mktemp("ears")).ears())


@pytest.fixture(scope="module")
def words(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, bytes]]:
    """Every word by every voice, with half a second of silence on either side."""
    engine = hibari.load(tmp_path_factory.mktemp("voices")).engine()
    spoken = []
    for voice, text in itertools.product(CATALOG, WORDS):
        blocks = engine.speak(SpeechRequest(text, voice, pause_ms=0))
        pcm = np.frombuffer(b"".join(block.pcm for block in blocks), "<i2")
        word = resample(pcm.astype(np.float64), engine.sample_rate).astype("<i2").tobytes()
        spoken.append((f"{voice.name}: {text}", ROOM + word + ROOM))
    return spoken


def test_ten_minutes_without_speech_give_no_text(listener: Listener) -> None:
    heard = {noise.name: listener.texts(noise.pcm) for noise in standard_noises()}
    assert {name: texts for name, texts in heard.items() if texts} == {}


def test_no_word_is_lost(listener: Listener, words: list[tuple[str, bytes]]) -> None:
    assert [name for name, pcm in words if len(listener.texts(pcm)) != 1] == []


@pytest.mark.parametrize("kind", ["pink noise -20 dBFS", "rain", "organ chords"])
def test_no_word_is_lost_in_noise(
    listener: Listener, words: list[tuple[str, bytes]], kind: str
) -> None:
    noise = next(noise.pcm for noise in standard_noises() if noise.name == kind)
    # A word is 5 dB above the mean of itself and the silence around it: this is 10 dB below it.
    assert [name for name, pcm in words if len(listener.texts(mix(pcm, noise, 5))) != 1] == []
