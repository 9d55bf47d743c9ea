"""The audio formats that a caller may ask for."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

import msgspec

from vivavoce.errors import UnsupportedFormat

Codec = Literal["mp3", "pcm", "ulaw", "alaw", "opus", "wav", "aac", "flac"]

_MEDIA_TYPES: Mapping[Codec, str] = MappingProxyType(
    {
        "mp3": "audio/mpeg",
        "pcm": "audio/pcm",
        "ulaw": "audio/basic",
        "alaw": "audio/x-alaw-basic",
        "opus": "audio/ogg",
        "wav": "audio/wav",
        "aac": "audio/aac",
        "flac": "audio/flac",
    }
)


class OutputFormat(msgspec.Struct, frozen=True):
    """How the speech of one connection is encoded; always mono.

    `sample_rate` is in Hz. `bitrate_kbps` is constant for MP3, an average for Opus and AAC, and
    None for the codecs whose bit rate follows from the sample rate.
    """

    name: str
    codec: Codec
    sample_rate: int
    bitrate_kbps: int | None = None

    @property
    def media_type(self) -> str:
        """The value of `Content-Type`."""
        return _MEDIA_TYPES[self.codec]


_PCM_RATES = (8000, 16000, 22050, 24000, 32000, 44100, 48000)


def _formats() -> dict[str, OutputFormat]:
    mp3 = [(22050, 32), (24000, 48), *((44100, kbps) for kbps in (32, 64, 96, 128, 192))]
    opus = [(48000, kbps) for kbps in (32, 64, 96, 128, 192)]
    formats = [
        *(OutputFormat(f"mp3_{rate}_{kbps}", "mp3", rate, kbps) for rate, kbps in mp3),
        *(OutputFormat(f"pcm_{rate}", "pcm", rate) for rate in _PCM_RATES),
        OutputFormat("ulaw_8000", "ulaw", 8000),
        OutputFormat("alaw_8000", "alaw", 8000),
        *(OutputFormat(f"opus_{rate}_{kbps}", "opus", rate, kbps) for rate, kbps in opus),
    ]
    return {fmt.name: fmt for fmt in formats}


OUTPUT_FORMATS: Mapping[str, OutputFormat] = MappingProxyType(_formats())
"""Every format of the protocol that a WebSocket may carry, by name."""

WAV_FORMATS: Mapping[str, OutputFormat] = MappingProxyType(
    {f"wav_{rate}": OutputFormat(f"wav_{rate}", "wav", rate) for rate in _PCM_RATES}
)
"""What an answer that is sent as a whole may carry besides."""

# The protocol's schema names its default without a bit rate and means 128 kbit/s.
_ALIASES: Mapping[str, str] = MappingProxyType({"mp3_44100": "mp3_44100_128"})


def parse_output_format(name: str, *, wav: bool = False) -> OutputFormat:
    """The format called `name`; an alias gives the format it stands for.

    `wav` lets the WAV formats in. Raises UnsupportedFormat, whose message lists the allowed names.
    """
    fmt = OUTPUT_FORMATS.get(_ALIASES.get(name, name))
    if fmt is None and wav:
        fmt = WAV_FORMATS.get(name)
    if fmt is None:
        raise UnsupportedFormat(_refusal(name, wav=wav), param="output_format")
    return fmt


def format_names(*, wav: bool = False) -> tuple[str, ...]:
    """Every name that `parse_output_format` takes."""
    return (*OUTPUT_FORMATS, *_ALIASES, *(WAV_FORMATS if wav else ()))


def _refusal(name: str, *, wav: bool) -> str:
    allowed = ", ".join(sorted(format_names(wav=wav)))
    if name in WAV_FORMATS:
        return f"WAV is for answers that are sent as a whole; a stream allows: {allowed}"
    return f"Unknown output_format {name[:40]!r}, allowed are: {allowed}"
