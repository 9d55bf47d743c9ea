"""One stream of speech: its text on the way in, its voice and settings, its turns."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence

from vivavoce.core.context_cut import cut_in_context
from vivavoce.core.text_buffer import TextBuffer, Utterance
from vivavoce.errors import ServerBusy, TextTooLong
from vivavoce.runtime.base import SpeechPool
from vivavoce.sessions.caller import Caller
from vivavoce.sessions.delivery import Delivery, FrameSink
from vivavoce.sessions.manner import Manner, Prompter
from vivavoce.sessions.opening import SpeechPlan
from vivavoce.wire.frames import SpeechFrames

# What a buffer is fed at a time: more would hold the event loop for too long.
_FEED_CHARACTERS = 2_000

# Of text that makes no utterance; only white space can become so much.
_MOST_WAITING = 10_000


class SpeechContext:
    """A buffer, a manner of speaking and a delivery of its own.

    Text goes in through `take`, `tick`, `turn_to`, `end` and `dismiss`, which raise LimitReached or
    NotAuthenticated when a new turn is refused, LanguageMissing or TextTooLong, and do nothing once
    it is closed. While it `is_busy`, one task has to run `speak`.
    """

    def __init__(
        self,
        manner: Manner,
        plan: SpeechPlan,
        *,
        pool: SpeechPool,
        caller: Caller,
        frames: SpeechFrames,
        sink: FrameSink,
        on_asked: Callable[[], None],
        on_quiet: Callable[[], None],
    ) -> None:
        """`on_asked` is called when there is something to speak, `on_quiet` when all is spoken."""
        self._manner = manner
        self._prompter = Prompter(plan.seed)
        self._buffer = TextBuffer(auto_mode=plan.auto_mode, ssml=plan.ssml)
        self._pool = pool
        self._caller = caller
        self._on_asked = on_asked
        self._delivery = Delivery(
            pool,
            plan.output_format,
            frames=frames,
            sink=sink,
            keep=plan.keep,
            on_quiet=on_quiet,
        )
        self._in_turn = False
        self._closed = False

    @property
    def finished(self) -> bool:
        """Whether the end has been said."""
        return self._delivery.finished

    @property
    def is_busy(self) -> bool:
        """Whether text that was asked for is still to be spoken, or the end to be said."""
        return self._delivery.is_busy

    @property
    def ends_in_word(self) -> bool:
        """Whether text waits to which the next text would stick without a space."""
        waiting = self._buffer.waiting
        return bool(waiting) and not waiting[-1].isspace()

    @property
    def due_at(self) -> float | None:
        """The `time.monotonic()` at which `tick` has something to do, if ever."""
        return self._buffer.next_tick

    def configure(self, manner: Manner, schedule: Sequence[int] | None = None) -> None:
        """For the generations to come; without a `schedule`, the one so far."""
        self._manner = manner
        if schedule is not None:
            self._buffer.follow(schedule)

    def turn_to(self, manner: Manner) -> None:
        """Another voice speaks from here on; what waits is still for the one before."""
        if manner.voice != self._manner.voice:
            self._ask(self._buffer.finish(), time.monotonic())
        self._manner = manner

    async def take(
        self, text: str, *, most_unspoken: int, try_trigger: bool = False, flush: bool = False
    ) -> None:
        """More text; waits for room while `most_unspoken` characters are still to be spoken."""
        *pieces, last = _pieces(text)
        for piece in pieces:
            await self._delivery.room(most_unspoken)
            self._feed(piece)
            await asyncio.sleep(0)  # a long text lets other connections have their turn
        await self._delivery.room(most_unspoken)
        self._feed(last, try_trigger=try_trigger, flush=flush)
        if flush and not self._closed:
            self._delivery.flush()
            self._on_asked()

    def tick(self, now: float) -> None:
        """Time has passed."""
        self._ask(self._buffer.tick(now), now)

    def end(self, *, next_text: str = "") -> None:
        """No more text comes: the rest is to be spoken, and then the stream finished.

        `next_text` is what will follow elsewhere; it says how the last sentence is to end.
        """
        utterances = self._buffer.finish()
        if utterances and next_text:
            last = utterances[-1]
            utterances[-1] = Utterance(last.text, cut_in_context(last.text, next_text))
        self._ask(utterances, time.monotonic())
        if not self._closed:
            self._delivery.end()
            self._on_asked()

    def dismiss(self) -> None:
        """No more text comes, and what no generation has taken yet is not wanted any more."""
        self._buffer.discard()
        self.end()

    async def speak(self) -> None:
        """Speaks until there has been nothing to say for a while, or the stream is finished.

        Raises TextNotSpeakable, LanguageMissing or EngineFailed.
        """
        await self._delivery.speak()
        self._leave_turn()

    def close(self) -> None:
        """Drops all speech under way and gives back what it held. Idempotent.

        Not the end of `speak`: a task cancelled before its first step never gets to clean up.
        """
        self._closed = True
        self._leave_turn()
        self._delivery.close()

    def _feed(self, text: str, *, try_trigger: bool = False, flush: bool = False) -> None:
        now = time.monotonic()
        self._ask(self._buffer.feed(text, now=now, try_trigger=try_trigger, flush=flush), now)
        if self._buffer.pending > _MOST_WAITING:
            raise TextTooLong(f"More than {_MOST_WAITING} characters came that nobody can speak.")

    def _ask(self, utterances: Sequence[Utterance], now: float) -> None:
        if not utterances or self._closed:
            return
        requests = [
            request
            for utterance in utterances
            for request in self._prompter.requests(utterance, self._manner)
        ]
        self._enter_turn()
        self._caller.spend(sum(len(request.text) for request in requests))
        self._delivery.ask(requests, now)
        self._on_asked()

    def _enter_turn(self) -> None:
        if self._in_turn:
            return
        self._caller.enter_turn()
        try:
            self._pool.enter_turn()
        except ServerBusy:
            self._caller.leave_turn()
            raise
        self._in_turn = True

    def _leave_turn(self) -> None:
        if self._in_turn:
            self._in_turn = False
            self._pool.leave_turn()
            self._caller.leave_turn()


def _pieces(text: str) -> Iterator[str]:
    """`text` in pieces short enough to feed, cut behind a sentence or else a word."""
    start = 0
    while len(text) - start > _FEED_CHARACTERS:
        limit = start + _FEED_CHARACTERS
        sentence, word = (text.rfind(mark, start, limit) for mark in (". ", " "))
        cut = (sentence + 2 if sentence >= 0 else word + 1) or limit
        yield text[start:cut]
        start = cut
    yield text[start:]
