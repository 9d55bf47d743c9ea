"""`python document_conversation.py LISTING ADDRESS LINE...`: the listing, with our audio device.

What the device plays is then in heard.pcm, at 22,050 Hz.
"""

from __future__ import annotations

import sys
import types
from collections.abc import Callable
from pathlib import Path

import websocket
from caller import MICROPHONE_RATE, Caller, Clock

PLAYER_RATE = 22_050

listing, address, *lines = sys.argv[1:]
caller = Caller(lines, PLAYER_RATE)


class Stream:
    """One that records; the listing plays what it gets on the same."""

    def __init__(self, *, rate: int, frames: int, callback: Callable[..., object]) -> None:
        assert rate == MICROPHONE_RATE
        self._frames = frames
        self._callback = callback
        self._clock = Clock(frames / rate)

    def start_stream(self) -> None:
        self._clock.start(self._tick)

    def stop_stream(self) -> None:
        self._clock.stop()

    def close(self) -> None:
        assert self._frames == 1024

    def write(self, pcm: bytes) -> None:
        caller.play(pcm)

    def _tick(self) -> bool:
        try:
            self._callback(caller.frame(self._frames), self._frames, {}, 0)
        except websocket.WebSocketConnectionClosedException:
            # PortAudio stops a stream whose callback fails; between the server's close and the
            # listing's on_close it does.
            return False
        return True


class PyAudio:
    def open(
        self,
        *,
        format: int,
        channels: int,
        rate: int,
        input: bool,
        frames_per_buffer: int,
        stream_callback: Callable[..., object],
    ) -> Stream:
        assert (format, channels, input) == (pyaudio.paInt16, 1, True)
        return Stream(rate=rate, frames=frames_per_buffer, callback=stream_callback)


pyaudio = types.ModuleType("pyaudio")
pyaudio.paInt16, pyaudio.paContinue, pyaudio.PyAudio = 8, 0, PyAudio
sys.modules["pyaudio"] = pyaudio
source = Path(listing).read_text("utf-8").replace("wss://api.elevenlabs.io", address)
exec(compile(source, listing, "exec"), {"__name__": "__main__"})
Path("heard.pcm").write_bytes(caller.heard)
