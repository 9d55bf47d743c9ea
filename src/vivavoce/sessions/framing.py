"""Blocks of speech to frames of the wire: cut to size, encoded in slices, characters kept along."""

from __future__ import annotations

import asyncio
import enum
from typing import NamedTuple

from vivavoce.audio.encoders import Encoded, StreamEncoder, samples_per_frame_limit
from vivavoce.audio.formats import OutputFormat
from vivavoce.engines.base import CharTimes, SpeechBlock
from vivavoce.wire.alignment import TimedText
from vivavoce.wire.frames import SpeechFrames

# The most speech that is encoded before other connections get their turn: 3 ms of work in the
# slowest format, Opus.
_SLICE_S = 0.25

_NO_TEXT = TimedText("", ())


class Frame(NamedTuple):
    """One message for the peer, and how long the audio in it plays."""

    message: str | bytes
    seconds: float


class Ending(enum.Enum):
    """What ends with a piece of speech."""

    NOTHING = enum.auto()
    UTTERANCE = enum.auto()
    STREAM = enum.auto()


class SpeechFramer:
    """Turns one context's blocks into one encoded stream of frames under 64 KiB of base64.

    Two clocks run in ms from the stream's start: `_fed` over the speech, which the characters
    follow, and `_out` over the audio encoded from it, up to 4 ms behind while a resampler holds.
    """

    def __init__(self, frames: SpeechFrames, fmt: OutputFormat, sample_rate: int) -> None:
        self._frames = frames
        self._encoder = StreamEncoder(fmt, sample_rate)
        self._samples_per_ms = sample_rate / 1000
        self._frame_samples = samples_per_frame_limit(fmt, sample_rate)
        self._slice_bytes = 2 * int(sample_rate * _SLICE_S)
        self._finished = False
        self._fed = 0.0
        self._out = 0.0
        self._framed = 0.0
        self._data: list[bytes] = []
        self._original = self._normalized = _NO_TEXT

    def pieces(self, block: SpeechBlock) -> list[SpeechBlock]:
        """`block` cut so that each piece fits one frame."""
        return split_block(block, self._frame_samples)

    async def frame(self, piece: SpeechBlock, ending: Ending = Ending.NOTHING) -> Frame | None:
        """The piece as a frame; None when the encoder keeps it all to itself for the next one.

        What the encoder can give up at an `ending`, where there is silence, is in the frame too.
        """
        self._original += self._timed(piece.original)
        self._normalized += self._timed(piece.normalized)
        for begin in range(0, len(piece.pcm), self._slice_bytes):
            self._take(self._encoder.encode(piece.pcm[begin : begin + self._slice_bytes]))
            await asyncio.sleep(0)
        self._fed += piece.samples / self._samples_per_ms
        if ending is not Ending.NOTHING:
            self._take(self._encoder.settle())
            self._fed = self._out
        if ending is Ending.STREAM:
            self._take_tail()
        return self._framed_so_far()

    def finish(self) -> Frame | None:
        """The encoder's tail, unless a frame has it; it holds no character to align."""
        if not self._finished:
            self._take_tail()
        return self._framed_so_far()

    def close(self) -> None:
        """Gives the encoder's memory back. Idempotent."""
        self._encoder.close()

    def _timed(self, times: CharTimes) -> TimedText:
        starts = [self._fed + start / self._samples_per_ms for start in times.starts]
        return TimedText(times.chars, starts)

    def _take_tail(self) -> None:
        self._finished = True
        self._take(self._encoder.finish())

    def _take(self, encoded: Encoded) -> None:
        self._data.append(encoded.data)
        self._out += encoded.duration_ms

    def _framed_so_far(self) -> Frame | None:
        data = b"".join(self._data)
        if not data:
            return None
        span = (self._framed, self._out)
        message = self._frames.audio(data, self._original, self._normalized, span)
        self._framed = self._out
        self._data = []
        self._original = self._normalized = _NO_TEXT
        return Frame(message, (span[1] - span[0]) / 1000)


def split_block(block: SpeechBlock, max_samples: int) -> list[SpeechBlock]:
    """`block` in pieces of at most `max_samples`, cut where a word begins if one does."""
    pieces: list[SpeechBlock] = []
    while block.samples > max_samples:
        cut = _cut(block.original, max_samples)
        pieces.append(
            SpeechBlock(
                block.pcm[: 2 * cut], _before(block.original, cut), _before(block.normalized, cut)
            )
        )
        block = SpeechBlock(
            block.pcm[2 * cut :], _after(block.original, cut), _after(block.normalized, cut)
        )
    return [*pieces, block]


def _cut(times: CharTimes, limit: int) -> int:
    """The last beginning of a word within `limit` samples, else of a character, else `limit`."""
    word = char = 0
    for index, start in enumerate(times.starts):
        if start > limit:
            break
        char = start
        if index and times.chars[index - 1].isspace() and not times.chars[index].isspace():
            word = start
    return word or char or limit


def _before(times: CharTimes, cut: int) -> CharTimes:
    count = sum(start < cut for start in times.starts)
    return CharTimes(times.chars[:count], times.starts[:count])


def _after(times: CharTimes, cut: int) -> CharTimes:
    count = sum(start < cut for start in times.starts)
    return CharTimes(times.chars[count:], [start - cut for start in times.starts[count:]])
