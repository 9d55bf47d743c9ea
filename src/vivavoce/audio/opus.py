"""Opus in Ogg by FFmpeg."""

from __future__ import annotations

from vivavoce.audio.muxed import MuxedEncoder, MuxerPlan

SAMPLE_RATE = 48000
"""Hz; the only rate there is inside Ogg/Opus."""

PAGE_MS = 20
"""What one Ogg page holds: one Opus packet."""

MAX_PAGE_BYTES = 1275 + 6 + 27
"""The longest packet of RFC 6716 with its six lacing values and the page header of RFC 3533."""

_PLAN = MuxerPlan(
    "ogg",
    "libopus",
    "s16",
    # Without this the muxer gathers a second of audio before it writes a page.
    {"page_duration": str(PAGE_MS * 1000)},
    # "audio" codes clean speech at 32 kbit/s twice as fast as "voip". Complexity 5 takes 0.7 of
    # the time of 10. Constrained VBR keeps loud passages near the bit rate.
    {"application": "audio", "compression_level": "5", "vbr": "constrained"},
)


class OggOpusEncoder(MuxedEncoder):
    """Mono 16-bit PCM at 48 kHz to one Ogg/Opus stream of about `bitrate_kbps`.

    The codec gathers 20 ms and the muxer keeps one page of 20 ms, so up to 40 ms are held until
    `finish`. The last pages say where the stream ends.
    """

    def __init__(self, bitrate_kbps: int) -> None:
        super().__init__(_PLAN, SAMPLE_RATE, bitrate_kbps)
