"""Figures against their bars."""

from __future__ import annotations

import math

import pytest

from bench.figures import Bar, Figure, Mark, percentile, shown


@pytest.mark.parametrize(
    ("value", "mark"), [(10, Mark.AIM), (12, Mark.AIM), (15, Mark.MUST), (20.1, Mark.MISSED)]
)
def test_less_is_better_for_most_bars(value: float, mark: Mark) -> None:
    assert Figure("wait", value, "ms", Bar(20, 12)).mark is mark


@pytest.mark.parametrize(("value", "mark"), [(240, Mark.AIM), (160, Mark.MUST), (60, Mark.MISSED)])
def test_more_is_better_for_some(value: float, mark: Mark) -> None:
    assert Bar(120, 200, at_least=True).mark(value) is mark


def test_a_bar_without_an_aim_can_only_be_met_or_missed() -> None:
    assert Bar(60).mark(1) is Mark.MUST


def test_what_could_not_be_measured_has_missed_its_bar() -> None:
    assert Bar(60, 40).mark(math.nan) is Mark.MISSED
    assert Bar(60, 40, at_least=True).mark(math.nan) is Mark.MISSED


def test_a_percentile_is_one_of_the_values() -> None:
    values = [float(value) for value in range(100, 0, -1)]
    assert [percentile(values, percent) for percent in (0, 50, 99, 100)] == [1, 50, 99, 100]
    assert percentile([7.0], 99) == 7
    assert math.isnan(percentile([], 50))


def test_numbers_are_shown_with_three_digits() -> None:
    assert [shown(value, "ms") for value in (0.123, 11.66, 163.2)] == [
        "0.12 ms",
        "11.7 ms",
        "163 ms",
    ]
    assert shown(120, "") == "120"
    assert shown(math.nan, "ms") == "none"
