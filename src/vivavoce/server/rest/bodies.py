"""Answers that are sent as a whole: what gathers their frames."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator
from tempfile import SpooledTemporaryFile
from typing import Protocol

from vivavoce.audio.formats import OutputFormat
from vivavoce.audio.wav import wav_header
from vivavoce.wire.flat import BinaryFrames
from vivavoce.wire.frames import SpeechFrames
from vivavoce.wire.timed_audio import TimestampBody

_WAV_HEADER_BYTES = len(wav_header(8000, 0))

# What an answer may take of memory: 87 s of the largest format, 48 kHz PCM.
_IN_MEMORY_BYTES = 8 * 1024 * 1024

# As much of a body as is handed to the server at a time.
_CHUNK_BYTES = 1 << 16


class WholeBody(Protocol):
    """What gathers the frames of an answer that is sent as a whole."""

    @property
    def frames(self) -> SpeechFrames:
        """How frames are written."""

    async def add(self, frame: bytes) -> None:
        """Another frame."""

    def whole(self) -> tuple[int, AsyncGenerator[bytes, None]]:
        """How many bytes the body has, and all of them, in pieces."""

    def close(self) -> None:
        """Lets go of what was gathered."""


class AudioBody:
    """All audio, behind the header that its format has; more than 8 MiB wait in a file."""

    def __init__(self, output_format: OutputFormat) -> None:
        self.frames = BinaryFrames()
        self._format = output_format
        self._file: SpooledTemporaryFile[bytes] | None = None
        self._audio_bytes = 0

    async def add(self, frame: bytes) -> None:
        """See `WholeBody`."""
        if self._file is None:
            self._file = SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES)  # noqa: SIM115 (`close`)
        self._audio_bytes += len(frame)
        if self._audio_bytes > _IN_MEMORY_BYTES:
            await asyncio.to_thread(self._file.write, frame)
        else:
            self._file.write(frame)

    def whole(self) -> tuple[int, AsyncGenerator[bytes, None]]:
        """See `WholeBody`."""
        header = _header(self._format, self._audio_bytes)
        return len(header) + self._audio_bytes, self._read(header)

    def close(self) -> None:
        """See `WholeBody`."""
        if self._file is not None:
            self._file.close()

    async def _read(self, header: bytes) -> AsyncGenerator[bytes, None]:
        yield header
        if self._file is not None:
            self._file.seek(0)
            while chunk := await asyncio.to_thread(self._file.read, _CHUNK_BYTES):
                yield chunk


class TimedBody:
    """All audio in base64, with the times of all characters."""

    def __init__(
        self,
        output_format: OutputFormat,
        frames: Callable[[int], TimestampBody] = TimestampBody,
    ) -> None:
        """`frames` are made for a header of so many bytes."""
        is_wav = output_format.codec == "wav"
        self.frames = frames(_WAV_HEADER_BYTES if is_wav else 0)
        self._format = output_format

    async def add(self, frame: bytes) -> None:
        """Its frames have it already."""

    def whole(self) -> tuple[int, AsyncGenerator[bytes, None]]:
        """See `WholeBody`."""
        parts = list(self.frames.parts(_header(self._format, self.frames.data_bytes)))
        return sum(map(len, parts)), _all_of(_chunks(parts))

    def close(self) -> None:
        """See `WholeBody`."""


async def _all_of(chunks: Iterable[bytes]) -> AsyncGenerator[bytes, None]:
    for chunk in chunks:
        yield chunk


def _chunks(parts: Iterable[bytes]) -> Iterator[bytes]:
    """`parts` joined, as far as that makes no chunk too long to copy in no time."""
    waiting: list[bytes] = []
    size = 0
    for part in parts:
        waiting.append(part)
        size += len(part)
        if size >= _CHUNK_BYTES:
            yield b"".join(waiting)
            waiting, size = [], 0
    yield b"".join(waiting)


def _header(output_format: OutputFormat, data_bytes: int) -> bytes:
    if output_format.codec != "wav":
        return b""
    return wav_header(output_format.sample_rate, data_bytes)
