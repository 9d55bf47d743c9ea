"""What happens in a call because nothing does: fillers, a word from the agent, hanging up."""

from __future__ import annotations

from typing import Final

import msgspec

_MOST_SPEAK_UPS: Final = 3
"""In a row: an agent nobody answers does not talk to an empty room for ever."""


class TurnTimes(msgspec.Struct, frozen=True):
    """Seconds; None for never.

    After `turn_timeout` of silence the agent speaks up, at the beginning of a call that it does not
    open itself after `initial_wait`. `hang_up` is counted from the caller's last words, `filler`
    from the end of a turn that is not answered yet.
    """

    turn_timeout: float | None = None
    initial_wait: float | None = None
    hang_up: float | None = None
    filler: float | None = None


class TurnClock:
    """Knows when what was last; times are those of the turn machine."""

    def __init__(self, times: TurnTimes, now: float) -> None:
        self._times = times
        self._caller_at = now
        self._last_at = now
        self._answers_at = now
        self._speak_up_after = times.turn_timeout
        self._speak_ups = 0
        self._waits = False
        self._filled = True

    def begin(self, now: float, *, greets: bool) -> None:
        """The call begins."""
        self._caller_at = self._last_at = now
        if not greets and self._times.initial_wait is not None:
            self._speak_up_after = self._times.initial_wait

    def caller_spoke(self, now: float) -> None:
        """Or wrote."""
        self._caller_at = self._last_at = now
        self._speak_ups = 0
        self._waits = False
        self._speak_up_after = self._times.turn_timeout

    def something_happened(self, now: float) -> None:
        """No reason to speak up for a while."""
        self._last_at = now
        self._speak_ups = 0

    def answers(self, now: float) -> None:
        """The agent is to answer."""
        self._answers_at = now
        self._filled = False

    def agent_ended(self, now: float, *, waits: bool) -> None:
        """The agent has said all; if it `waits`, the next word is the caller's."""
        self._last_at = now
        self._waits = waits

    def takes_long(self, now: float) -> bool:
        """Whether a filler is due; at most once for each answer."""
        due_at = self._filler_at
        if due_at is None or now < due_at:
            return False
        self._filled = True
        return True

    def speaks_up(self, now: float) -> bool:
        """Whether it is time for the agent to say something by itself."""
        due_at = self._speaks_up_at
        if due_at is None or now < due_at:
            return False
        self._speak_ups += 1
        self._filled = True
        return True

    def is_abandoned(self, now: float) -> bool:
        """Whether the caller has said nothing for too long."""
        due_at = self._hangs_up_at
        return due_at is not None and now >= due_at

    def due_at(self, *, idle: bool, preparing: bool) -> float | None:
        """The earliest of what may happen while nobody speaks, or while an answer is waited for."""
        times: list[float | None] = []
        if idle:
            times += [self._speaks_up_at, self._hangs_up_at]
        if preparing:
            times.append(self._filler_at)
        return min((time for time in times if time is not None), default=None)

    @property
    def _filler_at(self) -> float | None:
        if self._filled or self._times.filler is None:
            return None
        return self._answers_at + self._times.filler

    @property
    def _speaks_up_at(self) -> float | None:
        if self._speak_up_after is None or self._waits or self._speak_ups >= _MOST_SPEAK_UPS:
            return None
        return self._last_at + self._speak_up_after

    @property
    def _hangs_up_at(self) -> float | None:
        return None if self._times.hang_up is None else self._caller_at + self._times.hang_up
