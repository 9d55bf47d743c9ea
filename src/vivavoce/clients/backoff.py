"""When to try again: full jitter over a bound that grows with the outage."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from vivavoce.errors import InvalidParameter


@dataclass(frozen=True, slots=True)
class BackoffLaw:
    """How long to wait when an outage has lasted t seconds.

    The delay is drawn evenly from [0, min(cap_s, max(floor_s, ratio*t))]. It is exponential, since
    t grows with every wait; drawn from nothing on, since a thousand clients that lost the same
    server must not come back at the same moment ("full jitter", AWS Architecture Blog, 2015). The
    floor makes the first 0.2 s dense: a cut of 0.3 s is over before 0.5 s of audio have played.
    `give_up_after_s` of None never gives up.
    """

    floor_s: float = 0.1
    ratio: float = 0.5
    cap_s: float = 5.0
    give_up_after_s: float | None = 120.0

    def __post_init__(self) -> None:
        """Raises InvalidParameter for a law under which attempts would follow without a pause."""
        if not 0 < self.floor_s <= self.cap_s:
            raise InvalidParameter("floor_s must be above 0 and at most cap_s.", param="floor_s")
        if self.ratio < 0:
            raise InvalidParameter("ratio must not be negative.", param="ratio")
        if self.give_up_after_s is not None and self.give_up_after_s < 0:
            raise InvalidParameter("give_up_after_s must not be negative.", param="give_up_after_s")

    def longest_delay_s(self, elapsed_s: float) -> float:
        """The bound of the delay after an outage of `elapsed_s` seconds."""
        return min(self.cap_s, max(self.floor_s, self.ratio * elapsed_s))


class Outage:
    """The time without a connection, from the moment this is made.

    `draw` returns numbers spread evenly over [0, 1); `clock` counts seconds.
    """

    def __init__(
        self, law: BackoffLaw, *, draw: Callable[[], float], clock: Callable[[], float]
    ) -> None:
        self._law = law
        self._draw = draw
        self._clock = clock
        self._began_at = clock()
        self._retries = 0

    @property
    def retries(self) -> int:
        """Attempts that have failed so far."""
        return self._retries

    def attempt_failed(self) -> None:
        """Counts a retry that did not bring the connection back."""
        self._retries += 1

    def next_delay_s(self) -> float | None:
        """The seconds until the next attempt; None once it is time to give up.

        The last attempt comes no later than the time to give up at.
        """
        elapsed_s = self._clock() - self._began_at
        delay_s = self._draw() * self._law.longest_delay_s(elapsed_s)
        limit_s = self._law.give_up_after_s
        if limit_s is None:
            return delay_s
        return None if elapsed_s >= limit_s else min(delay_s, limit_s - elapsed_s)
