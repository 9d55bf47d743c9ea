"""Utterances on their way from the voices to the wire, in order and in time."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Protocol

from vivavoce.audio.formats import OutputFormat
from vivavoce.engines.base import SpeechRequest
from vivavoce.runtime.base import SpeechPool, Spoken
from vivavoce.sessions.framing import Ending, Frame, SpeechFramer
from vivavoce.sessions.play_clock import PlayClock
from vivavoce.wire.frames import SpeechFrames

# Bounds the work lost when a listener leaves or interrupts, and still hides the pool's round trip.
_MOST_UNDER_WAY = 2

# Faster than anybody speaks (14 is usual), so that a deadline guessed from it is rather too early.
_CHARACTERS_PER_S = 20.0

# A language model's stream pauses between sentences; a turn once admitted must survive that.
_TURN_LINGERS_S = 3.0


class FrameSink(Protocol):
    """Where frames go."""

    async def put(self, frame: str | bytes, due_at: float = 0.0) -> None:
        """Takes a frame that is needed at `due_at`, waiting while too many are ahead of it."""


class _UnderWay:
    """An utterance that the pool has."""

    def __init__(self, request: SpeechRequest, spoken: Spoken) -> None:
        self.request = request
        self.spoken = spoken
        self.sent_s = 0.0

    def remaining_s(self) -> float:
        """A cautious guess at the audio still to come."""
        whole_s = len(self.request.text) / _CHARACTERS_PER_S / self.request.speed
        return max(0.0, whole_s - self.sent_s)


class Delivery:
    """One stream of audio: what was asked for goes in, frames come out of `speak`.

    While it `is_busy`, one task has to run `speak`.
    """

    def __init__(
        self,
        pool: SpeechPool,
        output_format: OutputFormat,
        *,
        frames: SpeechFrames,
        sink: FrameSink,
        keep: bool,
        on_quiet: Callable[[], None],
    ) -> None:
        """`on_quiet` is called whenever all that was asked for has been spoken.

        Without `keep`, nothing of it may be stored anywhere.
        """
        self.finished = False
        self._pool = pool
        self._frames = frames
        self._framer = SpeechFramer(frames, output_format, pool.sample_rate)
        self._sink = sink
        self._keep = keep
        self._on_quiet = on_quiet
        self._play = PlayClock()
        self._waiting: deque[SpeechRequest] = deque()
        self._under_way: deque[_UnderWay] = deque()
        self._flushes: deque[int] = deque()
        self._requested = 0
        self._spoken = 0
        self._unspoken = 0
        self._ended = False
        self._closed = False
        self._asked = asyncio.Event()
        self._relieved = asyncio.Event()

    @property
    def is_busy(self) -> bool:
        """Whether text that was asked for is still to be spoken, or the end to be said."""
        return bool(self._under_way or self._flushes) or (self._ended and not self.finished)

    def ask(self, requests: Sequence[SpeechRequest], now: float) -> None:
        """More to speak, after all that was asked for before."""
        self._waiting += requests
        self._requested += len(requests)
        self._unspoken += sum(len(request.text) for request in requests)
        self._submit(now)
        self._asked.set()

    def flush(self) -> None:
        """The peer is to hear when all that was asked for so far is spoken, if it wants to."""
        if self._frames.flushed() is not None:
            self._flushes.append(self._requested)
            self._asked.set()

    def end(self) -> None:
        """Nothing more will be asked for: the stream is to be finished after the rest."""
        self._ended = True
        self._asked.set()

    async def room(self, most_characters: int) -> None:
        """Waits until fewer than `most_characters` are unspoken, or nothing is spoken any more."""
        while self._unspoken >= most_characters and not self._closed:
            self._relieved.clear()
            await self._relieved.wait()

    async def speak(self) -> None:
        """Speaks until there has been nothing to say for a while, or the stream is finished.

        Raises TextNotSpeakable, LanguageMissing or EngineFailed.
        """
        while self.is_busy:
            while await self._more():
                await self._speak_next()
            if self._ended and not self._flushes:
                await self._finish()

    def close(self) -> None:
        """Drops all speech under way and gives back what it held. Idempotent."""
        self._closed = True
        self._relieved.set()
        for utterance in self._under_way:
            utterance.spoken.cancel()
        self._framer.close()

    def _submit(self, now: float) -> None:
        while self._waiting and len(self._under_way) < _MOST_UNDER_WAY:
            request = self._waiting.popleft()
            dry_at = self._play.dry_at(now) + sum(one.remaining_s() for one in self._under_way)
            spoken = self._pool.submit(request, dry_at=dry_at, keep=self._keep)
            self._under_way.append(_UnderWay(request, spoken))

    async def _more(self) -> bool:
        """Whether there is an utterance to speak; waits for one until the turn is over."""
        await self._report_flushes()
        if not self._under_way:
            self._on_quiet()
        await self._asked_within(_TURN_LINGERS_S)
        return bool(self._under_way)

    async def _report_flushes(self) -> None:
        while self._flushes and self._flushes[0] <= self._spoken:
            flushed = self._frames.flushed()
            if flushed is not None:
                await self._sink.put(flushed, self._due_at())
            self._flushes.popleft()

    async def _asked_within(self, seconds: float) -> None:
        """Waits until there is an utterance, or the end of them, but no longer than `seconds`."""
        if not self.is_busy:
            self._asked.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._asked.wait()

    async def _speak_next(self) -> None:
        utterance = self._under_way[0]
        unread = len(utterance.request.text)
        async for block in utterance.spoken:
            unread -= len(block.original.chars)
            *pieces, last = self._framer.pieces(block)
            for piece in pieces:
                await self._send(await self._framer.frame(piece))
            await self._send(await self._framer.frame(last, self._ending(unread)))
            utterance.sent_s += block.samples / self._pool.sample_rate
        self._under_way.popleft()
        self._spoken += 1
        self._unspoken -= len(utterance.request.text)
        self._relieved.set()
        self._submit(time.monotonic())

    def _ending(self, unread_characters: int) -> Ending:
        """What ends with the block after which so much of its utterance is still to come."""
        if unread_characters > 0:
            return Ending.NOTHING
        is_last = self._ended and not self._waiting and len(self._under_way) == 1
        return Ending.STREAM if is_last else Ending.UTTERANCE

    async def _finish(self) -> None:
        await self._send(self._framer.finish())
        final = self._frames.final()
        if final is not None:
            await self._sink.put(final, self._due_at())
        self.finished = True

    async def _send(self, frame: Frame | None) -> None:
        if frame is not None:
            await self._sink.put(frame.message, self._due_at())
            self._play.sent(frame.seconds, time.monotonic())

    def _due_at(self) -> float:
        """When the listener runs dry, or now."""
        return self._play.dry_at(time.monotonic())
