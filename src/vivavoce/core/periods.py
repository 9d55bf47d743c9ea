"""Hours, days, weeks and months, all of them UTC and in seconds since 1970."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal, TypeAlias

Period: TypeAlias = Literal["hour", "day", "week", "month"]

LENGTHS_S = {"hour": 3_600, "day": 86_400, "week": 604_800}

# 1970 began on a Thursday, so weeks begin at this second and every week after it.
FIRST_MONDAY_S = 4 * 86_400


def period_start(unix_s: float, period: Period) -> int:
    """The first second of the period in which `unix_s` lies; weeks begin on Monday."""
    if period == "month":
        day = datetime.fromtimestamp(unix_s, UTC)
        start = day.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        return int(start.timestamp())
    first = FIRST_MONDAY_S if period == "week" else 0
    return int(unix_s - (unix_s - first) % LENGTHS_S[period])


def period_end(unix_s: float, period: Period) -> int:
    """The first second after the period in which `unix_s` lies."""
    start = period_start(unix_s, period)
    if period != "month":
        return start + LENGTHS_S[period]
    # No month is longer, and none is as short as half of it.
    next_month = datetime.fromtimestamp(start, UTC) + timedelta(days=31)
    return period_start(next_month.timestamp(), "month")


def period_starts(first_s: float, last_s: float, period: Period) -> Sequence[int]:
    """The first seconds of all periods from the one of `first_s` to the one of `last_s`."""
    start = period_start(first_s, period)
    if period != "month":
        return range(start, int(last_s) + 1, LENGTHS_S[period])
    starts = []
    while start <= last_s:
        starts.append(start)
        start = period_end(start, "month")
    return starts
