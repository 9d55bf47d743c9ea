"""One call, put together: microphone, turns, mind, voice, tools and what is kept of it."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from types import TracebackType
from typing import Self

from vivavoce.core.call_clock import CallClock
from vivavoce.core.history import History
from vivavoce.core.turn import TurnMachine
from vivavoce.engines.minds.base import Prompt
from vivavoce.sessions.caller import Caller
from vivavoce.sessions.connection import Connection
from vivavoce.sessions.converse.absence import Absence
from vivavoce.sessions.converse.call_desk import CallDesk
from vivavoce.sessions.converse.call_log import CallLog
from vivavoce.sessions.converse.casting import Casting
from vivavoce.sessions.converse.conductor import Conductor
from vivavoce.sessions.converse.counting import CountingDuplex
from vivavoce.sessions.converse.dialect import CallDialect
from vivavoce.sessions.converse.event_ids import EventIds
from vivavoce.sessions.converse.front import CallFront
from vivavoce.sessions.converse.headset import Headset
from vivavoce.sessions.converse.heartbeat import Heartbeat
from vivavoce.sessions.converse.incoming import Incoming
from vivavoce.sessions.converse.keeping import CallKeeper
from vivavoce.sessions.converse.plan import CallPlan, input_format, output_format
from vivavoce.sessions.converse.reply import Reply
from vivavoce.sessions.converse.reply_sound import SoundPiece
from vivavoce.sessions.converse.role import AgentRole
from vivavoce.sessions.converse.sequel import Sequel
from vivavoce.sessions.converse.socket_line import SocketLine
from vivavoce.sessions.converse.speaker import Speaker
from vivavoce.sessions.converse.stage import Stage
from vivavoce.sessions.converse.taking_back import TakingBack
from vivavoce.sessions.converse.teller import Teller
from vivavoce.sessions.converse.turn_rules import turn_rules
from vivavoce.sessions.converse.turn_times import TurnStopwatch
from vivavoce.wire.conversation import ConversationMessage


class Call:
    """`async with` one: the agent begins, and `take` and `tick` carry on until `ended` is set."""

    def __init__(
        self,
        plan: CallPlan,
        *,
        desk: CallDesk,
        front: CallFront,
        connection: Connection,
        duplex: CountingDuplex,
        dialect: CallDialect,
        caller: Caller,
        keeper: CallKeeper,
        log: CallLog,
        clock: CallClock,
    ) -> None:
        self._plan = plan
        self._clock = clock
        self._desk = desk
        self._connection = connection
        self._dialect = dialect
        self._keeper = keeper
        self._log = log
        self._tasks: list[asyncio.Task[None]] = []
        self._finished = asyncio.Event()
        self._put = 0
        self._ids = EventIds()
        self._history = History()
        self._output = output_format(plan, dialect)
        self._input_name, microphone = input_format(plan, dialect)
        self._headset = Headset(
            desk.ears,
            keeper,
            input_format=microphone,
            output_format=self._output,
            start=self._start,
            clock=clock,
            presence=connection.presence,
        )
        self._line = SocketLine(self._send, dialect, self._ids)
        self.heartbeat = Heartbeat(self._send, dialect)
        self._speaker = Speaker(
            self._send_piece,
            clock=clock.now,
            on_first=lambda now: self._conductor.reply_sounds(now),
            on_heard=self._note_heard,
            on_sent=self._headset.agent_sounds,
        )
        self._casting = Casting(desk, front, self._line, self._start, clock.now)
        self._teller = Teller(
            self._send,
            dialect=dialect,
            ids=self._ids,
            history=self._history,
            log=log,
            role=lambda: self._conductor.role,
            change_language=self._change_language,
            on_begun=self._note_begun,
            on_thought=self._note_thought,
        )
        self._stage = Stage(
            self._teller,
            self._speaker,
            start=self._start,
            pool=desk.speech.pool,
            caller=caller,
            output_format=self._output,
            is_written=plan.text_only,
            clock=clock.now,
        )
        self._stopwatch = TurnStopwatch(clock.real)
        self._taking_back = TakingBack(
            self._stage,
            send=self._send,
            dialect=dialect,
            history=self._history,
            log=log,
            stopwatch=self._stopwatch,
            clock=clock.now,
            on_taken_back=self._note_taken_back,
            on_cut_short=keeper.turn_ended,
            is_written=plan.text_only,
        )
        self._machine = TurnMachine(
            turn_rules(plan, self._agent_says, lambda: self._headset.logprob), now=clock.now()
        )
        self._absence = Absence(
            duplex,
            clock=clock,
            speaker=self._speaker,
            headset=self._headset,
            heartbeat=self.heartbeat,
            on_returned=connection.nudge,
        )
        self._conductor: Conductor
        self._incoming: Incoming

    @property
    def ended(self) -> asyncio.Event:
        """Set when the agent hangs up."""
        return self._conductor.ended

    @property
    def end_reason(self) -> str:
        """Why it did."""
        return self._conductor.end_reason

    @property
    def is_quiet(self) -> bool:
        """Whether the agent says nothing, and is about to say nothing."""
        return self._stage.reply is None

    async def __aenter__(self) -> Self:
        plan = self._plan
        await self._send(
            self._dialect.metadata(plan.conversation_id, self._output.name, self._input_name)
        )
        self._absence.watch()
        self._conductor = self._conducting(await self._casting.cast(plan))
        self._incoming = Incoming(
            self._conductor,
            self._headset,
            line=self._line,
            history=self._history,
            log=self._log,
            heartbeat=self.heartbeat,
            clock=self._clock.now,
        )
        if not plan.text_only:
            self._headset.put_on(
                plan.config.language,
                on_activity=self._conductor.hear,
                on_words=self._conductor.take_words,
                on_settled=self._conductor.take_settled,
            )
        try:
            await self._begin()
        except BaseException:
            self._end()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end()

    async def take(self, message: ConversationMessage) -> None:
        """What the client says."""
        await self._incoming.take(message)

    async def tick(self, now: float) -> None:
        """Time has passed."""
        await self._headset.tick(now)
        if not self._headset.awaits_late_sound:  # of a caller who may have spoken
            await self._conductor.tick()

    async def _begin(self) -> None:
        sequel = Sequel(
            self._conductor,
            self._teller,
            self._casting,
            keeper=self._keeper,
            log=self._log,
            send=self._send,
            dialect=self._dialect,
            on_answer=self._desk.on_answer,
        )
        for work in (self._speaker.run(), self._keeper.keep(), sequel.run(self._finished)):
            self._tasks.append(self._start(work))
        await self._conductor.begin()
        if not self._plan.first_message:
            self._prepare(self._conductor.role.prompt(self._history))

    def _end(self) -> None:
        self._taking_back.break_off()
        self._stage.close()
        self._casting.dismiss()
        for task in self._tasks:
            task.cancel()
        self._tasks.clear()
        self._headset.take_off()

    def _conducting(self, role: AgentRole) -> Conductor:
        return Conductor(
            role,
            self._machine,
            send=self._send,
            dialect=self._dialect,
            ids=self._ids,
            history=self._history,
            log=self._log,
            speaker=self._speaker,
            stage=self._stage,
            settle=self._headset.settle,
            prepare=self._prepare,
            taking_back=self._taking_back,
            stopwatch=self._stopwatch,
            clock=self._clock.now,
        )

    def _agent_says(self) -> str:
        reply = self._stage.reply
        return "" if reply is None else reply.text

    def _prepare(self, prompt: Prompt) -> None:
        self._casting.prepare(self._conductor.role, prompt)

    def _change_language(self, code: str) -> None:
        self._conductor.role = self._casting.in_language(self._conductor.role, code)

    def _note_begun(self) -> None:
        if self._plan.text_only:
            self._conductor.reply_sounds(self._clock.now())

    def _note_thought(self, reply: Reply) -> None:
        if reply.sound is None:
            self._note_heard()
        else:
            self._prepare(self._conductor.role.prompt_after(self._history, reply.text))

    def _note_heard(self) -> None:
        self._stage.is_heard = True
        self._finished.set()

    def _note_taken_back(self, now: float) -> None:
        self._teller.take_effect()
        self._headset.agent_stops(now)

    def _start(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        return self._connection.start(work)

    async def _send(self, frame: str | None) -> None:
        if frame is not None:
            await self._connection.outbox.put(frame)
            self._put += 1

    async def _send_piece(self, piece: SoundPiece) -> int:
        await self._send(self._dialect.audio(piece.data, piece.event_id, piece.text, piece.ms))
        return self._put
