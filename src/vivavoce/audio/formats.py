"""The audio formats that a caller may ask a WebSocket for."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

import msgspec

from vivavoce.errors import UnsupportedFormat

Codec = Literal["mp3", "pcm", "ulaw", "alaw", "opus"]


class OutputFormat(msgspec.Struct, frozen=True):
    """How the speech of one connection is encoded; always mono.

    `sample_rate` is in Hz. `bitrate_kbps` is constant for MP3, an average for Opus, and None for
    the codecs whose bit rate follows from the sample rate.
    """

    name: str
    codec: Codec
    sample_rate: int
    bitrate_kbps: int | None = None


def _formats() -> dict[str, OutputFormat]:
    mp3 = [(22050, 32), (24000, 48), *((44100, kbps) for kbps in (32, 64, 96, 128, 192))]
    opus = [(48000, kbps) for kbps in (32, 64, 96, 128, 192)]
    pcm = (8000, 16000, 22050, 24000, 32000, 44100, 48000)
    formats = [
        *(OutputFormat(f"mp3_{rate}_{kbps}", "mp3", rate, kbps) for rate, kbps in mp3),
        *(OutputFormat(f"pcm_{rate}", "pcm", rate) for rate in pcm),
        OutputFormat("ulaw_8000", "ulaw", 8000),
        OutputFormat("alaw_8000", "alaw", 8000),
        *(OutputFormat(f"opus_{rate}_{kbps}", "opus", rate, kbps) for rate, kbps in opus),
    ]
    return {fmt.name: fmt for fmt in formats}


OUTPUT_FORMATS: Mapping[str, OutputFormat] = MappingProxyType(_formats())
"""Every format of the protocol that a WebSocket may carry, by name."""

# The protocol's schema names its default without a bit rate and means 128 kbit/s.
_ALIASES: Mapping[str, str] = MappingProxyType({"mp3_44100": "mp3_44100_128"})


def parse_output_format(name: str) -> OutputFormat:
    """The format called `name`; an alias gives the format it stands for.

    Raises UnsupportedFormat, whose message lists the allowed names.
    """
    fmt = OUTPUT_FORMATS.get(_ALIASES.get(name, name))
    if fmt is None:
        raise UnsupportedFormat(_refusal(name), param="output_format")
    return fmt


def _refusal(name: str) -> str:
    allowed = ", ".join(sorted([*OUTPUT_FORMATS, *_ALIASES]))
    if name.startswith("wav_"):
        return f"WAV is for REST only, a WebSocket allows: {allowed}"
    return f"Unknown output_format {name[:40]!r}, allowed are: {allowed}"
