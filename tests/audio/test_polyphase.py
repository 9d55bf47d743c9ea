from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from vivavoce.audio.polyphase import PolyphaseResampler, is_regular, to_pcm

Samples = NDArray[np.float64]

TARGET = 16_000
RATES = (8000, 11_025, 12_000, 22_050, 24_000, 32_000, 44_100, 48_000, 88_200, 96_000, 192_000)
RAISED = [rate for rate in RATES if rate < TARGET]
LOWERED = [rate for rate in RATES if rate > TARGET]
FULL = 10_000.0


def _sine(hertz: float, rate: int, seconds: float = 0.48) -> Samples:
    return FULL * np.sin(2 * np.pi * hertz * np.arange(round(rate * seconds)) / rate)


def _whole(samples: Samples, rate: int) -> Samples:
    resampler = PolyphaseResampler(rate, TARGET)
    return np.concatenate([resampler.push(samples), resampler.flush()])


def _inside(samples: Samples) -> Samples:
    """Without the ends, where the filter meets the silence before and after."""
    return samples[100:-100]


def _decibels(samples: Samples) -> float:
    return 20 * float(np.log10(np.std(samples) * np.sqrt(2) / FULL + 1e-12))


def _others(samples: Samples, hertz: float) -> float:
    """The loudest line of the spectrum that is not at `hertz`, in decibels below full."""
    window = np.blackman(len(samples))
    lines = np.abs(np.fft.rfft(samples * window)) / window.sum() * 2
    at = np.fft.rfftfreq(len(samples), 1 / TARGET)
    return 20 * float(np.log10(lines[abs(at - hertz) > 50].max() / FULL + 1e-12))


@pytest.mark.parametrize("rate", LOWERED)
@pytest.mark.parametrize("hertz", [100, 1000, 3400, 6000, 6900])
def test_speech_passes_a_lowering_as_it_is_and_in_time(rate: int, hertz: float) -> None:
    error = _inside(_whole(_sine(hertz, rate), rate) - _sine(hertz, TARGET))
    assert _decibels(error) < -50


@pytest.mark.parametrize("rate", RAISED)
@pytest.mark.parametrize("band", [0.02, 0.25, 0.5, 0.8])
def test_speech_passes_a_raising_as_it_is_and_in_time(rate: int, band: float) -> None:
    hertz = band * rate / 2
    error = _inside(_whole(_sine(hertz, rate), rate) - _sine(hertz, TARGET))
    assert _decibels(error) < -50


@pytest.mark.parametrize("rate", LOWERED)
def test_what_would_be_heard_at_a_wrong_pitch_is_60_db_down(rate: int) -> None:
    for hertz in np.linspace(8010, rate / 2 - 10, 23):
        assert _decibels(_inside(_whole(_sine(float(hertz), rate), rate))) < -60


@pytest.mark.parametrize("rate", RAISED)
def test_raising_a_rate_leaves_no_image(rate: int) -> None:
    for hertz in np.linspace(100, 0.95 * rate / 2, 23):
        image = _others(_inside(_whole(_sine(float(hertz), rate), rate)), float(hertz))
        assert image < -60


def test_a_telephone_keeps_its_band() -> None:
    assert _decibels(_inside(_whole(_sine(3400, 8000), 8000))) > -1


@pytest.mark.parametrize("rate", RATES)
def test_silence_and_a_constant_stay_what_they_are(rate: int) -> None:
    assert not _whole(np.zeros(rate // 10), rate).any()
    constant = _inside(_whole(np.full(rate // 10, 1000.0), rate))
    assert np.allclose(constant, 1000, atol=1e-6)


@settings(max_examples=60)
@given(
    st.sampled_from(RATES),
    st.integers(0, 9000),
    st.lists(st.integers(0, 9000), max_size=12),
)
def test_the_sizes_of_the_pieces_leave_no_trace(rate: int, samples: int, cuts: list[int]) -> None:
    sound = np.random.default_rng(samples).normal(0, 5000, samples)
    resampler = PolyphaseResampler(rate, TARGET)
    bounds = [0, *sorted(min(cut, samples) for cut in cuts), samples]
    parts = [resampler.push(sound[start:end]) for start, end in pairwise(bounds)]
    pieced = np.concatenate([*parts, resampler.flush()])
    assert np.allclose(pieced, _whole(sound, rate), rtol=0, atol=1e-8)


@pytest.mark.parametrize("rate", RATES)
def test_a_stream_of_any_length_keeps_its_duration_to_the_sample(rate: int) -> None:
    for samples in (0, 1, 2, 17, 100, 997, 12_345):
        out = _whole(np.ones(samples), rate)
        assert abs(len(out) - samples * TARGET / rate) <= 0.5


@pytest.mark.parametrize("rate", RATES)
def test_less_than_2_ms_are_held_back(rate: int) -> None:
    given_ms = 1000 * len(PolyphaseResampler(rate, TARGET).push(np.ones(rate // 10))) / TARGET
    assert 100 - given_ms < 2


def test_after_a_flush_it_is_as_new() -> None:
    resampler = PolyphaseResampler(44_100, TARGET)
    sound = _sine(440, 44_100, 0.05)
    first = np.concatenate([resampler.push(sound), resampler.flush()])
    second = np.concatenate([resampler.push(sound), resampler.flush()])
    assert np.array_equal(first, second)
    assert not len(resampler.flush())


@pytest.mark.parametrize("rate", RATES)
def test_every_usual_rate_is_regular(rate: int) -> None:
    assert is_regular(rate, TARGET)


def test_an_odd_rate_is_refused_before_it_takes_memory() -> None:
    assert not is_regular(44_101, TARGET)
    with pytest.raises(ValueError, match="44101"):
        PolyphaseResampler(44_101, TARGET)


def test_pcm_is_rounded_and_clipped_never_wrapped() -> None:
    samples = np.array([0.4, -0.6, 32767.4, 40_000.0, -32768.4, -1e9])
    expected = [0, -1, 32767, 32767, -32768, -32768]
    assert np.frombuffer(to_pcm(samples), "<i2").tolist() == expected
