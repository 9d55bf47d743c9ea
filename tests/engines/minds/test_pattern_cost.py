"""Patterns that could keep a call waiting are found by looking at them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivavoce.engines.minds.pattern_cost import PatternTooSlow, affordable_length


@pytest.mark.parametrize(
    "pattern",
    [
        *(r"(a+)+$", r"(a|a)*b", r"(a|ab)*c", r"(\w+\s?)*x", r"(?:a?b?)*c", r"(a*)*b"),
        *(r"(?i:(a+)+)b", r"(?=(a+)+$)b", r"(x+x+)+y", r"((a|b)*c)*d", r"(.*a){20}"),
        *(r"(a{1,30}){1,30}b", "(?:sa|\u017fa)*b", r"(?>(?:(a+)b?)+)c", r"(a)?(?(1)b+|c+)*d"),
        *(".*" * 5 + "x", "a?" * 25 + "a" * 25, "a" * 1001),
    ],
)
def test_patterns_with_too_many_ways_are_refused(pattern: str) -> None:
    with pytest.raises(PatternTooSlow):
        affordable_length(pattern)


@pytest.mark.parametrize(
    ("pattern", "length"),
    [
        ("", 500),
        (r"\b(hello|hi|hey)\b", 500),
        (r"^my name is (?P<name>.+)$", 500),
        (r"(\d+) (?:plus|minus) (\d+)", 500),
        (r"(?:please )?(?:could|can) you (.+)\?", 500),
        (r"(?:(?:very|so|really) )*good", 500),
        (r"(?: (?>\w+))+ now", 500),
        (r"(?: \w++)+ now", 500),
        (r"^[\w\s]*$", 500),
        (r"\w{1,10}-\w{1,10}-\w{1,10}", 500),
        (r"(.*)\1", 500),
        (r"from (.+) to (.+) on (.+)", 150),
        (".*" * 4 + "x", 60),
        (r"\w+(?>.+?)++x", 60),
    ],
)
def test_of_other_patterns_it_is_known_how_much_they_may_search(pattern: str, length: int) -> None:
    assert affordable_length(pattern) == length


@given(st.text(alphabet="ab()|*+?.{}12\\^$", max_size=14), st.sampled_from(["a", "b", "ab"]))
def test_what_is_let_through_comes_to_an_end(pattern: str, letters: str) -> None:
    try:
        length = affordable_length(pattern)
    except (PatternTooSlow, re.error, OverflowError):
        return
    found = re.compile(pattern, re.IGNORECASE).search(letters * 500 + "!", 0, min(length, 60))
    assert found is None or found.end() <= 60
