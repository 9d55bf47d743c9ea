from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import permutations

import numpy as np
import pytest
from numpy.typing import NDArray

from vivavoce.audio.resample import Resampler

Samples = NDArray[np.int16]
Tone = Callable[[float, int, int], Samples]
Pieces = Callable[[bytes], Iterator[bytes]]

RATES = (8000, 16000, 22050, 24000, 32000, 44100, 48000)
PAIRS = list(permutations(RATES, 2))


def _stream(resampler: Resampler, pieces: Iterator[bytes]) -> Samples:
    joined = b"".join(resampler.push(piece) for piece in pieces) + resampler.flush()
    return np.frombuffer(joined, dtype=np.int16)


@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_a_stream_of_any_length_keeps_its_duration_to_the_sample(
    source: int, target: int, tone: Tone, pieces: Pieces
) -> None:
    resampler = Resampler(source, target)
    for samples in (1, 2, 17, 100, 997, 12_345):
        out = _stream(resampler, pieces(tone(440, samples, source).tobytes()))
        assert abs(len(out) - samples * target / source) <= 0.5


@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_a_tone_comes_out_in_phase_and_clean(
    source: int, target: int, tone: Tone, pieces: Pieces
) -> None:
    out = _stream(Resampler(source, target), pieces(tone(990, source, source).tobytes()))
    expected = tone(990, target, target).astype(float)
    # The last 2 ms ring against the silence that follows them.
    inside = slice(target // 100, -target // 100)
    error = out[inside] - expected[inside]
    # 70 dB below the tone.
    assert np.std(error) < np.std(expected) / 10**3.5


def test_what_the_target_rate_cannot_carry_is_filtered_out(tone: Tone, pieces: Pieces) -> None:
    heard = _stream(Resampler(24000, 8000), pieces(tone(6000, 24000, 24000).tobytes()))
    assert np.abs(heard[80:-80]).max() < 8000 / 1000


def test_the_sizes_of_the_pieces_leave_no_trace(tone: Tone, pieces: Pieces) -> None:
    pcm = tone(440, 24_000, 24_000).tobytes()
    whole = _stream(Resampler(24_000, 44_100), iter([pcm]))
    assert np.array_equal(_stream(Resampler(24_000, 44_100), pieces(pcm)), whole)


def test_after_a_flush_it_is_as_new(tone: Tone, pieces: Pieces) -> None:
    pcm = tone(440, 5000, 24_000).tobytes()
    resampler = Resampler(24_000, 16_000)
    first = _stream(resampler, pieces(pcm))
    assert np.array_equal(_stream(resampler, pieces(pcm)), first)
    assert resampler.flush() == b""


@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_no_more_than_5_ms_are_held_back(source: int, target: int, tone: Tone) -> None:
    out = Resampler(source, target).push(tone(440, source // 10, source).tobytes())
    assert len(out) / 2 / target >= 0.095


def test_equal_rates_pass_through_at_once() -> None:
    resampler = Resampler(24_000, 24_000)
    assert resampler.push(b"\x01\x02\x03\x04") == b"\x01\x02\x03\x04"
    assert resampler.flush() == b""


def test_nothing_in_gives_nothing_out() -> None:
    resampler = Resampler(24_000, 8000)
    assert resampler.push(b"") == b""
    assert resampler.flush() == b""
