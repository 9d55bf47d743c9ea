"""What follows when an answer has been heard to its end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from vivavoce.core.call_record import Waterfall
from vivavoce.sessions.converse.call_log import CallLog
from vivavoce.sessions.converse.casting import Casting
from vivavoce.sessions.converse.conductor import Conductor
from vivavoce.sessions.converse.dialect import CallDialect
from vivavoce.sessions.converse.keeping import CallKeeper
from vivavoce.sessions.converse.outcomes import EndCall, SkipTurn, TransferToAgent, Voicemail
from vivavoce.sessions.converse.teller import Send, Teller
from vivavoce.wire import conversation_events as events

_GOODBYE_LINGERS_S: Final = 0.5
"""What clients may be behind in playing, who fall silent when the call ends."""


class Sequel:
    """Writes the answer down, and does what its tools have asked for; one task runs `run`."""

    def __init__(
        self,
        conductor: Conductor,
        teller: Teller,
        casting: Casting,
        *,
        keeper: CallKeeper,
        log: CallLog,
        send: Send,
        dialect: CallDialect,
        on_answer: Callable[[Waterfall], None],
    ) -> None:
        """`on_answer` hears how long an answer to speech has taken."""
        self._conductor = conductor
        self._teller = teller
        self._casting = casting
        self._keeper = keeper
        self._log = log
        self._send = send
        self._dialect = dialect
        self._on_answer = on_answer

    async def run(self, heard: asyncio.Event) -> None:
        """Goes on until it is cancelled; `heard` is set whenever an answer has been heard."""
        while True:
            await heard.wait()
            heard.clear()
            reply = self._conductor.reply_finished()
            if reply is None:
                continue
            if (waterfall := self._conductor.stopwatch.waterfall) is not None:
                self._on_answer(waterfall)
            self._keeper.turn_ended()
            complete = events.agent_response_complete(reply.event_id)
            await self._send(self._dialect.other("agent_response_complete", complete))
            await self._follow_up()

    async def _follow_up(self) -> None:
        effect, last_word = self._teller.take_effect()
        if isinstance(effect, EndCall | Voicemail):
            await asyncio.sleep(_GOODBYE_LINGERS_S)
        await self._send(last_word)
        match effect:
            case EndCall(_, reason):
                self._conductor.hang_up(reason or "end_call")
            case Voicemail():
                self._conductor.hang_up("voicemail_detection")
            case TransferToAgent():
                await self._transfer(effect)
            case _:
                await self._conductor.next_turn(waits=isinstance(effect, SkipTurn))

    async def _transfer(self, effect: TransferToAgent) -> None:
        await asyncio.sleep(effect.delay_s)
        role = await self._casting.recast(self._conductor.role, effect.agent_id, self._log)
        if role is None:
            await self._conductor.next_turn(waits=False)
            return
        self._conductor.role = role
        await self._conductor.take_over(greets=effect.with_first_message)
