"""Audio with the times of its characters, as REST answers."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import msgspec
import orjson
import pybase64

from vivavoce.wire.alignment import TimedText


class Alignment(msgspec.Struct, frozen=True):
    """Characters and when each begins and ends, in seconds of the whole answer's audio."""

    characters: list[str]
    character_start_times_seconds: list[float]
    character_end_times_seconds: list[float]


class TimedAudio(msgspec.Struct, frozen=True):
    """Audio in base64, the characters as they were sent and as they were read."""

    audio_base64: str
    alignment: Alignment | None
    normalized_alignment: Alignment | None


class _Silent:
    """Says nothing but audio: the end of the answer is the end."""

    def final(self) -> None:
        """Not said."""

    def flushed(self) -> None:
        """Nobody flushes."""

    def error(self, error: BaseException) -> None:
        """An answer that has begun cannot take it back; it is cut off."""


class TimestampLines(_Silent):
    """Each frame is a line of JSON: a `TimedAudio` with the next bytes of the stream."""

    def audio(
        self, data: bytes, original: TimedText, normalized: TimedText, span: tuple[float, float]
    ) -> bytes:
        """The line; joined by hand, because it is the hot path."""
        parts = (
            b'{"audio_base64":"',
            pybase64.b64encode(data),
            b'","alignment":',
            *_alignment_json([_Times.of(original, span)]),
            b',"normalized_alignment":',
            *_alignment_json([_Times.of(normalized, span)]),
            b"}\n",
        )
        return b"".join(parts)


class TimestampBody(_Silent):
    """Gathers frames, to say them all in one `TimedAudio`.

    It is made ready frame by frame, because a long answer at once would hold the event loop.
    """

    def __init__(self, header_bytes: int = 0) -> None:
        """A header of so many bytes is to stand in front of the audio once its length is known."""
        self.data_bytes = 0
        """Of audio so far, without the header."""
        # Base64 takes three bytes at a time: these fill up the header's last three.
        self._held_bytes = -header_bytes % 3
        self._held = b""
        self._rest = b""
        self._base64: list[bytes] = []
        self._original: list[_Times] = []
        self._normalized: list[_Times] = []

    def audio(
        self, data: bytes, original: TimedText, normalized: TimedText, span: tuple[float, float]
    ) -> bytes:
        """The data as they are; what they were spoken for is remembered."""
        self._original.append(_Times.of(original, span))
        self._normalized.append(_Times.of(normalized, span))
        self._take(data)
        return data

    def parts(self, header: bytes) -> Iterator[bytes]:
        """The body, in pieces; `header` is as long as was said."""
        yield b'{"audio_base64":"'
        yield pybase64.b64encode(header + self._held)
        yield from self._base64
        yield pybase64.b64encode(self._rest)
        yield b'","alignment":'
        yield from _alignment_json(self._original)
        yield b',"normalized_alignment":'
        yield from _alignment_json(self._normalized)
        yield b"}"

    def _take(self, data: bytes) -> None:
        self.data_bytes += len(data)
        missing = self._held_bytes - len(self._held)
        self._held += data[:missing]
        whole = self._rest + data[missing:]
        cut = len(whole) - len(whole) % 3
        self._base64.append(pybase64.b64encode(whole[:cut]))
        self._rest = whole[cut:]


def char_bounds_ms(timed: TimedText, span: tuple[float, float]) -> list[int]:
    """Where each character begins and, after them, where the last one ends, in whole ms.

    They share the frame's `span` (ms) without a gap.
    """
    begin, end = round(span[0]), round(span[1])
    starts = [min(max(round(start), begin), end) for start in timed.starts_ms]
    starts[:1] = [begin] * bool(starts)
    return [*starts, end]


class _Times(NamedTuple):
    """What stands between the brackets of an alignment's three lists."""

    characters: bytes
    starts: bytes
    ends: bytes

    @classmethod
    def of(cls, timed: TimedText, span: tuple[float, float]) -> _Times:
        """The characters of a frame whose audio lies in `span` (ms)."""
        bounds = char_bounds_ms(timed, span)
        return cls(_characters(timed.chars), _seconds(bounds[:-1]), _seconds(bounds[1:]))


def _alignment_json(all_times: Iterable[_Times]) -> Iterator[bytes]:
    """An `Alignment`, in pieces; null where there is no character."""
    spoken = [times for times in all_times if times.characters]
    if not spoken:
        yield b"null"
        return
    yield b'{"characters":['
    yield b",".join(times.characters for times in spoken)
    yield b'],"character_start_times_seconds":['
    yield b",".join(times.starts for times in spoken)
    yield b'],"character_end_times_seconds":['
    yield b",".join(times.ends for times in spoken)
    yield b"]}"


def _seconds(times_ms: Sequence[int]) -> bytes:
    return orjson.dumps([time / 1000 for time in times_ms])[1:-1]


def _characters(chars: str) -> bytes:
    try:
        return orjson.dumps(list(chars))[1:-1]
    except orjson.JSONEncodeError:
        # Half a surrogate pair: only the standard library can write one.
        return json.dumps(list(chars), separators=(",", ":")).encode()[1:-1]
