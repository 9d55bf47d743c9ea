"""A client of `stream-input` that keeps all it is sent, and ears that decode it."""

from __future__ import annotations

import asyncio
import base64
import json
import subprocess
import sys
from collections.abc import AsyncIterable, Iterable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

Floats = npt.NDArray[np.float32]
Message = dict[str, Any] | str

OPENING: Message = {"text": " "}
END: Message = {"text": ""}

RECOGNISER_RATE = 16_000

_RAW = {"pcm": "s16le", "ulaw": "mulaw", "alaw": "alaw"}
_CLOSED_WITHIN_S = 90.0


class Heard(NamedTuple):
    """What one connection got, and how it was closed; `code` is 0 while it is open."""

    frames: list[dict[str, Any]]
    longest_frame: int
    code: int
    reason: str

    @property
    def audio_frames(self) -> list[dict[str, Any]]:
        """The frames with audio."""
        return [frame for frame in self.frames if frame.get("audio")]

    @property
    def audio(self) -> bytes:
        """The encoded stream."""
        return b"".join(map(audio_of, self.audio_frames))

    @property
    def error(self) -> str | None:
        """The id in the last frame, if that reports an error."""
        return self.frames[-1].get("error") if self.frames else None

    def text(self, kind: str = "alignment") -> str:
        """The characters of all frames."""
        return "".join("".join(frame[kind]["chars"]) for frame in self.frames if frame.get(kind))


def audio_of(frame: dict[str, Any]) -> bytes:
    """The bytes in one frame."""
    return base64.b64decode(frame["audio"], validate=True)


def whole(text: str, **fields: Any) -> list[Message]:
    """One text from the first message to the last; `fields` go with the first."""
    return [{"text": " ", **fields}, {"text": text}, END]


async def open_socket(url: str, **options: Any) -> ClientConnection:
    """A connection straight to the server, whatever proxies this machine is set to."""
    return await connect(url, proxy=None, open_timeout=30, max_size=None, **options)


async def converse(url: str, messages: Iterable[Message] | AsyncIterable[Message]) -> Heard:
    """Sends `messages` and listens at the same time, until the server closes."""
    async with await open_socket(url) as socket, asyncio.timeout(_CLOSED_WITHIN_S):
        sender = asyncio.create_task(_send(socket, messages))
        try:
            return await listen(socket)
        finally:
            sender.cancel()
            await asyncio.gather(sender, return_exceptions=True)


async def listen(socket: ClientConnection, most_frames: int = sys.maxsize) -> Heard:
    """All frames until the server closes, or as many as are wanted."""
    frames: list[dict[str, Any]] = []
    longest = 0
    code, reason = 0, ""
    try:
        while len(frames) < most_frames:
            frame = await socket.recv()
            assert isinstance(frame, str)
            longest = max(longest, len(frame))
            frames.append(json.loads(frame))
    except ConnectionClosed as closed:
        code = 1006 if closed.rcvd is None else closed.rcvd.code
        reason = "" if closed.rcvd is None else closed.rcvd.reason
    return Heard(frames, longest, code, reason)


async def say(socket: ClientConnection, message: Message) -> None:
    """Sends one message; a string goes as it is."""
    await socket.send(message if isinstance(message, str) else json.dumps(message))


async def _send(
    socket: ClientConnection, messages: Iterable[Message] | AsyncIterable[Message]
) -> None:
    if isinstance(messages, AsyncIterable):
        async for message in messages:
            await say(socket, message)
    else:
        for message in messages:
            await say(socket, message)


def sample_rate(output_format: str) -> int:
    """In Hz."""
    return int(output_format.split("_")[1])


def decoded(audio: bytes, output_format: str, rate: int) -> Floats:
    """The stream as ffmpeg decodes it, mono at `rate`; fails on the slightest complaint."""
    codec = output_format.split("_")[0]
    raw = ["-f", _RAW.get(codec, ""), "-ac", "1", "-ar", str(sample_rate(output_format))]
    done = subprocess.run(
        ["ffmpeg", "-hide_banner", "-nostdin", "-v", "error"]
        + (raw if codec in _RAW else [])
        + ["-i", "pipe:0", "-f", "f32le", "-ac", "1", "-ar", str(rate), "pipe:1"],
        input=audio,
        capture_output=True,
        check=True,
        timeout=60,
    )
    assert not done.stderr, done.stderr.decode("utf-8", "replace")
    return np.frombuffer(done.stdout, np.float32)


def seconds_of(audio: bytes, output_format: str) -> float:
    """How long the stream plays."""
    rate = sample_rate(output_format)
    return len(decoded(audio, output_format, rate)) / rate


def for_recogniser(audio: bytes, output_format: str) -> Floats:
    """The stream as the recogniser takes it."""
    return decoded(audio, output_format, RECOGNISER_RATE)
