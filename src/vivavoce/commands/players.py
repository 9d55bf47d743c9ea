"""Programs that play, for machines without PortAudio."""

from __future__ import annotations

import shutil

import msgspec

from vivavoce.commands.sound_library import has_sound_device

_RATE = "{rate}"


class Player(msgspec.Struct, frozen=True):
    """A program, its arguments with a place for a rate, and those that keep its delay short."""

    program: str
    arguments: tuple[str, ...]
    live: tuple[str, ...]

    def command(self, sample_rate: int, *, is_live: bool = False) -> list[str]:
        """What plays 16-bit little-endian mono samples at `sample_rate` (Hz) from stdin."""
        arguments = (*(self.live if is_live else ()), *self.arguments)
        return [self.program, *(part.replace(_RATE, str(sample_rate)) for part in arguments)]


PIPED = (
    Player(
        "paplay",
        ("--raw", "--format=s16le", f"--rate={_RATE}", "--channels=1"),
        ("--latency-msec=60",),
    ),
    Player(
        "aplay",
        ("-q", "-t", "raw", "-f", "S16_LE", "-r", _RATE, "-c", "1", "-"),
        ("--buffer-time=120000", "--period-time=20000"),
    ),
    # Its option for the number of channels has been renamed; one is its default for raw sound.
    Player(
        "ffplay",
        ("-nodisp", "-autoexit", "-f", "s16le", "-ar", _RATE, "-i", "-"),
        ("-fflags", "nobuffer", "-probesize", "32"),
    ),
)
"""What takes sound as it comes, the best first."""


def find_piped_player() -> Player | None:
    """The best one that is installed, on a machine with something to play on."""
    if not has_sound_device("output"):
        return None
    return next((one for one in PIPED if shutil.which(one.program)), None)
