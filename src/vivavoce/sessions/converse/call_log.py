"""What is written down of a call while it is on."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from vivavoce.core.call_record import (
    CallRecord,
    ToolCallRecord,
    ToolResultRecord,
    TurnRecord,
    Waterfall,
)

_MOST_EARLY_SCORES = 100
"""Of turns that there are not yet; clients may make them up."""


class CallLog:
    """The turns of one call, in order, and how it ended."""

    def __init__(self, record: CallRecord, clock: Callable[[], float]) -> None:
        """`record` says who is called by whom; `clock` gives seconds."""
        self._record = record
        self._clock = clock
        self._began_at = clock()
        self._turns: list[TurnRecord] = []
        self._calls: list[ToolCallRecord] = []
        self._results: list[ToolResultRecord] = []
        self._early_scores: dict[int, str | None] = {}

    @property
    def seconds(self) -> float:
        """Since the call began."""
        return self._clock() - self._began_at

    @property
    def record(self) -> CallRecord:
        """The call as it is now."""
        return msgspec.structs.replace(
            self._record, transcript=tuple(self._turns), duration_s=self.seconds
        )

    def caller_said(self, text: str, event_id: int) -> None:
        """The caller's turn."""
        self._turns.append(
            TurnRecord(role="user", message=text, time_in_call_s=self.seconds, event_id=event_id)
        )

    def tools_ran(
        self, calls: Sequence[ToolCallRecord], results: Sequence[ToolResultRecord]
    ) -> None:
        """Within the agent's turn that comes next."""
        self._calls += calls
        self._results += results

    def agent_said(
        self,
        text: str,
        event_id: int,
        *,
        began_at: float,
        original: str | None = None,
        waterfall: Waterfall | None = None,
    ) -> None:
        """The agent's turn; `original` is what it would have said, had it not been interrupted.

        `began_at` is of the clock.
        """
        self._turns.append(
            TurnRecord(
                role="agent",
                message=text,
                time_in_call_s=max(0.0, began_at - self._began_at),
                event_id=event_id,
                interrupted=original is not None,
                original_message=original,
                tool_calls=tuple(self._calls),
                tool_results=tuple(self._results),
                waterfall=waterfall,
                feedback=self._early_scores.get(event_id),
            )
        )
        self._early_scores.clear()
        self._calls.clear()
        self._results.clear()

    def feedback(self, event_id: int | None, score: str | None) -> None:
        """What the caller thinks of an agent's turn: the one with the id, else the last one.

        The one with the id may not have been heard to its end.
        """
        for index in range(len(self._turns) - 1, -1, -1):
            turn = self._turns[index]
            if turn.role == "agent" and (event_id is None or turn.event_id == event_id):
                self._turns[index] = msgspec.structs.replace(turn, feedback=score)
                return
        if event_id is not None and len(self._early_scores) < _MOST_EARLY_SCORES:
            self._early_scores[event_id] = score

    def goes_to(self, agent_id: str, agent_name: str) -> None:
        """Another agent has taken over."""
        self._record = msgspec.structs.replace(
            self._record, agent_id=agent_id, agent_name=agent_name
        )

    def end(
        self, reason: str, *, status: str = "done", code: int | None = None, error: str = ""
    ) -> CallRecord:
        """The call as it will be remembered."""
        self._record = msgspec.structs.replace(
            self._record,
            status=status,
            termination_reason=reason,
            error_code=code,
            error_reason=error,
        )
        return self.record

    def has_audio(self, *, of_caller: bool, of_agent: bool) -> CallRecord:
        """The call, with what was recorded of it."""
        self._record = msgspec.structs.replace(
            self._record, has_user_audio=of_caller, has_response_audio=of_agent
        )
        return self.record
