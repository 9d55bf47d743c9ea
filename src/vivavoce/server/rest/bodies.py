"""Answers that are sent as a whole: what gathers their frames."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

from vivavoce.audio.formats import OutputFormat
from vivavoce.audio.wav import wav_header
from vivavoce.wire.flat import BinaryFrames
from vivavoce.wire.frames import SpeechFrames
from vivavoce.wire.timed_audio import TimestampBody

_WAV_HEADER_BYTES = len(wav_header(8000, 0))


class WholeBody(Protocol):
    """What gathers the frames of an answer that is sent as a whole."""

    @property
    def frames(self) -> SpeechFrames:
        """How frames are written."""

    def add(self, frame: bytes) -> None:
        """Another frame."""

    def parts(self) -> Iterable[bytes]:
        """The body, in pieces."""


class AudioBody:
    """All audio, behind the header that its format has."""

    def __init__(self, output_format: OutputFormat) -> None:
        self.frames = BinaryFrames()
        self._format = output_format
        self._audio: list[bytes] = []

    def add(self, frame: bytes) -> None:
        """See `WholeBody`."""
        self._audio.append(frame)

    def parts(self) -> Iterator[bytes]:
        """See `WholeBody`."""
        yield _header(self._format, sum(map(len, self._audio)))
        yield from self._audio


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

    def add(self, frame: bytes) -> None:
        """Its frames have it already."""

    def parts(self) -> Iterator[bytes]:
        """See `WholeBody`."""
        return self.frames.parts(_header(self._format, self.frames.data_bytes))


def _header(output_format: OutputFormat, data_bytes: int) -> bytes:
    if output_format.codec != "wav":
        return b""
    return wav_header(output_format.sample_rate, data_bytes)
