"""Sound that comes late, because its client was away."""

from __future__ import annotations

from vivavoce.core.late_sound import LateSound


def over_after(late: LateSound, *, lateness_s: float, pace: float) -> tuple[float, float]:
    """When it is over, and how late the sound is then; it comes at `pace` times that of speech."""
    now, chunk_s = 100.0, 0.02
    while not late.is_over(lateness_s, now):
        now += chunk_s / pace
        lateness_s -= chunk_s - chunk_s / pace
    return now - 100.0, lateness_s


def test_it_is_over_when_the_sound_is_new_again() -> None:
    took_s, late_s = over_after(LateSound(100.0), lateness_s=5.0, pace=20.0)
    assert late_s < 0.06
    assert took_s < 0.3


def test_a_slow_line_has_as_long_as_it_takes() -> None:
    took_s, late_s = over_after(LateSound(100.0), lateness_s=5.0, pace=1.2)
    assert late_s < 0.06
    assert took_s > 20.0


def test_sound_that_was_not_kept_is_waited_for_a_second() -> None:
    took_s, late_s = over_after(LateSound(100.0), lateness_s=5.0, pace=1.0)
    assert late_s > 4.9
    assert 0.9 < took_s < 1.1


def test_who_stops_in_between_is_waited_for_as_well() -> None:
    late = LateSound(100.0)
    assert not late.is_over(3.0, 100.1)
    assert not late.is_over(3.7, 100.8)
    assert not late.is_over(2.0, 100.9)
    assert not late.is_over(2.5, 101.4)
    assert late.is_over(0.01, 101.5)


def test_sound_that_is_in_time_is_not_waited_for() -> None:
    assert LateSound(100.0).is_over(-0.2, 100.0)
