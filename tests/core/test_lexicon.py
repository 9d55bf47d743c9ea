# ruff: noqa: RUF001 - look-alikes are what the IPA is made of

from __future__ import annotations

import random
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivavoce.core.lexicon import Lexicon
from vivavoce.core.pronunciation import Pronunciation, Rule


def alias(string: str, words: str = "X", *, case: bool = True, boundaries: bool = True) -> Rule:
    return Rule(string, alias=words, case_sensitive=case, word_boundaries=boundaries)


def found(rules: list[Rule], text: str) -> list[str]:
    """The stretches of `text` that the rules change."""
    return [text[one.start : one.end] for one in Lexicon(rules).find(text)]


def test_an_alias_stands_in_place_of_its_string() -> None:
    assert Lexicon([alias("UN", "United Nations")]).find("The UN met.") == [
        Pronunciation(4, 6, "United Nations", None)
    ]


def test_phonemes_leave_the_words_as_the_text_has_them() -> None:
    lexicon = Lexicon([Rule("live", ipa="laɪv", case_sensitive=False)])
    assert lexicon.find("Live on air") == [Pronunciation(0, 4, "Live", "laɪv")]


def test_every_occurrence_is_found_in_the_order_of_the_text() -> None:
    assert found([alias("b"), alias("a")], "a b a b") == ["a", "b", "a", "b"]


@pytest.mark.parametrize(
    ("text", "stretches"),
    [
        ("live", ["live"]),
        ("(live!) live-in live's", ["live", "live", "live"]),
        ("lively alive live_in live2 2live", []),
        ("Live LIVE", []),
    ],
)
def test_with_boundaries_a_string_is_no_part_of_a_word(text: str, stretches: list[str]) -> None:
    assert found([alias("live")], text) == stretches


def test_without_boundaries_it_is_found_inside_words_too() -> None:
    assert found([alias("live", boundaries=False)], "lively alive") == ["live", "live"]


@pytest.mark.parametrize("string", ["C++", ".NET", "R&D", "&", "24/7", "New York"])
def test_strings_may_be_more_than_letters(string: str) -> None:
    assert found([alias(string)], f"a {string} b") == [string]


def test_scripts_without_spaces_have_boundaries_everywhere() -> None:
    assert found([alias("東京")], "私は東京に住む") == ["東京"]


def test_an_accent_is_never_parted_from_its_letter() -> None:
    assert found([alias("cafe", boundaries=False)], "cafe\u0301s cafes") == ["cafe"]


def test_in_any_case_means_both_in_the_rule_and_in_the_text() -> None:
    assert found([alias("nAtO", case=False)], "NATO, Nato, nato") == ["NATO", "Nato", "nato"]


def test_letters_that_grow_in_lower_case_move_nothing() -> None:
    assert found([alias("rule", case=False)], "İİİ RULE") == ["RULE"]


def test_the_first_rule_to_claim_a_stretch_wins() -> None:
    city, state, york = alias("New York City"), alias("New York"), alias("York")
    assert found([york, state, city], "New York City") == ["York"]
    assert found([city, state, york], "New York City, New York, York") == [
        "New York City",
        "New York",
        "York",
    ]


def test_of_two_rules_for_one_string_the_first_counts_whatever_their_kind() -> None:
    text = "live"
    for rules in (
        [alias("live", "1"), alias("live", "2")],
        [alias("live", "1", case=False), alias("live", "2", boundaries=False)],
    ):
        assert [one.words for one in Lexicon(rules).find(text)] == ["1"]


def test_what_is_taken_already_is_left_alone() -> None:
    taken = [Pronunciation(0, 5, "x")]
    assert Lexicon([alias("one two"), alias("two")]).find("one two two", taken) == [
        Pronunciation(8, 11, "X", None)
    ]


def test_nothing_is_found_inside_a_tag() -> None:
    assert found([alias("b"), alias("time")], '<b>b</b> <break time="1s"/> time') == ["b", "time"]


def test_a_lexicon_with_nothing_to_find_is_false_and_finds_nothing() -> None:
    for lexicon in (Lexicon(), Lexicon([alias(""), alias(" ")])):
        assert not lexicon
        assert lexicon.find("some text") == []
    assert Lexicon([alias("a")])


_WORDS = st.text("ab A", min_size=1, max_size=6)
_RULES = st.lists(st.builds(Rule, _WORDS, st.just("X"), st.none(), st.booleans(), st.booleans()))


def by_hand(rules: list[Rule], text: str, taken: list[Pronunciation]) -> list[tuple[int, int]]:
    """The same, rule by rule and place by place."""
    claimed = [(one.start, one.end) for one in taken]
    for rule in rules:
        for start in range(len(text)):
            end = start + len(rule.string)
            part = text[start:end]
            same = part == rule.string or (
                not rule.case_sensitive and part.lower() == rule.string.lower()
            )
            inside = rule.word_boundaries and any(
                0 < at < len(text) and text[at - 1 : at + 1].isalnum() for at in (start, end)
            )
            free = all(end <= other[0] or other[1] <= start for other in claimed)
            if same and free and not inside and part.strip():
                claimed.append((start, end))
    return sorted(claimed[len(taken) :])


@given(_RULES, st.text("ab A", max_size=30))
def test_it_finds_what_a_search_by_hand_finds(rules: list[Rule], text: str) -> None:
    taken = [Pronunciation(2, 4, "x")] if len(text) > 4 else []
    found = [(one.start, one.end) for one in Lexicon(rules).find(text, taken)]
    assert found == by_hand(rules, text, taken)


def test_thousands_of_rules_are_not_compared_one_by_one() -> None:
    generator = random.Random(7)
    strings = ["".join(generator.choices(string.ascii_lowercase, k=7)) for _ in range(5000)]
    lexicon = Lexicon([alias(string, string.upper()) for string in strings])
    text = " ".join(strings[::100])
    assert [one.words for one in lexicon.find(text)] == [word.upper() for word in text.split()]


def test_strings_that_begin_with_each_other_are_not_all_looked_for_everywhere() -> None:
    rules = [alias("a" * length, boundaries=False) for length in range(1, 1_001)]
    assert len(Lexicon(rules).find("a" * 10_000)) == 10_000
    assert len(Lexicon(rules[::-1]).find("a" * 2_500)) == 3
