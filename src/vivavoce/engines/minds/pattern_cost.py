"""How long a regular expression may take, found before anybody waits for it.

The `re` of Python tries one way after another to match, and cannot be stopped. So the ways that a
pattern has are counted: a repetition of what can itself match in several ways has too many of them
for any text, `.*` one for each character. Atomic groups and possessive repetitions, `(?>…)` and
`*+`, are tried only once.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from re import _constants as ops  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any, TypeAlias

MOST_PATTERN_CHARACTERS = 1000
_LENGTHS = (500, 300, 150, 100, 60)
"""Characters of text that are searched, the most that a pattern can afford."""
_MOST_STEPS = 3e7
"""`re` takes 5 to 10 ns for each: 0.3 s, if the words are made for it; any others take far less."""
_OPEN_ENDED = 10
_COUNTED_AT_ONCE = 8
"""Characters in the time of a step, where one kind of them is repeated and never given back."""

_Part: TypeAlias = Iterable[tuple[Any, Any]]
"""As the parser of `re` has it: operations with their operands."""
_REPEATS = (ops.MAX_REPEAT, ops.MIN_REPEAT)
_ONE_CHARACTER = (ops.LITERAL, ops.NOT_LITERAL, ops.ANY, ops.IN)
_LOOKS = (ops.ASSERT, ops.ASSERT_NOT)


class PatternTooSlow(Exception):
    """Words for whoever wrote it."""


class _Count:
    """What is counted of a pattern within `length` characters.

    `spans` are the repetitions that share the text, `longest_try` is the most steps of a part that
    is tried once: one try, but perhaps a long one, and again for every way before it.
    """

    def __init__(self, length: int) -> None:
        self.length = length
        self.spans: list[int] = []
        self.longest_try = 1

    def steps(self, ways: int) -> float:
        """Of `ways`: of k spans in a row, only one in k! of their lengths fits."""
        return ways * self.longest_try / math.factorial(1 + len(self.spans))


def affordable_length(pattern: str) -> int:
    """How many characters may be searched for `pattern`. Raises PatternTooSlow and re.error."""
    if len(pattern) > MOST_PATTERN_CHARACTERS:
        raise PatternTooSlow(f"it is longer than {MOST_PATTERN_CHARACTERS} characters")
    tree = _parser.parse(pattern, re.IGNORECASE)
    for length in _LENGTHS:
        count = _Count(length)
        if count.steps(length * _ways(tree, count)) <= _MOST_STEPS:
            return length
    raise PatternTooSlow("it has too many repetitions such as .* for one pattern")


def _ways(sequence: _Part, count: _Count) -> int:
    """In how many ways a part of a pattern can match."""
    return math.prod(_ways_of(op, value, count) for op, value in sequence)


def _ways_of(op: Any, value: Any, count: _Count) -> int:
    match op, value:
        case (ops.SUBPATTERN, (*_, inner)):
            return _ways(inner, count)
        case (ops.BRANCH, (_, branches)):
            found = [_ways(branch, count) for branch in branches]
            return max(found) if _are_told_apart(branches) else sum(found)
        case (ops.GROUPREF_EXISTS, (_, yes, no)):
            return _ways(yes, count) + (_ways(no, count) if no else 1)
        case (op, (_, inner)) if op in _LOOKS:
            return _ways(inner, count)
        case (ops.ATOMIC_GROUP, inner):
            return _tried_once(inner, 1, count)
        case (ops.POSSESSIVE_REPEAT, (_, most, inner)):
            return _tried_once(inner, min(most, count.length), count)
        case (op, (least, most, inner)) if op in _REPEATS:
            return _ways_of_repeat(least, most, inner, count)
    return 1


def _ways_of_repeat(least: int, most: int, inner: _Part, count: _Count) -> int:
    ways = _ways(inner, count)
    if most <= 1:
        return ways + 1 - least
    if ways > 1:
        raise PatternTooSlow(
            "it repeats what can match in several ways, such as (a+)+ or (a|ab)*; "
            "an atomic group, (?>…), inside the repetition can only match in one"
        )
    span = max(1, min(most, count.length) - least + 1)
    if span > _OPEN_ENDED:
        count.spans.append(span)
    return span


def _tried_once(inner: _Part, times: int, count: _Count) -> int:
    """An atomic group, or a possessive repetition of so many `times`."""
    within = _Count(count.length)
    ways = _ways(inner, within)
    steps = ways * within.longest_try * max(times, 1)
    if _is_run(inner):
        steps //= _COUNTED_AT_ONCE
    count.longest_try = max(count.longest_try, steps)
    return 1 if ways <= count.length + 1 else ways


def _is_run(part: _Part) -> bool:
    """Whether it is characters of one kind, as in `a+`."""
    match list(part):
        case [(ops.MAX_REPEAT, (_, _, inner))]:
            return _is_run(inner)
        case [(op, _)]:
            return op in _ONE_CHARACTER
    return False


def _are_told_apart(branches: Sequence[Sequence[tuple[Any, Any]]]) -> bool:
    """Whether the first character decides which branch it is."""
    begun = [branch[0] for branch in branches if len(branch)]
    # Beyond ASCII, letters that differ in lower case may match each other, as U+017F and s do.
    letters = {chr(code).lower() for op, code in begun if op is ops.LITERAL and code < 128}
    return len(letters) == len(branches)
