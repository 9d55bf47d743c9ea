from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from vivavoce.audio.g711 import encode_alaw, encode_ulaw
from vivavoce.audio.inlet import (
    HEARING_RATE,
    INPUT_FORMATS,
    Inlet,
    InputFormat,
    parse_input_format,
)
from vivavoce.errors import UnsupportedFormat

Samples = NDArray[np.int16]
Tone = Callable[[float, int, int], Samples]
Pieces = Callable[[bytes], Iterator[bytes]]

NAMES = sorted(INPUT_FORMATS)
_WRITERS: dict[str, Callable[[bytes], bytes]] = {
    "pcm": bytes,
    "ulaw": encode_ulaw,
    "alaw": encode_alaw,
}


def _written(pcm: bytes, input_format: InputFormat) -> bytes:
    return _WRITERS[input_format.codec](pcm)


def _heard(input_format: InputFormat, pieces: Iterator[bytes]) -> Samples:
    inlet = Inlet(input_format)
    joined = b"".join(inlet.feed(piece) for piece in pieces) + inlet.flush()
    return np.frombuffer(joined, "<i2")


@pytest.mark.parametrize(
    ("name", "codec", "rate"),
    [
        ("pcm_8000", "pcm", 8000),
        ("pcm_16000", "pcm", 16_000),
        ("pcm_22050", "pcm", 22_050),
        ("pcm_24000", "pcm", 24_000),
        ("pcm_32000", "pcm", 32_000),
        ("pcm_44100", "pcm", 44_100),
        ("pcm_48000", "pcm", 48_000),
        ("ulaw_8000", "ulaw", 8000),
        ("alaw_8000", "alaw", 8000),
    ],
)
def test_a_format_is_found_by_its_name(name: str, codec: str, rate: int) -> None:
    found = parse_input_format(name)
    assert (found.codec, found.sample_rate) == (codec, rate)


@pytest.mark.parametrize("name", ["", "pcm", "pcm_11025", "PCM_16000", "mp3_44100_128", "opus"])
def test_an_unknown_format_is_refused_with_the_list_of_what_there_is(name: str) -> None:
    with pytest.raises(UnsupportedFormat, match=r"pcm_16000.*ulaw_8000") as caught:
        parse_input_format(name)
    assert caught.value.param == "audio_format"


def test_the_refusal_of_a_long_name_is_short() -> None:
    with pytest.raises(UnsupportedFormat) as caught:
        parse_input_format("x" * 100_000)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize("name", NAMES)
def test_a_tone_of_any_format_comes_out_at_its_pitch_and_loudness(
    name: str, tone: Tone, pieces: Pieces
) -> None:
    known = parse_input_format(name)
    sent = tone(990, known.sample_rate, known.sample_rate).tobytes()
    heard = _heard(known, pieces(_written(sent, known)))[100:-100].astype(float)
    expected = tone(990, HEARING_RATE, HEARING_RATE)[100:-100].astype(float)
    # G.711 itself is good for 38 dB.
    allowed_db = 50 if known.codec == "pcm" else 35
    assert np.std(heard - expected) < np.std(expected) / 10 ** (allowed_db / 20)


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=25)
@given(data=st.binary(max_size=6000), cuts=st.lists(st.integers(0, 6000), max_size=10))
def test_the_sizes_of_the_pieces_leave_no_trace(name: str, data: bytes, cuts: list[int]) -> None:
    known = parse_input_format(name)
    bounds = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    pieced = _heard(known, (data[start:end] for start, end in pairwise(bounds)))
    whole = _heard(known, iter([data]))
    assert np.array_equal(pieced, whole)
    samples = len(data) // known.bytes_per_sample
    assert abs(len(whole) - samples * HEARING_RATE / known.sample_rate) <= 0.5


def test_16_khz_passes_untouched_and_at_once() -> None:
    inlet = Inlet(InputFormat("pcm", 16_000))
    data = bytes(range(256))
    assert inlet.feed(data) == data
    assert inlet.flush() == b""


@pytest.mark.parametrize("name", NAMES)
def test_bytes_one_at_a_time_make_whole_samples(name: str, tone: Tone) -> None:
    known = parse_input_format(name)
    data = _written(tone(440, 300, known.sample_rate).tobytes(), known)
    single = _heard(known, (data[at : at + 1] for at in range(len(data))))
    assert np.array_equal(single, _heard(known, iter([data])))


def test_half_a_sample_at_the_end_is_not_heard_and_does_not_shift_what_follows() -> None:
    inlet = Inlet(InputFormat("pcm", 16_000))
    assert inlet.feed(b"\x01\x02\x03") == b"\x01\x02"
    assert inlet.flush() == b""
    assert inlet.feed(b"\x05\x06") == b"\x05\x06"


@pytest.mark.parametrize("name", NAMES)
def test_less_than_2_ms_wait_for_more(name: str) -> None:
    known = parse_input_format(name)
    data = _written(bytes(2 * known.sample_rate // 10), known)
    heard_ms = 1000 * len(Inlet(known).feed(data)) / 2 / HEARING_RATE
    assert 100 - heard_ms < 2


def test_full_scale_is_clipped_never_wrapped() -> None:
    # A square wave rings above full scale.
    square = np.where(np.arange(4800) // 48 % 2, 32767, -32768).astype("<i2")
    heard = _heard(InputFormat("pcm", 48_000), iter([square.tobytes()]))
    assert heard.max() == 32767
    assert heard.min() == -32768
    assert np.array_equal(heard[4:-4] > 0, np.arange(4, len(heard) - 4) // 16 % 2 == 1)


def test_nothing_in_gives_nothing_out() -> None:
    for known in INPUT_FORMATS.values():
        inlet = Inlet(known)
        assert inlet.feed(b"") == b""
        assert inlet.flush() == b""
