"""One stream of speech: its text on the way in, its utterances, its audio on the way out."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Callable, Sequence

from vivavoce.core.text_buffer import Cut, TextBuffer, Utterance
from vivavoce.engines.base import SpeechRequest, Voice
from vivavoce.runtime.base import SpeechPool, Spoken
from vivavoce.sessions.framing import Ending, Frame, SpeechFramer
from vivavoce.sessions.opening import SpeechPlan
from vivavoce.sessions.outbox import Outbox
from vivavoce.sessions.play_clock import PlayClock
from vivavoce.wire.frames import SpeechFrames
from vivavoce.wire.speech import VoiceSettings

# At least what an MP3 encoder keeps to itself (85 ms), lest the end of a word wait for the next.
_PAUSE_MS = {Cut.SENTENCE: 200, Cut.CLAUSE: 120, Cut.WORD: 90, Cut.FORCED: 90}

# Bounds the work lost when a listener leaves or interrupts, and still hides the pool's round trip.
_MOST_UNDER_WAY = 2

# Faster than anybody speaks (14 is usual), so that a deadline guessed from it is rather too early.
_CHARACTERS_PER_S = 20.0

# A language model's stream pauses between sentences; a turn once admitted must survive that.
_TURN_LINGERS_S = 3.0

_SEEDS = 1 << 32


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


class SpeechContext:
    """A buffer, a voice, settings, a play clock and an encoder of its own.

    Text goes in through `feed`, `tick` and `end`, which raise ServerBusy when a new turn is
    refused. While it `is_busy`, one task has to run `speak`.
    """

    def __init__(
        self,
        plan: SpeechPlan,
        voice: Voice,
        *,
        pool: SpeechPool,
        frames: SpeechFrames,
        outbox: Outbox,
        on_quiet: Callable[[], None],
    ) -> None:
        """`on_quiet` is called whenever all text asked for so far has been spoken."""
        self.finished = False
        self._voice = voice
        self._voice_settings = VoiceSettings()
        self._seed = plan.seed
        self._buffer = TextBuffer(auto_mode=plan.auto_mode)
        self._pool = pool
        self._frames = frames
        self._framer = SpeechFramer(frames, plan.output_format, pool.sample_rate)
        self._outbox = outbox
        self._on_quiet = on_quiet
        self._play = PlayClock()
        self._waiting: deque[SpeechRequest] = deque()
        self._under_way: deque[_UnderWay] = deque()
        self._unspoken = 0
        self._in_turn = False
        self._ended = False
        self._asked = asyncio.Event()
        self._relieved = asyncio.Event()

    @property
    def ends_in_word(self) -> bool:
        """Whether text waits to which the next text would stick without a space."""
        waiting = self._buffer.waiting
        return bool(waiting) and not waiting[-1].isspace()

    @property
    def due_at(self) -> float | None:
        """The `time.monotonic()` at which `tick` has something to do, if ever."""
        return self._buffer.next_tick

    @property
    def is_busy(self) -> bool:
        """Whether text that was asked for is still to be spoken, or the end to be said."""
        return bool(self._under_way) or (self._ended and not self.finished)

    def configure(self, voice_settings: VoiceSettings, schedule: Sequence[int] | None) -> None:
        """Settings for the generations to come; without a `schedule`, the one so far."""
        self._voice_settings = voice_settings
        self._buffer.configure(schedule=schedule)

    def feed(self, text: str, now: float, *, try_trigger: bool, flush: bool) -> None:
        """More text."""
        self._ask(self._buffer.feed(text, now=now, try_trigger=try_trigger, flush=flush), now)

    def tick(self, now: float) -> None:
        """Time has passed."""
        self._ask(self._buffer.tick(now), now)

    def end(self, now: float) -> None:
        """No more text comes: the rest is to be spoken, and then the stream finished."""
        self._ended = True
        self._asked.set()
        self._ask(self._buffer.finish(), now)

    async def room(self, most_characters: int) -> None:
        """Waits until fewer than `most_characters` are unspoken."""
        while self._unspoken >= most_characters:
            self._relieved.clear()
            await self._relieved.wait()

    async def speak(self) -> None:
        """Speaks until there has been nothing to say for a while, or the stream is finished.

        Raises TextNotSpeakable or EngineFailed.
        """
        while self.is_busy:
            while await self._more():
                await self._speak_next()
            if self._ended:
                await self._finish()
        self._leave_turn()

    def close(self) -> None:
        """Drops all speech under way and gives back what it held. Idempotent.

        Not the end of `speak`: a task cancelled before its first step never gets to clean up.
        """
        for utterance in self._under_way:
            utterance.spoken.cancel()
        self._leave_turn()
        self._framer.close()

    def _ask(self, utterances: Sequence[Utterance], now: float) -> None:
        if not utterances:
            return
        if not self._in_turn:
            self._pool.enter_turn()
            self._in_turn = True
        for utterance in utterances:
            self._waiting.append(self._request(utterance))
            self._unspoken += len(utterance.text)
        self._submit(now)
        self._asked.set()

    def _request(self, utterance: Utterance) -> SpeechRequest:
        settings = self._voice_settings
        seed, self._seed = self._seed, (self._seed + 1) % _SEEDS
        return SpeechRequest(
            text=utterance.text,
            voice=self._voice,
            speed=1.0 if settings.speed is None else settings.speed,
            intonation=_intonation(settings.stability),
            pause_ms=_PAUSE_MS[utterance.cut],
            seed=seed,
        )

    def _submit(self, now: float) -> None:
        while self._waiting and len(self._under_way) < _MOST_UNDER_WAY:
            request = self._waiting.popleft()
            ahead_s = sum(utterance.remaining_s() for utterance in self._under_way)
            spoken = self._pool.submit(request, dry_at=self._play.dry_at(now) + ahead_s)
            self._under_way.append(_UnderWay(request, spoken))

    async def _more(self) -> bool:
        """Whether there is an utterance to speak; waits for one until the turn is over."""
        if not self._under_way:
            self._on_quiet()
        await self._asked_within(_TURN_LINGERS_S)
        return bool(self._under_way)

    async def _asked_within(self, seconds: float) -> bool:
        """Whether there is an utterance, or the end of them, now or within `seconds`."""
        if not self.is_busy:
            self._asked.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._asked.wait()
        return self.is_busy

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
        self._unspoken -= len(utterance.request.text)
        self._relieved.set()
        self._submit(time.monotonic())

    def _ending(self, unread_characters: int) -> Ending:
        """What ends with the block after which so much of its utterance is still to come."""
        if unread_characters > 0:
            return Ending.NOTHING
        is_last = self._ended and not self._waiting and len(self._under_way) == 1
        return Ending.STREAM if is_last else Ending.UTTERANCE

    def _leave_turn(self) -> None:
        if self._in_turn:
            self._in_turn = False
            self._pool.leave_turn()

    async def _finish(self) -> None:
        await self._send(self._framer.finish())
        final = self._frames.final()
        if final is not None:
            await self._outbox.put(final)
        self.finished = True

    async def _send(self, frame: Frame | None) -> None:
        if frame is not None:
            await self._outbox.put(frame.message)
            self._play.sent(frame.seconds, time.monotonic())


def _intonation(stability: float | None) -> float:
    """0.5, the protocol's default, speaks as the model does; less of it moves the pitch more."""
    return 1.3 - 0.6 * (0.5 if stability is None else stability)
