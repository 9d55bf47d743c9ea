"""What happens because nothing does."""

from __future__ import annotations

from vivavoce.core.turn_clock import TurnClock, TurnTimes


def clock(**times: float) -> TurnClock:
    made = TurnClock(TurnTimes(**times), 0.0)
    made.begin(0.0, greets=True)
    return made


def test_without_times_nothing_is_ever_due() -> None:
    made = clock()
    made.answers(1.0)
    assert made.due_at(idle=True, preparing=True) is None
    assert not made.speaks_up(1e9)
    assert not made.is_abandoned(1e9)
    assert not made.takes_long(1e9)


def test_the_agent_speaks_up_when_its_turn_comes() -> None:
    made = clock(turn_timeout=7.0)
    made.agent_ended(10.0, waits=False)
    assert made.due_at(idle=True, preparing=False) == 17.0
    assert not made.speaks_up(16.9)
    assert made.speaks_up(17.0)


def test_three_times_in_a_row_and_no_more_until_the_caller_speaks() -> None:
    made = clock(turn_timeout=7.0)
    times = 0
    now = 0.0
    for _ in range(10):
        now += 7.0
        times += made.speaks_up(now)
        made.agent_ended(now, waits=False)
    assert times == 3
    made.caller_spoke(now)
    assert made.speaks_up(now + 7.0)


def test_one_that_waits_for_the_caller_does_not() -> None:
    made = clock(turn_timeout=7.0)
    made.agent_ended(10.0, waits=True)
    assert not made.speaks_up(1e9)
    made.caller_spoke(20.0)
    assert made.speaks_up(27.0)


def test_at_the_beginning_it_may_wait_for_another_time() -> None:
    made = TurnClock(TurnTimes(turn_timeout=7.0, initial_wait=2.0), 0.0)
    made.begin(0.0, greets=False)
    assert made.speaks_up(2.0)
    greeting = TurnClock(TurnTimes(turn_timeout=7.0, initial_wait=2.0), 0.0)
    greeting.begin(0.0, greets=True)
    assert not greeting.speaks_up(6.9)


def test_that_time_is_for_the_beginning_alone() -> None:
    made = TurnClock(TurnTimes(turn_timeout=7.0, initial_wait=2.0), 0.0)
    made.begin(0.0, greets=False)
    made.caller_spoke(1.0)
    assert not made.speaks_up(7.9)
    assert made.speaks_up(8.0)


def test_activity_puts_speaking_up_off_and_hanging_up_not() -> None:
    made = clock(turn_timeout=7.0, hang_up=20.0)
    made.something_happened(6.0)
    assert not made.speaks_up(12.9)
    assert made.speaks_up(13.0)
    assert made.is_abandoned(20.0)


def test_hanging_up_is_counted_from_the_callers_last_words() -> None:
    made = clock(hang_up=20.0)
    made.caller_spoke(5.0)
    made.agent_ended(24.0, waits=False)
    assert not made.is_abandoned(24.9)
    assert made.is_abandoned(25.0)


def test_a_filler_is_due_once_for_each_answer() -> None:
    made = clock(filler=2.0)
    assert not made.takes_long(100.0)
    made.answers(10.0)
    assert made.due_at(idle=False, preparing=True) == 12.0
    assert not made.takes_long(11.9)
    assert made.takes_long(12.0)
    assert not made.takes_long(13.0)
    assert made.due_at(idle=False, preparing=True) is None
    made.answers(20.0)
    assert made.takes_long(22.0)


def test_the_earliest_of_all_that_may_happen_is_due() -> None:
    made = clock(turn_timeout=7.0, hang_up=5.0, filler=1.0)
    made.answers(0.0)
    assert made.due_at(idle=True, preparing=False) == 5.0
    assert made.due_at(idle=False, preparing=True) == 1.0
    assert made.due_at(idle=True, preparing=True) == 1.0
    assert made.due_at(idle=False, preparing=False) is None
