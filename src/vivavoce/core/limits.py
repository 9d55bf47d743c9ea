"""How much one key may have: requests a minute, generations at once, characters a month."""

from __future__ import annotations

from collections import deque

import msgspec

from vivavoce.core.periods import period_start
from vivavoce.errors import ConcurrencyLimited, QuotaExceeded, RateLimited

_MINUTE_S = 60.0


class Limits(msgspec.Struct, frozen=True):
    """The most that one key may have of each; None for as much as there is.

    A month is a calendar month, UTC: it ends, and with it what was counted, at the first second
    of the next one.
    """

    characters_a_month: int | None = None
    turns_at_once: int | None = None
    requests_a_minute: int | None = None


class RequestRate:
    """At most so many requests in any sixty seconds, not only in those of the wall clock."""

    def __init__(self, most: int | None) -> None:
        self._most = most
        self._counted_at: deque[float] = deque()

    def count(self, now_s: float) -> None:
        """One more request; `now_s` is of a clock that never goes back.

        Raises RateLimited, and then the request is not counted.
        """
        if self._most is None:
            return
        while self._counted_at and now_s - self._counted_at[0] >= _MINUTE_S:
            self._counted_at.popleft()
        if len(self._counted_at) >= self._most:
            wait_s = _MINUTE_S - (now_s - self._counted_at[0])
            raise RateLimited(
                f"This API key may make {self._most} requests a minute; "
                f"try again in {max(1, round(wait_s))} s."
            )
        self._counted_at.append(now_s)


class Turns:
    """Generations under way, and the most there may be at once."""

    def __init__(self, most: int | None) -> None:
        self._most = most
        self.under_way = 0

    def enter(self) -> None:
        """One more; raises ConcurrencyLimited, and then it is not."""
        if self._most is not None and self.under_way >= self._most:
            raise ConcurrencyLimited(
                f"This API key may have {self._most} generations under way at once, and has them."
            )
        self.under_way += 1

    def leave(self) -> None:
        """One less."""
        self.under_way -= 1


class MonthlyCharacters:
    """Characters that were spoken in the calendar month, UTC, and the most there may be."""

    def __init__(self, most: int | None) -> None:
        self._most = most
        self._month = 0
        self._used = 0

    def used(self, now_s: float) -> int:
        """Characters of the month in which `now_s`, seconds since 1970, lies."""
        return self._used if period_start(now_s, "month") == self._month else 0

    def spend(self, characters: int, now_s: float) -> None:
        """Counts them; raises QuotaExceeded when they are more than are left, and counts none."""
        used = self.used(now_s)
        if self._most is not None and used + characters > self._most:
            raise QuotaExceeded(
                f"This request exceeds the API key's quota of {self._most} characters a month: "
                f"{max(0, self._most - used)} are left, and {characters} are needed."
            )
        self.recount(used + characters, now_s)

    def recount(self, used: int, now_s: float) -> None:
        """So many have been used in the month of `now_s`, by what is written elsewhere."""
        self._month = period_start(now_s, "month")
        self._used = used
