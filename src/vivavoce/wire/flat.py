"""The flat dialect of speech: frames that are audio and nothing else."""

from __future__ import annotations

import pybase64

from vivavoce.wire.alignment import TimedText


class _FlatFrames:
    """Says nothing but audio: any other frame would land inside somebody's audio file."""

    def final(self) -> None:
        """The close frame says it."""

    def flushed(self) -> None:
        """Not said."""

    def error(self, error: BaseException) -> None:
        """The close frame says it."""


class Base64Frames(_FlatFrames):
    """Each text frame is base64 of the next bytes of the stream."""

    def audio(
        self, data: bytes, original: TimedText, normalized: TimedText, span: tuple[float, float]
    ) -> str:
        """The data in base64; every frame can be decoded by itself."""
        return pybase64.b64encode_as_string(data)


class BinaryFrames(_FlatFrames):
    """Each binary frame is the next bytes of the stream."""

    def audio(
        self, data: bytes, original: TimedText, normalized: TimedText, span: tuple[float, float]
    ) -> bytes:
        """The data as it is."""
        return data
