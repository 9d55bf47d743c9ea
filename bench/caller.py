"""The client's side of a speech socket, light enough for hundreds in one process."""

from __future__ import annotations

import contextlib
import time
from collections.abc import AsyncIterator

import msgspec
import orjson
import pybase64
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from bench.server import Server

PCM = "pcm_24000"
MP3 = "mp3_44100_128"
_BYTES_PER_S = {PCM: 48_000, MP3: 16_000}


class RefusedError(Exception):
    """The server closed the connection with an error; its id is the message."""


class _Alignment(msgspec.Struct):
    chars: list[str]


class _ServerFrame(msgspec.Struct):
    audio: str | None = None
    alignment: _Alignment | None = None
    is_final: bool | None = msgspec.field(default=None, name="isFinal")
    error: str | None = None


_decoder = msgspec.json.Decoder(_ServerFrame)


class AudioFrame(msgspec.Struct, frozen=True):
    """One frame as it arrived at `at` (`time.perf_counter()`), `seconds` of audio in base64.

    `letters` counts the characters of the text in it that are not spaces.
    """

    at: float
    audio: str
    seconds: float
    letters: int

    @property
    def data(self) -> bytes:
        """The encoded audio."""
        return pybase64.b64decode(self.audio, validate=True)


class Caller:
    """One open connection."""

    def __init__(self, socket: ClientConnection, output_format: str) -> None:
        self._socket = socket
        self._bytes_per_s = _BYTES_PER_S[output_format]

    async def say(self, text: str) -> float:
        """Sends `text` with a flush; the `time.perf_counter()` just before.

        Raises ConnectionClosed.
        """
        message = orjson.dumps({"text": text, "flush": True}).decode()
        at = time.perf_counter()
        await self._socket.send(message)
        return at

    async def hear(self) -> AudioFrame:
        """The next frame with audio. Raises RefusedError, or ConnectionClosed after the last."""
        while True:
            frame = _decoder.decode(await self._socket.recv(decode=False))
            if frame.error is not None:
                raise RefusedError(frame.error)
            if frame.audio:
                chars = "" if frame.alignment is None else "".join(frame.alignment.chars)
                encoded = 3 * len(frame.audio) // 4 - frame.audio.count("=", -2)
                return AudioFrame(
                    time.perf_counter(), frame.audio, encoded / self._bytes_per_s, letters(chars)
                )

    async def hear_all(self, text: str) -> list[AudioFrame]:
        """All frames of `text`, when there is no other on its way. Raises as `hear`."""
        missing = letters(text)
        frames: list[AudioFrame] = []
        while missing > 0:
            frames.append(await self.hear())
            missing -= frames[-1].letters
        return frames

    async def hear_out(self) -> list[AudioFrame]:
        """Says that no more text comes, and hears all there is until the server closes.

        Raises RefusedError.
        """
        await self._socket.send('{"text":""}')
        frames: list[AudioFrame] = []
        with contextlib.suppress(ConnectionClosed):
            while True:
                frames.append(await self.hear())
        return frames


@contextlib.asynccontextmanager
async def calling(server: Server, output_format: str) -> AsyncIterator[Caller]:
    """A connection that has said its first message, as clients do before there is any text."""
    async with connect(
        server.speech_url(output_format), compression=None, max_size=None, ping_interval=None
    ) as socket:
        await socket.send('{"text":" "}')
        yield Caller(socket, output_format)


def letters(text: str) -> int:
    """Characters that are not spaces: what text and alignment have in common whatever is cut."""
    return sum(map(len, text.split()))
