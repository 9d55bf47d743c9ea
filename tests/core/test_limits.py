from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivavoce.core.limits import MonthlyCharacters, RequestRate, Turns
from vivavoce.core.periods import period_end, period_start
from vivavoce.errors import ConcurrencyLimited, QuotaExceeded, RateLimited

PAUSES = st.lists(st.floats(min_value=0, max_value=90), max_size=60)
NOON = datetime(2026, 3, 15, 12, tzinfo=UTC).timestamp()


def allowed_at(rate: RequestRate, pauses: list[float]) -> list[float]:
    """When requests were allowed that came after these pauses."""
    allowed, now = [], 1_000.0
    for pause in pauses:
        now += pause
        try:
            rate.count(now)
        except RateLimited:
            continue
        allowed.append(now)
    return allowed


@given(st.integers(min_value=1, max_value=5), PAUSES)
def test_no_sixty_seconds_have_more_requests_than_a_minute_may(
    most: int, pauses: list[float]
) -> None:
    allowed = allowed_at(RequestRate(most), pauses)
    for earlier, later in zip(allowed, allowed[most:], strict=False):
        assert later - earlier >= 60


@given(st.integers(min_value=1, max_value=5), PAUSES)
def test_a_request_is_refused_only_after_as_many_in_the_last_minute(
    most: int, pauses: list[float]
) -> None:
    allowed = allowed_at(RequestRate(most), pauses)
    now = 1_000.0
    for pause in pauses:
        now += pause
        if now not in allowed:
            assert sum(earlier <= now and now - earlier < 60 for earlier in allowed) == most


def test_a_refusal_says_how_long_to_wait() -> None:
    rate = RequestRate(1)
    rate.count(100.0)
    with pytest.raises(RateLimited, match="1 requests a minute; try again in 15 s"):
        rate.count(145.0)


@given(PAUSES)
def test_without_a_limit_every_request_is_allowed(pauses: list[float]) -> None:
    assert len(allowed_at(RequestRate(None), pauses)) == len(pauses)


@given(st.integers(min_value=1, max_value=4), st.lists(st.booleans(), max_size=40))
def test_there_are_never_more_turns_at_once_than_may_be(most: int, enters: list[bool]) -> None:
    turns, expected = Turns(most), 0
    for enter in enters:
        if enter and expected == most:
            with pytest.raises(ConcurrencyLimited, match=str(most)):
                turns.enter()
        elif enter:
            turns.enter()
            expected += 1
        elif expected:
            turns.leave()
            expected -= 1
        assert turns.under_way == expected


def test_without_a_limit_turns_are_counted_all_the_same() -> None:
    turns = Turns(None)
    for _ in range(100):
        turns.enter()
    assert turns.under_way == 100


@given(st.integers(min_value=0, max_value=300), st.lists(st.integers(0, 100), max_size=30))
def test_what_is_spent_never_exceeds_the_quota_and_is_all_counted(
    most: int, wanted: list[int]
) -> None:
    characters, spent = MonthlyCharacters(most), 0
    for count in wanted:
        if spent + count > most:
            with pytest.raises(QuotaExceeded):
                characters.spend(count, NOON)
        else:
            characters.spend(count, NOON)
            spent += count
        assert characters.used(NOON) == spent


def test_a_refusal_says_what_is_left_and_what_is_needed() -> None:
    characters = MonthlyCharacters(100)
    characters.spend(90, NOON)
    with pytest.raises(QuotaExceeded, match=r"100 characters a month: 10 are left, and 11 are"):
        characters.spend(11, NOON)


@given(st.floats(min_value=0, max_value=4e9))
def test_the_first_second_of_a_month_finds_nothing_used(now: float) -> None:
    characters = MonthlyCharacters(10)
    characters.spend(10, now)
    end = period_end(now, "month")
    assert characters.used(period_start(now, "month")) == characters.used(end - 1) == 10
    assert characters.used(end) == 0
    characters.spend(10, end)
    assert characters.used(end) == 10


def test_a_recount_takes_the_place_of_what_was_counted() -> None:
    characters = MonthlyCharacters(100)
    characters.spend(10, NOON)
    characters.recount(60, NOON)
    assert characters.used(NOON) == 60
    with pytest.raises(QuotaExceeded):
        characters.spend(41, NOON)
