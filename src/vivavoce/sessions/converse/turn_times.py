"""How long each answer took, step by step."""

from __future__ import annotations

from collections.abc import Callable

from vivavoce.core.call_record import Waterfall
from vivavoce.sessions.converse.reply import Reply


class TurnStopwatch:
    """Follows one answer after the other; times are those of the call's clock."""

    def __init__(self, real: Callable[[float], float]) -> None:
        """`real` gives the time of the call's log for one of the clock."""
        self._real = real
        self.reply_began_at = 0.0
        """When the last answer could first be heard, or read, in the time of the log."""
        self.waterfall: Waterfall | None = None
        """Of the last answer, if it answered speech."""
        self._spoke_until: float | None = None
        self._ended_at: float | None = None
        self._settled_at: float | None = None

    def turn_ended(self, now: float, quiet_s: float) -> None:
        """The caller's turn is over, after so much silence."""
        self._spoke_until = now - quiet_s
        self._ended_at = now
        self._settled_at = None

    def settled(self, now: float) -> None:
        """What the caller has said is known."""
        self._settled_at = now

    def typed(self) -> None:
        """The next answer is to no speech."""
        self._spoke_until = None

    def begun(self, now: float, reply: Reply | None) -> None:
        """The answer is heard from now on."""
        self.reply_began_at = self._real(now)
        self.waterfall = None
        start, self._spoke_until = self._spoke_until, None
        if start is None or reply is None:
            return

        def after(moment: float | None) -> float | None:
            return None if moment is None else round((moment - start) * 1000, 1)

        self.waterfall = Waterfall(
            endpoint=after(self._ended_at),
            transcript=after(self._settled_at),
            first_token=after(reply.times.first_token),
            first_clause=after(reply.times.first_clause),
            first_audio=after(reply.sound.first_at if reply.sound else None),
            first_audible=after(now),
        )
