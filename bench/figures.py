"""What a measurement yields: figures against their bars."""

from __future__ import annotations

import math
from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple, TypeVar

_T = TypeVar("_T")


class Mark(StrEnum):
    """How a figure stands against its bar."""

    AIM = "aim met"
    MUST = "must met"
    MISSED = "MISSED"


class Bar(NamedTuple):
    """What must be reached and what is aimed at; at most that much, or at least."""

    must: float
    aim: float | None = None
    at_least: bool = False

    def mark(self, value: float) -> Mark:
        """How `value` stands."""
        if not self._reached(value, self.must):
            return Mark.MISSED
        if self.aim is None or not self._reached(value, self.aim):
            return Mark.MUST
        return Mark.AIM

    def _reached(self, value: float, bar: float) -> bool:
        return value >= bar if self.at_least else value <= bar


class Figure(NamedTuple):
    """One measured number; `raw` says what the bare engine did in the same run."""

    name: str
    value: float
    unit: str
    bar: Bar
    raw: str = ""

    @property
    def mark(self) -> Mark:
        """How it stands against its bar."""
        return self.bar.mark(self.value)


class Report(NamedTuple):
    """All of one measurement: figures, and what one should know about them."""

    figures: list[Figure]
    notes: list[str]


class Effort(NamedTuple):
    """How much is spent on a measurement; `turns` of conversation if not 0, else as usual."""

    quick: bool
    turns: int = 0

    def choose(self, whole: _T, quick: _T) -> _T:
        """`whole`, or `quick` in a hurry."""
        return quick if self.quick else whole


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that `percent` of `values` do not exceed; NaN for none."""
    if not values:
        return math.nan
    rank = math.ceil(len(values) * percent / 100)
    return sorted(values)[max(0, rank - 1)]


def shown(value: float, unit: str) -> str:
    """A number as tables have it: three digits, and its unit."""
    if not math.isfinite(value):
        return "none"
    digits = 0 if abs(value) >= 100 or value == int(value) else 1 if abs(value) >= 10 else 2
    return f"{value:.{digits}f} {unit}".rstrip()
