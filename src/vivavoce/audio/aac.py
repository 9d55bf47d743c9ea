"""AAC in ADTS by FFmpeg."""

from __future__ import annotations

from vivavoce.audio.muxed import MuxedEncoder, MuxerPlan

FRAME_SAMPLES = 1024
"""What one frame holds."""

MAX_FRAME_BYTES = 6144 // 8 + 7
"""The most bits that ISO/IEC 14496-3 lets a channel have in a frame, and the header of ADTS."""

_PLAN = MuxerPlan("adts", "aac", "fltp")


class AdtsEncoder(MuxedEncoder):
    """Mono 16-bit PCM to one stream of AAC frames of about `bitrate_kbps`.

    The codec looks one frame ahead, so up to two (85 ms at 24 kHz) are held until `finish`.
    """

    def __init__(self, sample_rate: int, bitrate_kbps: int) -> None:
        super().__init__(_PLAN, sample_rate, bitrate_kbps)
