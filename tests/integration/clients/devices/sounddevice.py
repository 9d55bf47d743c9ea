"""Stands in for the library `sounddevice`: somebody who talks, and hears, in real time.

The caller's lines are WAV files, named in the environment's SAID, one a line; what sounded is in
heard.pcm, 16-bit samples at 16 kHz, once the devices are closed.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "programs"))
from caller import MICROPHONE_RATE, Caller, Clock

_caller = Caller(os.environ["SAID"].splitlines())


class PortAudioError(Exception):
    """As of the library."""


class CallbackFlags:
    """As of the library; nothing is ever lost."""

    input_overflow = False
    output_underflow = False


class _Stream:
    """What both kinds have in common."""

    def __init__(
        self,
        *,
        samplerate: int,
        blocksize: int,
        device: int | str | None,
        channels: int,
        dtype: str,
        callback: Callable[..., None],
        finished_callback: Callable[[], object],
        latency: float = 0.0,
    ) -> None:
        assert (samplerate, channels, dtype) == (MICROPHONE_RATE, 1, "int16")
        assert (device, latency < 1) == (None, True)
        self._samples = blocksize
        self._callback = callback
        self._finished = finished_callback
        self._clock = Clock(blocksize / samplerate)

    def start(self) -> None:
        self._clock.start(self._tick)

    def close(self) -> None:
        self._clock.stop()
        self._finished()

    def _tick(self) -> bool:
        raise NotImplementedError


class RawInputStream(_Stream):
    """The microphone."""

    def _tick(self) -> bool:
        self._callback(_caller.frame(self._samples), self._samples, None, CallbackFlags())
        return True


class RawOutputStream(_Stream):
    """The loudspeaker, which sounds whenever it is not given silence."""

    def close(self) -> None:
        super().close()
        Path("heard.pcm").write_bytes(_caller.heard)

    def _tick(self) -> bool:
        out = bytearray(2 * self._samples)
        self._callback(memoryview(out), self._samples, None, CallbackFlags())
        if any(out):
            _caller.play(bytes(out))
        return True
