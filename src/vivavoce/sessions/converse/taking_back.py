"""What is told, remembered and kept of an answer that ended before its end."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from vivavoce.core.history import History
from vivavoce.sessions.converse.call_log import CallLog
from vivavoce.sessions.converse.dialect import CallDialect
from vivavoce.sessions.converse.stage import HeardRound, Stage
from vivavoce.sessions.converse.teller import Send
from vivavoce.sessions.converse.turn_times import TurnStopwatch


class TakingBack:
    """Ends the answer that is on stage."""

    def __init__(
        self,
        stage: Stage,
        *,
        send: Send,
        dialect: CallDialect,
        history: History,
        log: CallLog,
        stopwatch: TurnStopwatch,
        clock: Callable[[], float],
        on_taken_back: Callable[[float], None],
        on_cut_short: Callable[[], None],
        is_written: bool,
    ) -> None:
        """`on_taken_back` hears when an answer ends, in the time of `clock`.

        `on_cut_short` hears when what was heard of it is in the log.
        """
        self._stage = stage
        self._send = send
        self._dialect = dialect
        self._history = history
        self._log = log
        self._stopwatch = stopwatch
        self._clock = clock
        self._on_taken_back = on_taken_back
        self._on_cut_short = on_cut_short
        self._is_written = is_written

    async def interrupt(self) -> None:
        """The caller has the word: what was heard of the answer counts as said."""
        rounds = self._stage.end()
        self._on_taken_back(self._clock())
        if not rounds:
            return
        if not self._is_written:
            await self._send(self._dialect.interruption(rounds[-1].event_id))
        for one in rounds:
            await self._correct(one)
        self._remember(rounds)
        self._note(rounds)
        self._on_cut_short()

    async def drop(self) -> None:
        """Nothing of the answer has been heard."""
        rounds = self._stage.end()
        self._on_taken_back(self._clock())
        for one in rounds:
            if one.is_told:
                await self._send(self._dialect.correction(one.text, "", one.event_id))
            else:
                await self._send(self._dialect.part("stop", "", one.event_id))

    def break_off(self) -> None:
        """The call is over; there is nobody to tell."""
        rounds = self._stage.end()
        if rounds:
            self._note(rounds)

    async def _correct(self, one: HeardRound) -> None:
        if not one.is_told:
            await self._send(self._dialect.part("stop", "", one.event_id))
            await self._send(self._dialect.agent_response(one.text, one.event_id))
        if one.heard != " ".join(one.text.split()):
            await self._send(self._dialect.correction(one.text, one.heard, one.event_id))

    def _remember(self, rounds: Sequence[HeardRound]) -> None:
        known = [one for one in rounds if one.is_remembered]
        if known:
            self._history.agent_heard(known[-1].heard)
        for one in rounds:
            if not one.is_remembered:
                self._history.agent(one.heard)

    def _note(self, rounds: Sequence[HeardRound]) -> None:
        self._log.agent_said(
            " ".join(one.heard for one in rounds if one.heard),
            rounds[0].event_id,
            began_at=self._stopwatch.reply_began_at,
            original=" ".join(one.text for one in rounds),
            waterfall=self._stopwatch.waterfall,
        )
