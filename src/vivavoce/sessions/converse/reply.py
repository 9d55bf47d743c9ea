"""One answer of the agent: thought, spoken, and kept back until it may be heard."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Sequence
from typing import Final, Protocol, TypeAlias

import msgspec

from vivavoce.core.clauses import ClauseCutter
from vivavoce.engines.minds.base import (
    Calls,
    Message,
    Prompt,
    Seat,
    Thought,
    ToolCall,
    Usage,
    Words,
)
from vivavoce.errors import MindTimeout
from vivavoce.sessions.converse.reply_sound import ReplySound
from vivavoce.sessions.converse.reply_voice import ReplyVoice

_MIND_WITHIN_S: Final = 20.0
"""Upstream's limit for the next word."""
_MOST_ROUNDS: Final = 10
"""Of thinking and tools in one answer: a mind that never stops calling tools is stopped."""


_Thinking: TypeAlias = Coroutine[None, None, None]
Ready: TypeAlias = Callable[[], Awaitable[tuple[Seat, Prompt]]]
"""Gives the mind's seat, which may take a moment, and what is to be asked there."""


class Round(msgspec.Struct):
    """What a mind says in one go, between two calls of tools; `text` grows until `is_complete`.

    The first `shown` characters of it have been told as they came; `is_told` says that it was told
    whole, `is_remembered` that the call's history has it.
    """

    event_id: int
    text: str = ""
    shown: int = 0
    is_complete: bool = False
    is_told: bool = False
    is_remembered: bool = False


class ReplyTimes(msgspec.Struct):
    """When what happened, by the call's clock; None for what has not."""

    first_token: float | None = None
    first_clause: float | None = None


class ReplyListener(Protocol):
    """What an answer tells its call."""

    async def on_words(self, reply: Reply, text: str) -> None:
        """More words; of an answer that has been released."""

    async def on_round(self, reply: Reply, finished: Round) -> None:
        """A round is complete, and the answer released."""

    async def on_usage(self, reply: Reply, usage: Usage) -> None:
        """What the mind says of its context."""

    async def on_calls(self, reply: Reply, calls: Sequence[ToolCall]) -> Sequence[Message] | None:
        """The mind wants tools to be run; what to think about next, None for nothing more."""

    def on_thought(self, reply: Reply) -> None:
        """All is said, though perhaps not yet heard."""

    def next_event_id(self) -> int:
        """For another round."""


