"""The sound of one reply on its way from the voices to the speaker, in short pieces."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Final

import msgspec

from vivavoce.audio.formats import OutputFormat
from vivavoce.wire.alignment import TimedText

_PIECE_MS: Final = 100
"""Of sound in one frame: what an interruption may still let out, and clients' meters go by."""
_MOST_UNSENT_MS: Final = 8_000
"""Spoken ahead of the listener; more would be work for nothing where somebody interrupts."""


class SoundPiece(msgspec.Struct, frozen=True):
    """Up to 100 ms of encoded sound, and the characters that begin in it, from its beginning."""

    data: bytes
    ms: float
    text: TimedText
    event_id: int


class ReplySound:
    """What a `SpeechContext` takes for its frames and its sink; `pieces` come out of it.

    `event_id` is that of the pieces to come.
    """

    def __init__(
        self,
        output_format: OutputFormat,
        event_id: int,
        moved: asyncio.Event,
        *,
        clock: Callable[[], float],
    ) -> None:
        """`moved` is set whenever there is something new."""
        self.event_id = event_id
        self.pieces: deque[SoundPiece] = deque()
        self.ended = False
        self.first_at: float | None = None
        """When the first of it was there, by the call's clock."""
        self._bytes_per_ms = bytes_per_ms(output_format)
        self._cut: deque[list[SoundPiece]] = deque()
        self._unsent_ms = 0.0
        self._moved = moved
        self._clock = clock
        self._relieved = asyncio.Event()

    def audio(
        self, data: bytes, original: TimedText, normalized: TimedText, span: tuple[float, float]
    ) -> bytes:
        """See `SpeechFrames`."""
        self._cut.append(list(self._pieces(data, original, span[0])))
        return data

    def final(self) -> None:
        """See `SpeechFrames`: the reply's end is told by `end`."""

    def flushed(self) -> None:
        """See `SpeechFrames`: nobody asks for that."""

    def error(self, error: BaseException) -> None:
        """See `SpeechFrames`: the call tells of errors."""

    async def put(self, frame: str | bytes, due_at: float = 0.0) -> None:
        """See `FrameSink`; waits while enough is unsent."""
        self.first_at = self.first_at or self._clock()
        for piece in self._cut.popleft():
            self.pieces.append(piece)
            self._unsent_ms += piece.ms
        self._moved.set()
        while self._unsent_ms >= _MOST_UNSENT_MS:
            self._relieved.clear()
            await self._relieved.wait()

    def take(self) -> SoundPiece:
        """The next piece; it is sent now."""
        piece = self.pieces.popleft()
        self._unsent_ms -= piece.ms
        self._relieved.set()
        return piece

    def end(self) -> None:
        """There is no more to come."""
        self.ended = True
        self._moved.set()

    def _pieces(self, data: bytes, text: TimedText, begin_ms: float) -> list[SoundPiece]:
        size = round(_PIECE_MS * self._bytes_per_ms)
        pieces: list[SoundPiece] = []
        for start in range(0, len(data), size):
            part = data[start : start + size]
            from_ms = begin_ms + start / self._bytes_per_ms
            to_ms = from_ms + len(part) / self._bytes_per_ms
            is_last = start + size >= len(data)
            begins = from_ms if start else float("-inf")
            own = _between(text, begins, float("inf") if is_last else to_ms, from_ms)
            pieces.append(SoundPiece(part, to_ms - from_ms, own, self.event_id))
        return pieces


def bytes_per_ms(output_format: OutputFormat) -> float:
    """Of pcm and of the telephone's formats, which have a byte or two for each sample."""
    return output_format.sample_rate * (2 if output_format.codec == "pcm" else 1) / 1000


def _between(text: TimedText, begin_ms: float, end_ms: float, origin_ms: float) -> TimedText:
    own = [
        (char, max(0.0, start - origin_ms))
        for char, start in zip(text.chars, text.starts_ms, strict=True)
        if begin_ms <= start < end_ms
    ]
    return TimedText("".join(char for char, _ in own), [start for _, start in own])
