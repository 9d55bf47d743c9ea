"""The sound devices of this machine, by PortAudio as far as it is installed."""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path
from types import ModuleType
from typing import Literal

NAME = "sounddevice"

Direction = Literal["input", "output"]


def sound_library() -> ModuleType | None:
    """The module `sounddevice`, or None where PortAudio is missing."""
    try:
        return importlib.import_module(NAME)
    except (ImportError, OSError):
        return None


def usable_library(direction: Direction) -> ModuleType | None:
    """The module, if it also has a device for sound in that direction."""
    library = sound_library()
    if library is None:
        return None
    try:
        devices = library.query_devices()
    except library.PortAudioError:
        return None
    has_device = any(device[f"max_{direction}_channels"] > 0 for device in devices)
    return library if has_device else None


def has_sound_device(direction: Direction) -> bool:
    """Whether programs that play or record could have anything to do so on."""
    # Only Linux runs on machines that have the programs and no device.
    if sys.platform != "linux" or has_sound_server():
        return True
    cards = "pcm*c" if direction == "input" else "pcm*p"
    return any(Path("/dev/snd").glob(cards))


def has_sound_server() -> bool:
    """Whether PulseAudio, or PipeWire in its place, can be reached."""
    if os.environ.get("PULSE_SERVER"):
        return True
    runtime = Path(os.environ.get("XDG_RUNTIME_DIR", f"/run/user/{os.getuid()}"))
    return (runtime / "pulse/native").exists()
