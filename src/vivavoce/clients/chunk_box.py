"""Speech that waits for whoever listens to one context: bounded, and never in the others' way."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable

from vivavoce.clients.speech_chunk import SpeechChunk
from vivavoce.errors import SlowReader

# Audio of one context that waits for its listener before the server is made to wait: a minute of
# MP3 at 128 kbit/s, 22 s of PCM at 24 kHz.
DEFAULT_BUFFER_BYTES = 1 << 20

# How many times that may wait while somebody else listens to an empty box.
_OVERFLOW = 16


class ChunkBox:
    """The chunks of one context in their order, then its end or its failure."""

    def __init__(self, room: BoxRoom) -> None:
        self._room = room
        self._chunks: deque[SpeechChunk] = deque()
        self._bytes = 0
        self._end: Exception | None = None
        self._has_ended = False
        self._takers = 0
        self._filled = asyncio.Event()

    @property
    def bytes_held(self) -> int:
        """Audio that waits."""
        return self._bytes

    @property
    def has_ended(self) -> bool:
        """Whether nothing is to come but what waits here."""
        return self._has_ended

    @property
    def failure(self) -> Exception | None:
        """What ended it, if anything did."""
        return self._end

    @property
    def is_starving(self) -> bool:
        """Whether somebody waits and there is nothing."""
        return self._takers > 0 and not self._chunks

    def put(self, chunk: SpeechChunk) -> None:
        """One more chunk; none is taken after the end."""
        if not self._has_ended:
            self._chunks.append(chunk)
            self._bytes += len(chunk.audio)
            self._filled.set()

    def end(self, failure: Exception | None = None, *, drop: bool = False) -> None:
        """Nothing more will come; `failure` is raised to the listener behind what waits.

        With `drop` what waits is not heard any more. The first end counts.
        """
        if drop:
            self._chunks.clear()
            self._bytes = 0
        if not self._has_ended:
            self._has_ended = True
            self._end = failure
        self._filled.set()
        self._room.moved()

    async def take(self) -> SpeechChunk | None:
        """The next chunk, None after the last. Raises the failure that ended the context."""
        while not self._chunks and not self._has_ended:
            self._filled.clear()
            self._takers += 1
            self._room.moved()
            try:
                await self._filled.wait()
            finally:
                self._takers -= 1
        if self._chunks:
            chunk = self._chunks.popleft()
            self._bytes -= len(chunk.audio)
            self._room.moved()
            return chunk
        if self._end is not None:
            raise self._end
        return None


class BoxRoom:
    """Decides whether more may be read from the server into the boxes of one connection.

    A full box stops the reading, so that the server waits and nothing grows. But as long as the
    listener of another box has nothing, reading goes on: nobody waits for somebody else's listener.
    A box that has become sixteen times full in that way fails with SlowReader.
    """

    def __init__(self, buffer_bytes: int = DEFAULT_BUFFER_BYTES) -> None:
        self._buffer_bytes = buffer_bytes
        self._moved = asyncio.Event()

    def moved(self) -> None:
        """A box was emptied, ended, or is waited for."""
        self._moved.set()

    def may_read(self, boxes: Iterable[ChunkBox]) -> bool:
        """Whether there is room in all of `boxes`, or a hungry listener at one."""
        has_room = True
        for box in boxes:
            if box.is_starving:
                return True
            has_room &= box.bytes_held < self._buffer_bytes
        return has_room

    def check(self, box: ChunkBox) -> None:
        """Raises SlowReader when `box` must be given up."""
        if box.bytes_held >= self._buffer_bytes * _OVERFLOW:
            raise SlowReader(
                f"{box.bytes_held} bytes of this context's speech wait, and nobody takes them."
            )

    async def wait(self) -> None:
        """Waits until it may be worth to ask again."""
        self._moved.clear()
        await self._moved.wait()
