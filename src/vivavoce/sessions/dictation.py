"""Recorded sound, written down as fast as the ears have time for it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from types import TracebackType
from typing import Final, NamedTuple

import msgspec

from vivavoce.audio.recent_sound import RecentSound
from vivavoce.core.fillers import without_fillers
from vivavoce.core.pieces import HOP, RATE, Piece, PieceCutter
from vivavoce.core.spoken_words import Passage
from vivavoce.engines.base import HearingRequest
from vivavoce.runtime.base import EarsPool
from vivavoce.sessions.hearing import piece_passage, piece_request

_PIECES_AHEAD: Final = 8
"""That wait for the ears or for whoever reads: 4 MB at the most, and reading is no faster than as
many workers."""
_HEARD_WITHIN_S: Final = 30.0
"""Whoever sent a file can wait so long, if others cannot."""
_JUDGED_WITHIN_S: Final = 20.0
"""Before what there is to hear runs out."""
_WARM_UP: Final = 5 * RATE - 5 * RATE % HOP
"""Sound that a detector hears again before it goes on; in a stream it would remember it. With 1 s
one piece in four is cut elsewhere than in a stream, with 5 s one in ten, by a hair each."""


class DictationWishes(msgspec.Struct, frozen=True):
    """How to write it down: `language` is one of the ears', `word_times` asks for words.

    With `leave_out_fillers` "um" and the like are not written.
    """

    language: str
    word_times: bool = False
    leave_out_fillers: bool = False


class _Step(NamedTuple):
    """Sound up to sample `until`, and who finds out what was said at the end of it, if anything."""

    until: int
    hearing: asyncio.Task[Passage | Exception | None] | None


class Dictation:
    """Passages in order: `async with transcribe_sound(…) as passages: async for …`.

    Getting one raises what stands in the way: EngineFailed, or what reading a block raises.
    Leaving the block ends all, and no block is read any more.
    """

    def __init__(
        self,
        blocks: Iterator[bytes],
        *,
        pool: EarsPool,
        wishes: DictationWishes,
        on_progress: Callable[[float], None],
    ) -> None:
        self._blocks = blocks
        self._pool = pool
        self._wishes = wishes
        self._on_progress = on_progress
        self._sound = RecentSound()
        self._cutter = PieceCutter()
        self._line: asyncio.Queue[_Step | Exception] = asyncio.Queue(_PIECES_AHEAD)
        self._end: Exception | None = None
        self._work: asyncio.Task[None] | None = None

    @property
    def seconds(self) -> float:
        """Of sound that have been read."""
        return self._sound.end / RATE

    async def __aenter__(self) -> Dictation:
        self._work = asyncio.create_task(self._listen())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._work is not None:
            self._work.cancel()
            await asyncio.wait([self._work])

    def __aiter__(self) -> Dictation:
        return self

    async def __anext__(self) -> Passage:
        while self._end is None:
            step = await self._line.get()
            if isinstance(step, Exception):
                self._end = step
                break
            said = None if step.hearing is None else await step.hearing
            if isinstance(said, Exception):
                self._end = said
                break
            self._on_progress(step.until / RATE)
            if said is not None:
                return said
        raise self._end

    async def _listen(self) -> None:
        end: Exception = StopAsyncIteration()
        async with asyncio.TaskGroup() as hearings:
            try:
                await self._cut(hearings)
            except Exception as error:
                end = error
            await self._line.put(end)

    async def _cut(self, hearings: asyncio.TaskGroup) -> None:
        sound, cutter = self._sound, self._cutter
        while (block := await self._next_block()) is not None:
            sound.add(block)
            pieces = cutter.feed(await self._judge(sound.end - sound.end % HOP))
            await self._send(pieces, cutter.now, hearings)
        pieces = cutter.feed(await self._judge(sound.end))
        if (last := cutter.close(sound.end)) is not None:
            pieces.append(last)
        await self._send(pieces, sound.end, hearings)

    async def _next_block(self) -> bytes | None:
        reading = asyncio.create_task(asyncio.to_thread(self._read_on))
        try:
            block = await asyncio.shield(reading)
        except asyncio.CancelledError:
            await asyncio.wait([reading])  # a thread cannot be cancelled, and has our file
            raise
        if isinstance(block, Exception):
            raise block
        return block

    def _read_on(self) -> bytes | Exception | None:
        """The next block; a failure is handed over, for there may be nobody left to hear of it."""
        try:
            return next(self._blocks, None)
        except Exception as error:
            return error

    async def _judge(self, end: int) -> Sequence[float]:
        """How likely the hops up to sample `end` are speech that have not been judged yet."""
        start = self._cutter.now
        if end <= start:
            return ()
        known = min(start, _WARM_UP)
        likelihoods = await self._pool.judge(
            self._sound.cut(start - known, end), due_at=time.monotonic() + _JUDGED_WITHIN_S
        )
        return likelihoods[known // HOP :]

    async def _send(self, pieces: Sequence[Piece], until: int, hearings: asyncio.TaskGroup) -> None:
        """Has pieces heard; waits while there are many that nobody has read yet."""
        for piece in pieces:
            hearing = hearings.create_task(self._hear(piece, self._request(piece)))
            await self._line.put(_Step(piece.end, hearing))
        await self._line.put(_Step(until, None))
        self._sound.forget(min(self._cutter.needed_from, self._cutter.now - _WARM_UP))

    def _request(self, piece: Piece) -> HearingRequest:
        wishes = self._wishes
        return piece_request(
            piece, self._sound, language=wishes.language, word_times=wishes.word_times
        )

    async def _hear(self, piece: Piece, request: HearingRequest) -> Passage | Exception | None:
        due_at = time.monotonic() + _HEARD_WITHIN_S
        try:
            heard = await self._pool.hear(request, due_at=due_at, background=True)
        except Exception as error:  # is raised where its passage would have been
            return error
        passage = piece_passage(piece, heard)
        if passage is not None and self._wishes.leave_out_fillers:
            return without_fillers(passage)
        return passage


def transcribe_sound(
    blocks: Iterator[bytes],
    *,
    pool: EarsPool,
    wishes: DictationWishes,
    on_progress: Callable[[float], None] = lambda seconds: None,
) -> Dictation:
    """Begins when it is entered, and takes as much memory for an hour as for a minute.

    `blocks` are 16-bit mono at EARS_RATE; they are read in a thread, so getting one may take a
    while, and closing them is up to the caller. `on_progress` is told how many seconds of sound
    have been written down.
    """
    return Dictation(blocks, pool=pool, wishes=wishes, on_progress=on_progress)
