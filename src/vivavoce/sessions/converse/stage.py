"""The agent's answers of one call: one being prepared, one on stage, and what was heard of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine

import msgspec

from vivavoce.audio.formats import OutputFormat
from vivavoce.runtime.base import SpeechPool
from vivavoce.sessions.caller import Caller
from vivavoce.sessions.converse.reply import Ready, Reply, ReplyListener
from vivavoce.sessions.converse.reply_sound import ReplySound
from vivavoce.sessions.converse.reply_voice import ReplyVoice
from vivavoce.sessions.converse.speaker import Speaker
from vivavoce.sessions.manner import Manner
from vivavoce.sessions.opening import SpeechPlan

Start = Callable[[Coroutine[None, None, None]], asyncio.Task[None]]


class HeardRound(msgspec.Struct, frozen=True):
    """What was said in one round of an answer, and what of it was heard."""

    event_id: int
    text: str
    heard: str
    is_told: bool
    is_remembered: bool


class _Running(msgspec.Struct, frozen=True):
    reply: Reply
    task: asyncio.Task[None]


class Stage:
    """Makes replies, lets one at a time be heard, and takes it back.

    `is_written` calls have no sound at all.
    """

    def __init__(
        self,
        listener: ReplyListener,
        speaker: Speaker,
        *,
        start: Start,
        pool: SpeechPool,
        caller: Caller,
        output_format: OutputFormat,
        is_written: bool,
        clock: Callable[[], float],
    ) -> None:
        self._listener = listener
        self._speaker = speaker
        self._start = start
        self._pool = pool
        self._caller = caller
        self._format = output_format
        self._is_written = is_written
        self._clock = clock
        self.is_heard = False
        """Whether the reply has been heard, or read, to its end."""
        self._prepared: _Running | None = None
        self._running: _Running | None = None

    @property
    def reply(self) -> Reply | None:
        """The one that is heard, or will be next."""
        return None if self._running is None else self._running.reply

    @property
    def prepared_id(self) -> int | None:
        """The event id of what is prepared, if there is something."""
        return None if self._prepared is None else self._prepared.reply.event_id

    def prepare(self, ready: Ready, manner: Manner, event_id: int) -> None:
        """Thinks of an answer and begins to speak it, unheard."""
        self.forget()
        self._prepared = self._answering(ready, manner, event_id)

    def forget(self) -> None:
        """Drops what is prepared."""
        if self._prepared is not None:
            _end(self._prepared)
            self._prepared = None

    async def give(self, ready: Ready, manner: Manner, event_id: int) -> None:
        """Answers aloud, with what is prepared if there is something."""
        running, self._prepared = self._prepared, None
        await self._present(running or self._answering(ready, manner, event_id))

    async def recite(self, text: str, manner: Manner, event_id: int) -> None:
        """Says a text that needs no thought."""
        reply = self._reply(manner, event_id)
        await self._present(_Running(reply, self._start(reply.recite(text))))

    def end(self) -> list[HeardRound]:
        """Takes the reply off the stage; what was said of it, and what was heard."""
        running, self._running = self._running, None
        heard = self._speaker.stop().heard_text(self._clock())
        if running is None:
            return []
        _end(running)
        return _heard_rounds(running.reply, heard, is_written=self._is_written)

    def finish(self) -> Reply | None:
        """Takes the reply off the stage if it has been heard; None if the caller was faster."""
        if self._running is None or not self.is_heard:
            return None
        running, self._running = self._running, None
        return running.reply

    def close(self) -> None:
        """Nothing is said any more."""
        self.forget()
        self.end()

    def _answering(self, ready: Ready, manner: Manner, event_id: int) -> _Running:
        reply = self._reply(manner, event_id)
        return _Running(reply, self._start(reply.answer(ready)))

    async def _present(self, running: _Running) -> None:
        self._running = running
        self.is_heard = False
        if running.reply.sound is not None:
            self._speaker.play(running.reply.sound)
        await running.reply.release()

    def _reply(self, manner: Manner, event_id: int) -> Reply:
        if self._is_written:
            return Reply(event_id, self._listener, clock=self._clock)
        sound = ReplySound(self._format, event_id, self._speaker.moved, clock=self._clock)
        plan = SpeechPlan(voice=None, output_format=self._format, auto_mode=True)
        voice = ReplyVoice(manner, plan, sound, pool=self._pool, caller=self._caller)
        return Reply(event_id, self._listener, clock=self._clock, voice=voice, sound=sound)


def _end(running: _Running) -> None:
    running.task.cancel()
    running.reply.close()


def _heard_rounds(reply: Reply, heard: str, *, is_written: bool) -> list[HeardRound]:
    """`heard` shared out over the rounds, in words: how a voice spaces them is its own affair."""
    words = heard.split()
    rounds: list[HeardRound] = []
    for one in reply.rounds:
        said = one.text.split()
        own = said if is_written else said[: len(words)]
        words = words[len(own) :]
        heard_text = " ".join(own)
        rounds.append(
            HeardRound(one.event_id, one.text.strip(), heard_text, one.is_told, one.is_remembered)
        )
    return [one for one in rounds if one.text]
