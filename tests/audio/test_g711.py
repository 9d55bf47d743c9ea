from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import accumulate, chain, repeat

import numpy as np
import pytest
from numpy.typing import NDArray

from vivavoce.audio.formats import OutputFormat, parse_output_format
from vivavoce.audio.g711 import decode_alaw, decode_ulaw, encode_alaw, encode_ulaw

Samples = NDArray[np.int16]

ALL_SAMPLES = np.arange(-32768, 32768).astype(np.int16)
ALL_CODES = bytes(range(256))


def _codes(encode: Callable[[bytes], bytes], samples: Iterable[int] | Samples) -> list[int]:
    return list(encode(np.fromiter(samples, dtype=np.int16).tobytes()))


def test_ulaw_gives_the_standards_codes() -> None:
    known = {
        0: 0xFF,
        3: 0xFF,
        4: 0xFE,
        -1: 0x7F,
        -4: 0x7F,
        -5: 0x7E,
        128: 0xEF,
        -128: 0x6F,
        1024: 0xCD,
        -1024: 0x4D,
        8031: 0xA0,
        16251: 0x90,
        16252: 0x8F,
        32767: 0x80,
        -32768: 0x00,
    }
    assert _codes(encode_ulaw, known) == list(known.values())


def test_alaw_gives_the_standards_codes() -> None:
    known = {
        0: 0xD5,
        15: 0xD5,
        16: 0xD4,
        -1: 0x55,
        -16: 0x55,
        -17: 0x54,
        128: 0xDD,
        -128: 0x52,
        1024: 0xE5,
        -1024: 0x7A,
        32767: 0xAA,
        -32768: 0x2A,
    }
    assert _codes(encode_alaw, known) == list(known.values())


def test_every_sample_falls_into_its_ulaw_decision_interval() -> None:
    # G.711 table 2: a first step of 1, fifteen of 2, then sixteen of 4, 8 ... 256, in 14 bits.
    steps = chain([1], repeat(2, 15), *(repeat(4 << segment, 16) for segment in range(7)))
    starts = 4 * np.fromiter(accumulate(steps, initial=0), dtype=np.int64)[:128]
    assert starts[-1] == 4 * (8159 - 256)
    levels = _levels(starts)
    assert _codes(encode_ulaw, ALL_SAMPLES) == list(np.where(ALL_SAMPLES < 0, 127, 255) - levels)


def test_every_sample_falls_into_its_alaw_decision_interval() -> None:
    # G.711 table 1: thirty-two steps of 2, then sixteen of 4, 8 ... 128, in 13 bits.
    steps = chain(repeat(2, 32), *(repeat(4 << segment, 16) for segment in range(6)))
    starts = 8 * np.fromiter(accumulate(steps, initial=0), dtype=np.int64)[:128]
    assert starts[-1] == 8 * (4096 - 128)
    levels = _levels(starts)
    expected = (levels + np.where(ALL_SAMPLES < 0, 0, 128)) ^ 0x55
    assert _codes(encode_alaw, ALL_SAMPLES) == list(expected)


def _levels(starts: NDArray[np.int64]) -> NDArray[np.int64]:
    wide = ALL_SAMPLES.astype(np.int64)
    magnitude = np.where(wide < 0, -wide - 1, wide)
    return np.searchsorted(starts, magnitude, side="right") - 1


@pytest.mark.parametrize(
    ("name", "encode"), [("ulaw_8000", encode_ulaw), ("alaw_8000", encode_alaw)]
)
def test_what_another_decoder_makes_of_a_code_gives_that_code_again(
    name: str,
    encode: Callable[[bytes], bytes],
    decode: Callable[[bytes, OutputFormat], Samples],
) -> None:
    again = encode(decode(ALL_CODES, parse_output_format(name)).tobytes())
    # 0x7F is minus zero in mu-law, which 16 bits do not have.
    expected = ALL_CODES.replace(b"\x7f", b"\xff") if name == "ulaw_8000" else ALL_CODES
    assert again == expected


@pytest.mark.parametrize(
    ("name", "decode_ours"), [("ulaw_8000", decode_ulaw), ("alaw_8000", decode_alaw)]
)
def test_a_code_becomes_the_sample_that_another_decoder_makes_of_it(
    name: str,
    decode_ours: Callable[[bytes], bytes],
    decode: Callable[[bytes, OutputFormat], Samples],
) -> None:
    assert decode_ours(ALL_CODES) == decode(ALL_CODES, parse_output_format(name)).tobytes()


@pytest.mark.parametrize(
    ("encode", "decode_ours"), [(encode_ulaw, decode_ulaw), (encode_alaw, decode_alaw)]
)
def test_decoding_comes_as_near_as_a_step_allows(
    encode: Callable[[bytes], bytes], decode_ours: Callable[[bytes], bytes]
) -> None:
    heard = np.frombuffer(decode_ours(encode(ALL_SAMPLES.tobytes())), np.int16).astype(np.int64)
    error = np.abs(heard - ALL_SAMPLES)
    # Sixteen steps to a doubling, and the steps nearest to zero are 16 in A-law.
    assert np.all(error <= np.maximum(np.abs(ALL_SAMPLES.astype(np.int64)) / 32 + 8, 8) + 4)
