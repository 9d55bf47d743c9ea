"""The vocoder against hibari's own signal processing, and against itself in pieces."""

from __future__ import annotations

import hibari as stock
import numpy as np
import pytest
from hibari import dsp

from vivavoce.engines.base import SpeechRequest
from vivavoce.engines.voices import hibari
from vivavoce.engines.voices.catalog import DEFAULT_VOICE
from vivavoce.engines.voices.hibari_reading import read
from vivavoce.engines.voices.hibari_vocoder import HOP, Floats, Vocoder, noise_table

TEXT = "The quick brown fox jumps over the lazy dog while we wait for the rain to stop."


@pytest.fixture(scope="module")
def voice(tmp_path_factory: pytest.TempPathFactory) -> hibari.HibariVoice:
    return hibari.load(tmp_path_factory.mktemp("graphs")).engine()


@pytest.fixture(scope="module")
def encoded(voice: hibari.HibariVoice) -> tuple[Floats, Floats]:
    reading = read(voice.g2p, voice.vocabulary, TEXT)
    features, pitch, _ = voice.encode(reading, SpeechRequest(TEXT, DEFAULT_VOICE))
    return features, pitch


def speak(
    voice: hibari.HibariVoice, encoded: tuple[Floats, Floats], stops: list[int], first: int = 0
) -> Floats:
    vocoder = Vocoder(voice.decoder, *encoded, first_frame=first, seed=1)
    return np.concatenate([vocoder.advance(stop) for stop in [*stops, vocoder.frames]])


def signal_to_noise_db(reference: Floats, other: Floats) -> float:
    noise = np.square(reference - other).mean(dtype=np.float64)
    return float(10 * np.log10(np.square(reference).mean(dtype=np.float64) / max(noise, 1e-20)))


class _Rows:
    """Stands in for numpy's generator: the noise the vocoder will draw for seed 1."""

    def __init__(self, frames: int) -> None:
        self._rows = np.random.default_rng(1).integers(0, len(noise_table()), frames)

    def standard_normal(self, shape: tuple[int, int], dtype: type) -> Floats:
        rows = np.ascontiguousarray(noise_table()[self._rows].T)
        return rows.view(np.float32)


def test_one_long_run_equals_hibaris_own_arithmetic(
    voice: hibari.HibariVoice, encoded: tuple[Floats, Floats]
) -> None:
    features, pitch = encoded
    vocoder = Vocoder(voice.decoder, features, pitch, first_frame=0, seed=1)
    head = vocoder._decode(vocoder.frames).T
    parts = [np.ascontiguousarray(part) for part in np.split(head, 5)]
    expected = dsp.synth(*parts, pitch, _Rows(vocoder.frames))
    inner = slice(4 * HOP, -4 * HOP)  # stock tapers its window sum at both silent ends
    ours = speak(voice, encoded, [])
    assert signal_to_noise_db(expected[inner], ours[inner]) > 50


@pytest.mark.parametrize("stops", [[12, 36, 84], [1, 2, 3, 50], [40, 41, 300], [100, 380, 395]])
def test_blocks_of_any_size_sound_like_one_long_run(
    voice: hibari.HibariVoice, encoded: tuple[Floats, Floats], stops: list[int]
) -> None:
    whole = speak(voice, encoded, [])
    pieces = speak(voice, encoded, [stop for stop in stops if stop < encoded[0].shape[2]])
    assert len(pieces) == len(whole) == encoded[0].shape[2] * HOP
    # int8 scales are taken per call; two noise seeds of the stock engine differ by more
    assert signal_to_noise_db(whole, pieces) > 20


def test_starting_later_gives_the_same_samples_from_there(
    voice: hibari.HibariVoice, encoded: tuple[Floats, Floats]
) -> None:
    late = speak(voice, encoded, [], first=18)
    assert np.array_equal(speak(voice, encoded, [])[18 * HOP :], late)


def test_nothing_comes_after_the_end(
    voice: hibari.HibariVoice, encoded: tuple[Floats, Floats]
) -> None:
    vocoder = Vocoder(voice.decoder, *encoded, first_frame=0, seed=1)
    vocoder.advance(10**6)
    assert len(vocoder.advance(10**6)) == 0


def test_the_stock_engine_says_the_sentence_in_the_same_time(
    voice: hibari.HibariVoice, encoded: tuple[Floats, Floats]
) -> None:
    whole = speak(voice, encoded, [])
    reference = stock.Hibari()(TEXT, seed=1)
    assert abs(len(whole) - len(reference)) <= 4 * HOP


def test_the_last_frame_can_be_asked_for_by_itself(
    voice: hibari.HibariVoice, encoded: tuple[Floats, Floats]
) -> None:
    frames = encoded[0].shape[2]
    whole = speak(voice, encoded, [])
    pieces = speak(voice, encoded, [frames - 2, frames - 1])
    assert len(pieces) == len(whole)
