"""G.711 mu-law, as telephones have it (ITU-T G.711), without a library."""

from __future__ import annotations

import array
import sys
from typing import Final

_BIAS: Final = 0x84
_MOST: Final = 0x7FFF


def _decoded(code: int) -> int:
    code = ~code & 0xFF
    magnitude = ((code & 0x0F) << 3) + _BIAS << ((code & 0x70) >> 4)
    return _BIAS - magnitude if code & 0x80 else magnitude - _BIAS


def _encoded(sample: int) -> int:
    magnitude = min((~sample if sample < 0 else sample) + _BIAS, _MOST)
    segment = magnitude.bit_length() - 8
    code = segment << 4 | magnitude >> segment + 3 & 0x0F
    return code ^ (0x7F if sample < 0 else 0xFF)


_SAMPLES: Final = tuple(_decoded(code) for code in range(256))


def ulaw_decoded(data: bytes) -> bytes:
    """16-bit little-endian samples, one for each byte."""
    samples = array.array("h", (_SAMPLES[code] for code in data))
    return _little_endian(samples).tobytes()


def ulaw_encoded(pcm: bytes) -> bytes:
    """One byte for each of the 16-bit little-endian samples."""
    samples = _little_endian(array.array("h", pcm))
    return bytes(map(_encoded, samples))


def _little_endian(samples: array.array[int]) -> array.array[int]:
    if sys.byteorder == "big":
        samples.byteswap()
    return samples
