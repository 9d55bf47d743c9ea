"""What the caller says, and which rule answers it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivavoce.engines.minds.rules import (
    Matched,
    check_rules,
    fill_result,
    fill_words,
    match,
)
from vivavoce.wire.rules import Rule


def says(rules: list[Rule], words: str) -> str | None:
    matched = match(rules, words)
    return None if matched is None else matched.says[0]


def test_the_first_rule_that_matches_answers() -> None:
    rules = [Rule(when="weather", say="Sunny."), Rule(when="the", say="What?")]
    assert says(rules, "How is the WEATHER?") == "Sunny."
    assert says(rules, "the end") == "What?"
    assert says(rules, "hello") is None


def test_groups_are_filled_in() -> None:
    rule = Rule(
        when=r"book (\d+) (?P<what>tables?)( today)?",
        say="{1} {what}, {2}{3}: {0}. {{name}} {4} {nothing}",
        tool="book",
        parameters={"count": "{1}", "deep": [{"kind": "{what}!"}, 5, None]},
        then="Booked {1}: {result}",
    )
    assert match([rule], "Please book 3 tables") == Matched(
        place=0,
        says=("3 tables, tables: book 3 tables. {{name}} {4} {nothing}",),
        tool="book",
        parameters={"count": "3", "deep": [{"kind": "tables!"}, 5, None]},
        then="Booked 3: {result}",
    )


@pytest.mark.parametrize("words", ["", " ", "...", "…", " . "])
def test_silence_is_matched_by_the_rule_for_silence_only(words: str) -> None:
    anything, silence = Rule(when="", say="Yes?"), Rule(when="(silence)", say="Hello?")
    assert says([anything], words) is None
    assert says([anything, silence], words) == "Hello?"


def test_a_rule_without_a_pattern_matches_all_words_and_no_rule_for_silence_does() -> None:
    rules = [Rule(when="(silence)", say="Hello?"), Rule(when="", say="I heard {0}")]
    assert says(rules, "silence") == "I heard silence"
    assert says(rules, "one\ntwo") == "I heard one\ntwo"


def test_several_texts_are_all_filled() -> None:
    matched = match([Rule(when="(a)", say=("x{1}", "", "y{1}"))], "a")
    assert matched is not None
    assert matched.says == ("xa", "ya")


def test_what_is_wrong_with_rules_is_told_for_each() -> None:
    complaints = check_rules(
        [
            Rule(when="fine", say="Fine."),
            Rule(when="(", say="a"),
            Rule(when="(a+)+b", say="a"),
            Rule(when="a"),
            Rule(when="(a)", say="{2}"),
            Rule(when="a", say="{result}"),
            Rule(when="(?P<x>a)", tool="t", then="{x} {result} {{variable}}"),
            Rule(when="(silence)", say="Hello?"),
        ]
    )
    assert [complaint.partition(")")[0] for complaint in complaints] == [
        "rule 2 (when '('",
        "rule 3 (when '(a+",
        "rule 4 (when 'a'",
        "rule 5 (when '(a",
        "rule 6 (when 'a'",
    ]
    assert "not a regular expression" in complaints[0]
    assert "too long" in complaints[1]
    assert "nothing to say" in complaints[2]
    assert "{2} is no group" in complaints[3]
    assert "{result} is no group" in complaints[4]


def test_a_rule_that_is_wrong_never_matches() -> None:
    assert says([Rule(when="(", say="a"), Rule(when="(a+)+b", say="a")], "((aab") is None


def test_a_pattern_that_breaks_the_search_of_some_pythons_breaks_no_call() -> None:
    rules = [Rule(when="((a|a)|.)++", say="a"), Rule(when="b", say="b")]
    assert says(rules, "abb") in ("a", "b")


def test_no_more_than_the_beginning_is_searched() -> None:
    assert says([Rule(when="end", say="a")], "x" * 497 + "end") == "a"
    assert says([Rule(when="end", say="a")], "x" * 498 + "end") is None


def test_blanks_of_other_kinds_stay() -> None:
    assert fill_result("{result} {0} {{result}} {1}", "r{result}") == "r{result} {0} {{result}} {1}"
    assert fill_words("{0} {result} {{0}}", "w{0}") == "w{0} {result} {{0}}"


@given(st.text(), st.text(), st.text())
def test_nothing_that_is_said_or_written_breaks_a_call(when: str, say: str, words: str) -> None:
    rules = [Rule(when=when, say=say, then=say, parameters={"a": say})]
    check_rules(rules)
    match(rules, words)
