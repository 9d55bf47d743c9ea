from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivavoce.core.periods import Period, period_end, period_start, period_starts

MOMENTS = st.integers(min_value=0, max_value=16_725_225_600)
PERIODS = st.sampled_from(["hour", "day", "week", "month"])


def at(*fields: int) -> int:
    return int(datetime(*fields, tzinfo=UTC).timestamp())  # type: ignore[misc, arg-type]


@pytest.mark.parametrize(
    ("period", "start", "end"),
    [
        ("hour", at(2024, 2, 29, 13), at(2024, 2, 29, 14)),
        ("day", at(2024, 2, 29), at(2024, 3, 1)),
        ("week", at(2024, 2, 26), at(2024, 3, 4)),
        ("month", at(2024, 2, 1), at(2024, 3, 1)),
    ],
)
def test_a_moment_lies_in_the_period_of_the_calendar(period: Period, start: int, end: int) -> None:
    moment = at(2024, 2, 29, 13, 37, 12) + 0.5
    assert (period_start(moment, period), period_end(moment, period)) == (start, end)


def test_december_is_followed_by_january() -> None:
    assert period_end(at(2025, 12, 31, 23, 59, 59), "month") == at(2026, 1, 1)


@given(MOMENTS, PERIODS)
def test_a_period_holds_its_moment_and_ends_where_the_next_begins(
    moment: int, period: Period
) -> None:
    start, end = period_start(moment, period), period_end(moment, period)
    assert start <= moment < end
    assert period_start(start, period) == start
    assert period_start(end - 1, period) == start
    assert period_start(end, period) == end


@given(MOMENTS, st.integers(min_value=0, max_value=40 * 86_400), PERIODS)
def test_periods_follow_each_other_without_a_gap(first: int, span: int, period: Period) -> None:
    starts = period_starts(first, first + span, period)
    assert starts[0] == period_start(first, period)
    assert starts[-1] == period_start(first + span, period)
    assert [period_end(start, period) for start in starts[:-1]] == list(starts[1:])
