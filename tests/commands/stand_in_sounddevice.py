"""Stands in for the library `sounddevice`, as far as it records and plays live: no PortAudio."""

from __future__ import annotations

from collections.abc import Callable

RATES = [16_000]
"""Hz at which the device records."""
BLOCKS: list[bytes] = []
"""What it has heard by the time it is started."""
OVERFLOWS = [False]
BREAKS = [False]
"""Whether the device vanishes after that."""
STREAMS: list[RawInputStream] = []
OUTPUTS: list[RawOutputStream] = []

_DEVICES = [
    {"index": 0, "name": "Loudspeaker", "max_input_channels": 0, "max_output_channels": 2},
    {"index": 1, "name": "Webcam", "max_input_channels": 1, "max_output_channels": 0},
    {"index": 2, "name": "Headset", "max_input_channels": 1, "max_output_channels": 2},
]


class PortAudioError(Exception):
    """As of the library."""


class CallbackFlags:
    """As of the library."""

    def __init__(self, input_overflow: bool) -> None:
        self.input_overflow = input_overflow


def query_devices(device: int | str | None = None, kind: str | None = None) -> object:
    if device is None:
        return _DEVICES[2] if kind == "input" else _DEVICES
    found = [one for one in _DEVICES if device in (one["index"], one["name"])]
    if not found:
        raise ValueError(f"No input device matching {device!r}\nand a second line")
    return found[0]


def check_input_settings(
    device: int | str | None, channels: int, dtype: str, extra: object, samplerate: int
) -> None:
    assert (channels, dtype, extra) == (1, "int16", None)
    if samplerate not in RATES:
        raise PortAudioError("Invalid sample rate [PaErrorCode -9997]")


class RawInputStream:
    """Records `BLOCKS` when it is started."""

    def __init__(
        self,
        *,
        samplerate: int,
        blocksize: int,
        device: int | str | None,
        channels: int,
        dtype: str,
        callback: Callable[[bytes, int, object, CallbackFlags], None],
        finished_callback: Callable[[], None],
    ) -> None:
        self.form = (samplerate, blocksize, channels, dtype)
        self.device = device
        self.is_open = True
        self._callback = callback
        self._finished = finished_callback
        STREAMS.append(self)

    def start(self) -> None:
        for block in BLOCKS:
            self._callback(block, len(block) // 2, None, CallbackFlags(OVERFLOWS[0]))
        if BREAKS[0]:
            self._finished()

    def close(self) -> None:
        self.is_open = False
        self._finished()


class RawOutputStream:
    """Plays when it is told to."""

    def __init__(
        self,
        *,
        samplerate: int,
        blocksize: int,
        device: int | str | None = None,
        channels: int,
        dtype: str,
        latency: float,
        callback: Callable[[memoryview, int, object, object], None],
        finished_callback: Callable[[], object],
    ) -> None:
        assert latency > 0
        self.form = (samplerate, blocksize, channels, dtype)
        self.device = device
        self.is_open = True
        self._callback = callback
        self._finished = finished_callback
        OUTPUTS.append(self)

    def start(self) -> None:
        assert self.is_open

    def play(self, samples: int) -> bytes:
        out = bytearray(2 * samples)
        self._callback(memoryview(out), samples, None, None)
        return bytes(out)

    def close(self) -> None:
        self.is_open = False
        self._finished()
