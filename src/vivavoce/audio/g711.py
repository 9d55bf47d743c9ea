"""G.711: 16-bit samples to the 8-bit codes of telephony, and back.

Code for code what the reference software of ITU-T G.191 gives: negative samples are taken in ones'
complement, so -1 lies as near to zero as 0 does.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray


def encode_ulaw(pcm: bytes) -> bytes:
    """The mu-law code of every 16-bit little-endian sample in `pcm`, one byte each."""
    return _ulaw_codes()[np.frombuffer(pcm, dtype=np.uint16)].tobytes()


def encode_alaw(pcm: bytes) -> bytes:
    """The A-law code of every 16-bit little-endian sample in `pcm`, one byte each."""
    return _alaw_codes()[np.frombuffer(pcm, dtype=np.uint16)].tobytes()


def decode_ulaw(codes: bytes) -> bytes:
    """The 16-bit little-endian sample that every mu-law code in `codes` stands for."""
    return _ulaw_samples()[np.frombuffer(codes, dtype=np.uint8)].tobytes()


def decode_alaw(codes: bytes) -> bytes:
    """The 16-bit little-endian sample that every A-law code in `codes` stands for."""
    return _alaw_samples()[np.frombuffer(codes, dtype=np.uint8)].tobytes()


@cache
def _ulaw_codes() -> NDArray[np.uint8]:
    """Codes by the sample's bits read as unsigned."""
    samples = _all_samples()
    # 14 bits; the bias of 33 makes every segment begin at a power of two, and 8191 is the end.
    level = np.minimum((_magnitude(samples) >> 2) + 33, 0x1FFF)
    segment = _bit_length(level) - 6
    code = segment << 4 | (level >> segment + 1) & 0x0F
    codes: NDArray[np.int32] = np.where(samples < 0, code ^ 0x7F, code ^ 0xFF)
    return codes.astype(np.uint8)


@cache
def _alaw_codes() -> NDArray[np.uint8]:
    """Codes by the sample's bits read as unsigned."""
    samples = _all_samples()
    level = _magnitude(samples) >> 4
    # The two lowest segments are one straight line.
    segment = np.maximum(_bit_length(level) - 4, 0)
    code = segment << 4 | (level >> np.maximum(segment - 1, 0)) & 0x0F
    # Even bits are sent inverted, so that silence is full of edges for a line to lock on to.
    codes: NDArray[np.int32] = np.where(samples < 0, code ^ 0x55, code ^ 0xD5)
    return codes.astype(np.uint8)


@cache
def _ulaw_samples() -> NDArray[np.int16]:
    """By code: the middle of what the code stands for."""
    codes = np.arange(256) ^ 0xFF
    # The bias of 33 in 14 bits, as it is in 16.
    level = ((codes & 0x0F) << 3) + 132 << (codes >> 4 & 0x07)
    return _signed(level - 132, codes >= 0x80)


@cache
def _alaw_samples() -> NDArray[np.int16]:
    """By code: the middle of what the code stands for."""
    codes = np.arange(256) ^ 0x55
    segment = codes >> 4 & 0x07
    step = ((codes & 0x0F) << 4) + 8
    level = np.where(segment > 0, step + 256 << np.maximum(segment - 1, 0), step)
    return _signed(level, codes < 0x80)


def _signed(magnitude: NDArray[np.int64], negative: NDArray[np.bool_]) -> NDArray[np.int16]:
    return np.where(negative, -magnitude, magnitude).astype("<i2")


def _all_samples() -> NDArray[np.int32]:
    return np.arange(1 << 16, dtype=np.uint16).view(np.int16).astype(np.int32)


def _magnitude(samples: NDArray[np.int32]) -> NDArray[np.int32]:
    return np.where(samples < 0, ~samples, samples)


def _bit_length(values: NDArray[np.int32]) -> NDArray[np.int32]:
    return np.frexp(values)[1].astype(np.int32)
