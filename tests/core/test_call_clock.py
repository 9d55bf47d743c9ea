"""A clock that can be stopped."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivavoce.core.call_clock import CallClock


class Watch:
    """Real time, and a call's clock on it."""

    def __init__(self) -> None:
        self.real = 100.0
        self.clock = CallClock(lambda: self.real)


@pytest.fixture
def watch() -> Watch:
    return Watch()


def test_it_is_real_time_as_long_as_it_goes(watch: Watch) -> None:
    watch.real += 5
    assert watch.clock.now() == watch.clock.real(105.0) == 105.0
    assert not watch.clock.is_stopped


def test_it_stands_still_from_when_it_is_stopped_until_it_goes_on(watch: Watch) -> None:
    watch.clock.stop()
    watch.real += 7
    assert watch.clock.is_stopped
    assert watch.clock.now() == 100.0
    assert watch.clock.go_on() == 7.0
    assert watch.clock.now() == 100.0
    watch.real += 1
    assert watch.clock.now() == 101.0
    assert not watch.clock.is_stopped


def test_what_is_ahead_is_later_in_real_time_by_all_that_it_has_stood(watch: Watch) -> None:
    for _ in range(3):
        watch.clock.stop()
        watch.real += 2
        watch.clock.go_on()
    assert watch.clock.real(watch.clock.now()) == watch.real
    assert watch.clock.real(101.0) == 107.0


def test_it_may_have_run_for_a_while_longer_than_was_known(watch: Watch) -> None:
    watch.clock.stop()
    watch.real += 7
    assert watch.clock.go_on(ran_s=0.5) == 6.5
    assert watch.clock.now() == 100.5


@pytest.mark.parametrize(("ran_s", "now"), [(9.0, 107.0), (-3.0, 100.0), (float("-inf"), 100.0)])
def test_that_is_never_more_than_there_was_nor_less_than_nothing(
    ran_s: float, now: float, watch: Watch
) -> None:
    watch.clock.stop()
    watch.real += 7
    watch.clock.go_on(ran_s=ran_s)
    assert watch.clock.now() == now


def test_who_stops_it_twice_has_stopped_it_once(watch: Watch) -> None:
    watch.clock.stop()
    watch.real += 3
    watch.clock.stop()
    watch.real += 3
    assert watch.clock.go_on() == 6.0


def test_what_goes_cannot_be_set_going(watch: Watch) -> None:
    watch.real += 3
    assert watch.clock.go_on(ran_s=2.0) == 0.0
    assert watch.clock.now() == 103.0


_steps = st.one_of(st.floats(0, 100), st.just("stop"), st.floats(-1, 50).map(lambda ran: (ran,)))


@given(st.lists(_steps))
def test_whatever_is_done_with_it_it_never_runs_backwards_nor_ahead(
    steps: list[float | str | tuple[float]],
) -> None:
    watch = Watch()
    last = watch.clock.now()
    for step in steps:
        if isinstance(step, float):
            watch.real += step
        elif isinstance(step, tuple):
            watch.clock.go_on(ran_s=step[0])
        else:
            watch.clock.stop()
        now = watch.clock.now()
        assert last - 1e-6 <= now <= watch.real + 1e-6
        last = now
