from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivavoce.clients.backoff import BackoffLaw, Outage
from vivavoce.errors import InvalidParameter

SECONDS = st.floats(0, 1000)
LAWS = st.builds(
    BackoffLaw,
    floor_s=st.floats(0.001, 1),
    ratio=st.floats(0, 3),
    cap_s=st.floats(1, 60),
    give_up_after_s=st.none() | st.floats(0, 500),
)


class Clock:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@given(law=LAWS, elapsed_s=SECONDS, drawn=st.floats(0, 1, exclude_max=True))
def test_delay_is_the_drawn_part_of_the_bound(
    law: BackoffLaw, elapsed_s: float, drawn: float
) -> None:
    clock = Clock()
    outage = Outage(law, draw=lambda: drawn, clock=clock)
    clock.now = elapsed_s
    delay_s = outage.next_delay_s()
    limit_s = math.inf if law.give_up_after_s is None else law.give_up_after_s
    if elapsed_s >= limit_s:
        assert delay_s is None
    else:
        bound_s = min(law.cap_s, max(law.floor_s, law.ratio * elapsed_s))
        assert delay_s == min(drawn * bound_s, limit_s - elapsed_s)


@given(law=LAWS, draws=st.lists(st.floats(0, 1, exclude_max=True), min_size=200, max_size=200))
def test_last_attempt_comes_before_it_is_given_up(law: BackoffLaw, draws: list[float]) -> None:
    clock = Clock()
    drawn = iter(draws)
    outage = Outage(law, draw=lambda: next(drawn), clock=clock)
    for _ in draws:
        delay_s = outage.next_delay_s()
        if delay_s is None:
            assert law.give_up_after_s is not None
            assert clock.now >= law.give_up_after_s
            return
        clock.now += delay_s
        if law.give_up_after_s is not None:
            assert clock.now <= law.give_up_after_s * (1 + 1e-9)


def test_first_half_second_is_tried_densely_and_later_waits_grow_to_the_cap() -> None:
    clock = Clock()
    outage = Outage(BackoffLaw(give_up_after_s=None), draw=lambda: 0.5, clock=clock)
    at: list[float] = []
    for _ in range(60):
        delay_s = outage.next_delay_s()
        assert delay_s is not None
        clock.now += delay_s
        at.append(clock.now)
    assert sum(moment <= 0.5 for moment in at) >= 6
    assert at[-1] - at[-2] == 2.5


def test_retries_are_the_attempts_that_failed() -> None:
    outage = Outage(BackoffLaw(), draw=lambda: 0.0, clock=lambda: 0.0)
    outage.next_delay_s()
    assert outage.retries == 0
    outage.attempt_failed()
    assert outage.retries == 1


@pytest.mark.parametrize(
    "numbers",
    [{"floor_s": 0.0}, {"floor_s": 6.0}, {"ratio": -1.0}, {"give_up_after_s": -1.0}],
)
def test_law_without_pauses_is_refused(numbers: dict[str, float]) -> None:
    with pytest.raises(InvalidParameter):
        BackoffLaw(**numbers)
