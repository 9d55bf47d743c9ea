"""What goes wrong in a network, and when: by the clock or by the byte; pure, times come in.

cut@2s stall@3.5s:1.2 cut@40000b down@10s:3 delay@0s:0.08 half-close@12s truncate@90000b
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from itertools import accumulate
from typing import Final, NamedTuple, TypeVar

from vivavoce.errors import VivavoceError

_T = TypeVar("_T", float, int)

_PLANNED: Final = re.compile(r"([a-z-]+)@(\d+(?:\.\d+)?)([sb])(?::(\d+(?:\.\d+)?))?")


class PlanError(VivavoceError):
    """A plan cannot be read; the message says which part of it and what it should be like."""


class Kind(StrEnum):
    """What can happen, always to all connections at once."""

    CUT = "cut"  # both sides get a reset
    STALL = "stall"  # for so long nothing flows; nothing is lost
    DELAY = "delay"  # from now on everything takes so much longer each way
    DOWN = "down"  # a cut, and for so long newcomers are refused
    HALF_CLOSE = "half-close"  # the server's half ends; the client's still flows
    TRUNCATE = "truncate"  # the server's next piece breaks off in its middle, without a reset


LASTING: Final = frozenset({Kind.STALL, Kind.DELAY, Kind.DOWN})
"""Those that take a number of seconds."""


class Misfortune(NamedTuple):
    """One thing that goes wrong; `seconds` is 0 where `LASTING` does not have its kind."""

    kind: Kind
    seconds: float = 0.0


class Passage(NamedTuple):
    """How many bytes flow before `misfortune`; all of them if it is None."""

    flows: int
    misfortune: Misfortune | None


class Plan:
    """Misfortunes at seconds after the start, and at bytes from the server over all connections.

    Both must be in order and may be endless.
    """

    def __init__(
        self,
        by_time: Iterable[tuple[float, Misfortune]] = (),
        by_bytes: Iterable[tuple[int, Misfortune]] = (),
    ) -> None:
        self._by_time = iter(by_time)
        self._by_bytes = iter(by_bytes)
        self._timed = next(self._by_time, None)
        self._counted = next(self._by_bytes, None)
        self._passed = 0

    @property
    def next_at_s(self) -> float | None:
        """When the next one by the clock is due; None when there is none any more."""
        return None if self._timed is None else self._timed[0]

    def due(self, elapsed_s: float) -> list[Misfortune]:
        """Those whose time has come since the last call."""
        found = []
        while self._timed is not None and self._timed[0] <= elapsed_s:
            found.append(self._timed[1])
            self._timed = next(self._by_time, None)
        return found

    def passage(self, count: int) -> Passage:
        """So many bytes from the server are about to flow; what is not let through, ask again."""
        if self._counted is None or self._counted[0] > self._passed + count:
            self._passed += count
            return Passage(count, None)
        at_byte, misfortune = self._counted
        flows = max(0, at_byte - self._passed)
        self._passed += flows
        self._counted = next(self._by_bytes, None)
        return Passage(flows, misfortune)


def parse_plan(text: str) -> Plan:
    """A plan out of `kind@2.5s`, `kind@9000b`, `kind@2s:SECONDS`, separated by spaces or commas.

    Raises PlanError.
    """
    by_time: list[tuple[float, Misfortune]] = []
    by_bytes: list[tuple[int, Misfortune]] = []
    for part in re.split(r"[\s,]+", text.strip()):
        read = _PLANNED.fullmatch(part)
        if read is None:
            raise PlanError(f"{part!r} is no misfortune; one is like cut@2.5s or stall@9000b:1")
        kind, at, unit, seconds = read.groups()
        misfortune = checked(kind, float(seconds) if seconds else None)
        if unit == "s":
            by_time.append((float(at), misfortune))
        else:
            by_bytes.append((int(float(at)), misfortune))
    by_time.sort(key=lambda planned: planned[0])
    by_bytes.sort(key=lambda planned: planned[0])
    return Plan(by_time, by_bytes)


def random_plan(
    seed: int,
    kinds: Sequence[Kind] = (Kind.CUT,),
    *,
    every_s: tuple[float, float] | None = None,
    every_bytes: tuple[int, int] | None = None,
    lasting_s: tuple[float, float] = (0.1, 1.0),
) -> Plan:
    """An endless plan: equal seeds give equal plans.

    From one misfortune to the next it is as long as drawn evenly from `every_s`, as many bytes as
    drawn from `every_bytes`, or both; those that last do so for as long as drawn from `lasting_s`.
    """
    by_time: Iterator[tuple[float, Misfortune]] = iter(())
    by_bytes: Iterator[tuple[int, Misfortune]] = iter(())
    if every_s is not None:
        dice = random.Random(f"{seed} by time")
        by_time = zip(_sums(_floats(dice, every_s)), _drawn(dice, kinds, lasting_s), strict=False)
    if every_bytes is not None:
        dice = random.Random(f"{seed} by bytes")
        by_bytes = zip(
            _sums(_whole(dice, every_bytes)), _drawn(dice, kinds, lasting_s), strict=False
        )
    return Plan(by_time, by_bytes)


def checked(kind: str, seconds: float | None) -> Misfortune:
    """What somebody asked for, by name. Raises PlanError."""
    try:
        known = Kind(kind)
    except ValueError:
        raise PlanError(f"{kind!r} is none of {', '.join(Kind)}") from None
    if (known in LASTING) != (seconds is not None):
        raise PlanError(f"{kind} takes {'a number of' if known in LASTING else 'no'} seconds")
    return Misfortune(known, seconds or 0.0)


def _drawn(
    dice: random.Random, kinds: Sequence[Kind], lasting_s: tuple[float, float]
) -> Iterator[Misfortune]:
    while True:
        kind = dice.choice(kinds)
        yield Misfortune(kind, dice.uniform(*lasting_s) if kind in LASTING else 0.0)


def _floats(dice: random.Random, between: tuple[float, float]) -> Iterator[float]:
    while True:
        yield dice.uniform(*between)


def _whole(dice: random.Random, between: tuple[int, int]) -> Iterator[int]:
    while True:
        yield dice.randint(*between)


def _sums(values: Iterator[_T]) -> Iterator[_T]:
    return accumulate(values)
