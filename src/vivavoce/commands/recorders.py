"""Programs that record, for machines without PortAudio."""

from __future__ import annotations

import shutil

import msgspec

from vivavoce.commands.sound_library import has_sound_device, has_sound_server

SAMPLE_RATE = 16_000
"""Hz of what they write to stdout: 16-bit little-endian mono samples."""

_RATE = str(SAMPLE_RATE)
_PLACE = "{device}"


class Recorder(msgspec.Struct, frozen=True):
    """A program, its arguments with a place for a device, and what lists the devices."""

    program: str
    arguments: tuple[str, ...]
    default: str
    listing: tuple[str, ...]

    def command(self, device: str | None) -> list[str]:
        """What records from `device`, or from the default one."""
        named = device or self.default
        return [self.program, *(part.replace(_PLACE, named) for part in self.arguments)]


def _ffmpeg(system: str) -> Recorder:
    """FFmpeg, recording from a sound system that it names so."""
    raw = ("-ac", "1", "-ar", _RATE, "-f", "s16le", "-flush_packets", "1", "-")
    quiet = ("-nostdin", "-hide_banner", "-loglevel", "error")
    return Recorder(
        "ffmpeg",
        (*quiet, "-f", system, "-i", _PLACE, *raw),
        "default",
        ("ffmpeg", "-hide_banner", "-loglevel", "error", "-sources", system),
    )


_PAREC = Recorder(
    "parec",
    (
        *("--raw", "--format=s16le", f"--rate={_RATE}", "--channels=1", "--latency-msec=50"),
        f"--device={_PLACE}",
    ),
    "@DEFAULT_SOURCE@",
    ("pactl", "list", "short", "sources"),
)
_ARECORD = Recorder(
    "arecord",
    ("-q", "-t", "raw", "-f", "S16_LE", "-r", _RATE, "-c", "1", "-D", _PLACE),
    "default",
    ("arecord", "-L"),
)


def find_recorder() -> Recorder | None:
    """The best one that is installed, on a machine with something to record from."""
    if not has_sound_device("input"):
        return None
    pulse = has_sound_server()
    known = (_PAREC, _ARECORD, _ffmpeg("pulse")) if pulse else (_ARECORD, _ffmpeg("alsa"))
    return next((one for one in known if shutil.which(one.program)), None)
