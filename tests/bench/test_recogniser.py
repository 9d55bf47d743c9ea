"""Speech to text and back: what the recogniser is given, and what it makes of it."""

from __future__ import annotations

import io
import wave
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pytest
from hibari import Hibari

from bench.recogniser import (
    SAMPLE_RATE,
    Recogniser,
    decode_audio,
    resample,
    speech_pieces,
    word_error_rate,
)

Floats = npt.NDArray[np.float32]


@pytest.fixture(scope="module")
def recogniser() -> Recogniser:
    return Recogniser()


@pytest.fixture(scope="module")
def voice() -> Hibari:
    return Hibari()


def _tone(seconds: float) -> Floats:
    time = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    return (0.1 * np.sin(2 * np.pi * 220 * time)).astype(np.float32)


def _silence(seconds: float) -> Floats:
    return np.zeros(int(seconds * SAMPLE_RATE), np.float32)


def _wave_file(samples: Floats, rate: int) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(rate)
        writer.writeframes((samples * 32767).astype("<i2").tobytes())
    return file.getvalue()


def test_a_spoken_sentence_comes_back_as_text(recogniser: Recogniser, voice: Hibari) -> None:
    sentence = "Dr. Smith paid $5.50 for the coffee on March 14th, and left."
    heard = recogniser.transcribe(resample(voice(sentence, seed=1), 24_000))
    assert word_error_rate(sentence, heard) == 0


def test_speech_longer_than_the_model_takes_at_once_comes_back_whole(
    recogniser: Recogniser, voice: Hibari
) -> None:
    sentences = [
        "The quick brown fox jumps over the lazy dog.",
        "We walked along the river until the sun went down behind the hills.",
        "Every great story begins with a question that nobody can answer.",
        "The museum is closed on Mondays, but the garden is always open.",
    ]
    speech = np.concatenate([voice(sentence, seed=1) for sentence in sentences])
    assert len(speech) > 10 * 24_000
    heard = recogniser.transcribe(resample(speech, 24_000))
    assert word_error_rate(" ".join(sentences), heard) < 0.05


@pytest.mark.parametrize("seconds", [0, 0.01, 3])
def test_silence_is_not_transcribed(recogniser: Recogniser, seconds: float) -> None:
    assert recogniser.transcribe(_silence(seconds)) == ""


def test_pieces_are_cut_in_the_longest_pause_within_reach() -> None:
    audio = np.concatenate(
        [
            *(_silence(1), _tone(3), _silence(0.2), _tone(2), _silence(0.6)),
            *(_tone(2), _silence(0.2), _tone(3), _silence(1)),
        ]
    )
    edges = np.asarray(speech_pieces(audio)).flatten() / SAMPLE_RATE
    assert edges == pytest.approx([0.9, 6.3, 6.7, 12.1], abs=0.04)


def test_speech_without_any_pause_is_cut_all_the_same() -> None:
    pieces = speech_pieces(_tone(25))
    assert max(end - start for start, end in pieces) <= 9 * SAMPLE_RATE
    assert pieces[0][0] == 0
    assert pieces[-1][1] == 25 * SAMPLE_RATE
    assert all(after[0] < before[1] for before, after in pairwise(pieces))


@pytest.mark.parametrize("rate", [8_000, 16_000, 24_000, 44_100])
def test_an_audio_file_is_decoded_to_what_the_recogniser_takes(rate: int) -> None:
    time = np.arange(rate) / rate
    tone = (0.5 * np.sin(2 * np.pi * 440 * time)).astype(np.float32)
    decoded = decode_audio(_wave_file(tone, rate))
    assert decoded.dtype == np.float32
    assert len(decoded) == SAMPLE_RATE
    spectrum = np.abs(np.fft.rfft(decoded))
    assert spectrum.argmax() == 440
    assert np.abs(decoded[1000:-1000]).max() == pytest.approx(0.5, abs=0.01)
