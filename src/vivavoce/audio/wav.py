"""The header of a WAV file."""

from __future__ import annotations

import struct

from vivavoce.audio.resample import SAMPLE_BYTES

_HEADER_BYTES = 44
# What a reader takes for "up to the end": the most that the field can say.
_UNKNOWN = 0xFFFFFFFF


def wav_header(sample_rate: int, data_bytes: int | None) -> bytes:
    """44 bytes in front of mono 16-bit PCM; `data_bytes` is None for a stream of unknown length."""
    if data_bytes is None or data_bytes > _UNKNOWN - _HEADER_BYTES:
        riff = data = _UNKNOWN
    else:
        riff, data = data_bytes + _HEADER_BYTES - 8, data_bytes
    return struct.pack(
        "<4sI4s4sIHHIIHH4sI",
        *(b"RIFF", riff, b"WAVE"),
        *(b"fmt ", 16, 1, 1, sample_rate, sample_rate * SAMPLE_BYTES, SAMPLE_BYTES, 16),
        *(b"data", data),
    )
