"""FLAC by FFmpeg."""

from __future__ import annotations

from vivavoce.audio.muxed import MuxedEncoder, MuxerPlan
from vivavoce.audio.resample import SAMPLE_BYTES

# Of a frame that could not be made shorter: header, subframe header and checksum.
_FRAME_OVERHEAD_BYTES = 16 + 1 + 2
# The shortest that FFmpeg makes at the rates here.
_FRAME_SAMPLES = 256

_PLAN = MuxerPlan(
    "flac",
    "flac",
    "s16",
    # The muxer otherwise leaves 8 KB empty for tags to come.
    {"metadata_header_padding": "0"},
    # Frames of 24 ms at 24 kHz; from 3 on they are four times as long.
    {"compression_level": "2"},
)


class FlacEncoder(MuxedEncoder):
    """Mono 16-bit PCM to one FLAC stream; its header does not tell the length.

    Up to one frame (27 ms) is held until `finish`.
    """

    def __init__(self, sample_rate: int) -> None:
        super().__init__(_PLAN, sample_rate)


def max_bytes_per_second(sample_rate: int) -> int:
    """Of noise, which no predictor can shorten."""
    return sample_rate * (SAMPLE_BYTES * _FRAME_SAMPLES + _FRAME_OVERHEAD_BYTES) // _FRAME_SAMPLES
