"""Holds a call: what the turn machine decides is done here, and what happens is told to it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Final

from vivavoce.core.history import History
from vivavoce.core.turn import TurnMachine
from vivavoce.core.turn_effects import (
    Answer,
    Disregard,
    Drop,
    EndTurn,
    Fill,
    Forget,
    GoOn,
    HangUp,
    Hold,
    Interrupt,
    SpeakUp,
    Speculate,
    TurnEffect,
)
from vivavoce.engines.minds.base import Prompt
from vivavoce.sessions.converse.call_log import CallLog
from vivavoce.sessions.converse.dialect import CallDialect
from vivavoce.sessions.converse.event_ids import EventIds
from vivavoce.sessions.converse.reply import Reply
from vivavoce.sessions.converse.role import AgentRole
from vivavoce.sessions.converse.speaker import Speaker
from vivavoce.sessions.converse.stage import Stage
from vivavoce.sessions.converse.taking_back import TakingBack
from vivavoce.sessions.converse.teller import Send
from vivavoce.sessions.converse.turn_times import TurnStopwatch
from vivavoce.wire import conversation_events as events

SILENCE: Final = "..."
"""What a mind is told of a caller who says nothing; prompts for upstream are written for it."""


class Conductor:
    """Between a call's opening and its end; `ended` is set when it hangs up by itself."""

    def __init__(
        self,
        role: AgentRole,
        machine: TurnMachine,
        *,
        send: Send,
        dialect: CallDialect,
        ids: EventIds,
        history: History,
        log: CallLog,
        speaker: Speaker,
        stage: Stage,
        settle: Callable[[], Awaitable[None]],
        prepare: Callable[[Prompt], None],
        taking_back: TakingBack,
        stopwatch: TurnStopwatch,
        clock: Callable[[], float],
    ) -> None:
        """`settle` asks for a settled transcript, which `take_settled` gets.

        `prepare` lets the mind read what the next prompt will begin like.
        """
        self.role = role
        self.ended = asyncio.Event()
        self.end_reason = ""
        self.stopwatch = stopwatch
        self._clock = clock
        self._machine = machine
        self._send = send
        self._dialect = dialect
        self._ids = ids
        self._history = history
        self._log = log
        self._speaker = speaker
        self._stage = stage
        self._settle_transcript = settle
        self._prepare = prepare
        self._taking_back = taking_back
        self._effects: deque[TurnEffect] = deque()
        self._performing = False
        self._user_id = 0
        self._shown = ""

    @property
    def due_at(self) -> float | None:
        """When `tick` is wanted, by the call's clock."""
        return self._machine.due_at

    async def begin(self) -> None:
        """The agent's first message, if it has one."""
        plan, now = self.role.plan, self._clock()
        protected = plan.config.disable_first_message_interruptions
        self._machine.begin(now, greets=bool(plan.first_message), protected=protected)
        if plan.first_message:
            await self._stage.recite(plan.first_message, self.role.manner, self._ids.next())

    async def hear(self, likelihoods: Sequence[float]) -> None:
        """How likely the caller speaks, by the hop."""
        if self._dialect.wants("vad_score"):
            await self._send(events.vad_score(round(likelihoods[-1], 3)))
        await self.perform(self._machine.hear(likelihoods, self._clock()))

    async def take_words(self, text: str, is_complete: bool) -> None:
        """What the caller has said since the last settled transcript."""
        if not self._machine.caller_speaks:
            return
        if text and text != self._shown and not self._machine.is_held:
            self._shown = text
            self._number_turn()
            await self._send(self._dialect.tentative_transcript(text, self._user_id))
            if not is_complete:
                self._prepare(self.role.prompt(self._history, text))
        await self.perform(self._machine.heard(text, self._clock(), complete=is_complete))

    async def take_settled(self, text: str, was_asked: bool) -> None:
        """A transcript is settled; if nobody asked for it, somebody talks without an end."""
        self._shown = ""
        now = self._clock()
        if was_asked:
            self.stopwatch.settled(now)
            await self.perform(self._machine.committed(text, now))
        elif text:
            await self.take_text(text)

    async def take_text(self, text: str) -> None:
        """The caller has written."""
        self.stopwatch.typed()
        await self.perform(self._machine.typed(text, self._clock()))

    def take_activity(self) -> None:
        """The caller is there, and busy with something."""
        self._machine.is_active(self._clock())

    async def tick(self) -> None:
        """Time has passed."""
        await self.perform(self._machine.tick(self._clock()))

    def reply_sounds(self, now: float) -> None:
        """The first sound of a reply is sent."""
        self.stopwatch.begun(now, self._stage.reply)
        self._machine.reply_starts(now)

    def reply_finished(self) -> Reply | None:
        """All of the reply has been heard, or read."""
        reply = self._stage.finish()
        if reply is None:
            return None
        last = reply.rounds[-1]
        if not last.is_remembered:
            self._history.agent(last.text.strip())
        if reply.text:
            self._log.agent_said(
                reply.text,
                reply.rounds[0].event_id,
                began_at=self.stopwatch.reply_began_at,
                waterfall=self.stopwatch.waterfall,
            )
        return reply

    async def take_over(self, *, greets: bool) -> None:
        """The agent is another one now, and has the word."""
        message = self.role.plan.first_message if greets else ""
        self._stage.forget()
        if self._stage.reply is not None:
            await self._taking_back.interrupt()
        self._machine.begin(self._clock(), greets=True)
        if message:
            await self._stage.recite(message, self.role.manner, self._ids.next())
        else:
            await self._give("", self._ids.next())

    async def next_turn(self, *, waits: bool) -> None:
        """The agent's turn is over, unless it has begun another one meanwhile.

        If it `waits`, the next word is the caller's.
        """
        if self._stage.reply is None:
            await self.perform(self._machine.reply_ends(self._clock(), waits=waits))

    def hang_up(self, reason: str) -> None:
        """The call is over."""
        self.end_reason = self.end_reason or reason
        self.ended.set()

    async def perform(self, effects: Sequence[TurnEffect]) -> None:
        """In order, also where doing one of them leads to more."""
        self._effects += effects
        if self._performing:
            return
        self._performing = True
        try:
            while self._effects and not self.ended.is_set():
                await self._do(self._effects.popleft())
        finally:
            self._performing = False

    async def _do(self, effect: TurnEffect) -> None:
        match effect:
            case Speculate(text):
                await self._speculate(text)
            case Forget():
                self._stage.forget()
            case EndTurn() | Disregard():
                await self._settle(is_turn=isinstance(effect, EndTurn))
            case Answer():
                await self._answer(effect)
            case Hold():
                self._speaker.hold()
            case GoOn():
                self._speaker.go_on()
            case Interrupt():
                await self._taking_back.interrupt()
            case Drop():
                await self._taking_back.drop()
            case Fill():
                await self._fill()
            case SpeakUp():
                self.stopwatch.typed()
                await self._give(SILENCE, self._ids.next())
            case HangUp():
                self.hang_up("silence")

    async def _speculate(self, text: str) -> None:
        if self.role.seat.done():  # a mind that is still loading has nothing to gain
            self._number_turn()
            prompt = self.role.prompt(self._history, text)
            ready = partial(self.role.ready, prompt)
            self._stage.prepare(ready, self.role.manner, self._ids.next())

    def _number_turn(self) -> None:
        """The caller's turn has a number before its answer has one, and after all others."""
        if self._stage.prepared_id is None:
            self._user_id = self._ids.renewed(self._user_id)

    async def _settle(self, *, is_turn: bool) -> None:
        if is_turn:
            self.stopwatch.turn_ended(self._clock(), self._machine.quiet_s)
        await self._settle_transcript()

    async def _answer(self, answer: Answer) -> None:
        prepared = self._stage.prepared_id
        self._number_turn()
        if answer.said:
            self._log.caller_said(answer.said, self._user_id)
            await self._send(self._dialect.user_transcript(answer.said, self._user_id))
        prompt = self.role.prompt(self._history, answer.text)
        (self._history.continue_user if answer.continues else self._history.user)(answer.said)
        self._speaker.go_on()
        ready = partial(self.role.ready, prompt)
        await self._stage.give(ready, self.role.manner, prepared or self._ids.next())
        self._user_id = 0

    async def _give(self, words: str, event_id: int) -> None:
        self._stage.forget()
        self._speaker.go_on()
        prompt = self.role.prompt(self._history, words)
        await self._stage.give(partial(self.role.ready, prompt), self.role.manner, event_id)

    async def _fill(self) -> None:
        reply = self._stage.reply
        if reply is not None and not reply.text:
            await reply.interject(self.role.plan.config.turn.soft_timeout.message)