class Reply:
    """Runs as one task; `release` lets it be heard, `close` ends it.

    Until it is released no tool is run and nothing is told.
    """

    def __init__(
        self,
        event_id: int,
        listener: ReplyListener,
        *,
        clock: Callable[[], float],
        voice: ReplyVoice | None = None,
        sound: ReplySound | None = None,
    ) -> None:
        """Without a `voice` the answer is only written."""
        self.rounds = [Round(event_id)]
        self.sound = sound
        self.times = ReplyTimes()
        self.is_thought = False
        self.has_failed = False
        self._listener = listener
        self._clock = clock
        self._voice = voice
        self._cutter = ClauseCutter()
        self._released = asyncio.Event()
        self._saying = asyncio.Lock()
        self._parts: list[asyncio.Task[None]] = []

    @property
    def event_id(self) -> int:
        """Of the round under way."""
        return self.rounds[-1].event_id

    @property
    def text(self) -> str:
        """All that has been thought so far."""
        return " ".join(one.text.strip() for one in self.rounds if one.text.strip())

    @property
    def is_released(self) -> bool:
        """Whether it may be heard."""
        return self._released.is_set()

    async def release(self) -> None:
        """It may be heard now; what is complete of it is told."""
        self._released.set()
        for one in list(self.rounds):
            await self._show(one)
            await self._tell(one)

    def close(self) -> None:
        """Drops what is being spoken. Idempotent; the task is cancelled besides."""
        for task in self._parts:  # else they would go on for a step, with a voice that is closed
            task.cancel()
        if self._voice is not None:
            self._voice.close()

    async def recite(self, text: str) -> None:
        """Says a text that needs no thought; a task of its own."""
        await self._run_beside_voice(self._recite(text))

    async def answer(self, ready: Ready) -> None:
        """Thinks about the prompt and says what comes; a task of its own.

        What fails is raised once the answer is released: before, nobody has asked for it.
        """
        await self._run_beside_voice(self._answer(ready))

    async def interject(self, text: str) -> None:
        """Says something while the mind is slow, or after a tool."""
        await self._take(text + " ")
        await self._say_all(self._cutter.finish())

    async def _run_beside_voice(self, thinking: _Thinking) -> None:
        try:
            async with asyncio.TaskGroup() as tasks:
                if self._voice is not None:
                    self._parts.append(tasks.create_task(self._voice.run()))
                self._parts.append(tasks.create_task(thinking))
        except* Exception:
            self.has_failed = True
            await self._released.wait()
            raise
        finally:
            self.close()

    async def _recite(self, text: str) -> None:
        await self._take(text)
        await self._end_round()
        self._end()

    async def _answer(self, ready: Ready) -> None:
        seat, prompt = await ready()
        for _ in range(_MOST_ROUNDS):
            calls = await self._think(seat, prompt)
            if not calls:
                break
            await self._released.wait()
            if self.rounds[-1].text.strip():
                await self._end_round()
            more = await self._listener.on_calls(self, calls)
            if more is None:
                break
            prompt = msgspec.structs.replace(prompt, messages=(*prompt.messages, *more))
        await self._end_round()
        self._end()

    def _end(self) -> None:
        if self._voice is not None:
            self._voice.end()
        self.is_thought = True
        self._listener.on_thought(self)

    async def _think(self, seat: Seat, prompt: Prompt) -> Sequence[ToolCall]:
        calls: Sequence[ToolCall] = ()
        async with contextlib.aclosing(seat.think(prompt)) as thoughts:
            while (thought := await _next(thoughts)) is not None:
                if isinstance(thought, Words):
                    await self._take(thought.text)
                elif isinstance(thought, Calls):
                    calls = thought.calls
                elif self.is_released:
                    await self._listener.on_usage(self, thought)
        await self._say_all(self._cutter.finish())
        return calls

    async def _take(self, text: str) -> None:
        if not text:
            return
        if self.rounds[-1].is_complete:
            self._begin_round()
        self.times.first_token = self.times.first_token or self._clock()
        self.rounds[-1].text += text
        if self._voice is None:
            await self._released.wait()
        if self.is_released:
            await self._show(self.rounds[-1])
        for piece in self._cutter.feed(text):
            await self._say_all(piece)

    async def _say_all(self, piece: str) -> None:
        if not piece.strip():
            return
        self.times.first_clause = self.times.first_clause or self._clock()
        if self._voice is not None:
            async with self._saying:
                await self._voice.say(piece)

    def _begin_round(self) -> None:
        self.rounds.append(Round(self._listener.next_event_id()))
        if self.sound is not None:
            self.sound.event_id = self.event_id

    async def _end_round(self) -> None:
        await self._say_all(self._cutter.finish())
        self.rounds[-1].is_complete = True
        if self.is_released:
            await self._tell(self.rounds[-1])

    async def _show(self, one: Round) -> None:
        text = one.text[one.shown :]
        one.shown = len(one.text)
        if text:
            await self._listener.on_words(self, text)

    async def _tell(self, one: Round) -> None:
        if one.is_complete and not one.is_told and one.text.strip():
            one.is_told = True
            await self._listener.on_round(self, one)


async def _next(thoughts: AsyncGenerator[Thought, None]) -> Thought | None:
    """Raises MindTimeout."""
    try:
        async with asyncio.timeout(_MIND_WITHIN_S):
            return await anext(thoughts, None)
    except TimeoutError:
        text = f"The language model said nothing for {_MIND_WITHIN_S:g} s."
        raise MindTimeout(text) from None
