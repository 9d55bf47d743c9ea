"""Rules as clients send them."""

from __future__ import annotations

import msgspec
import pytest

from vivavoce.errors import InvalidParameter
from vivavoce.wire.dictionaries import (
    AliasRule,
    DictionaryRule,
    NewDictionary,
    PhonemeRule,
    RuleFields,
    merged,
    rules_of,
    without,
)


def _rules(body: str) -> tuple[DictionaryRule, ...]:
    return rules_of(msgspec.json.decode(body, type=list[RuleFields]))


def test_both_kinds_of_rule_are_read_with_the_protocols_defaults() -> None:
    assert _rules(
        '[{"type":"alias","string_to_replace":"Thailand","alias":"tie-land","extra":1},'
        '{"type":"phoneme","string_to_replace":"route","phoneme":"R UW1 T",'
        '"alphabet":"cmu-arpabet","case_sensitive":false,"word_boundaries":false}]'
    ) == (
        AliasRule("Thailand", "tie-land", case_sensitive=True, word_boundaries=True),
        PhonemeRule("route", "R UW1 T", "cmu-arpabet", case_sensitive=False, word_boundaries=False),
    )


def test_null_flags_count_as_not_given() -> None:
    assert _rules(
        '[{"type":"alias","string_to_replace":"a","alias":"b","case_sensitive":null,'
        '"word_boundaries":null,"phoneme":null,"alphabet":null}]'
    ) == (AliasRule("a", "b"),)


def test_alphabets_are_known_in_any_case_and_by_their_name_in_files() -> None:
    for name in ("CMU-Arpabet", "x-cmu-arpabet"):
        fields = RuleFields("phoneme", "a", phoneme="AH0", alphabet=name)
        assert rules_of([fields]) == (PhonemeRule("a", "AH0", "cmu-arpabet"),)


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (RuleFields("alias", " ", alias="b"), "string_to_replace is empty"),
        (RuleFields("alias", "a"), "alias is empty"),
        (RuleFields("phoneme", "a", alphabet="ipa"), "phoneme is empty"),
        (RuleFields("phoneme", "a", phoneme="ə"), "the alphabet must be ipa or cmu-arpabet"),
        (RuleFields("phoneme", "a", phoneme="@", alphabet="x-sampa"), "the alphabet must be"),
        (RuleFields("alias", "a\x01", alias="b"), "string_to_replace has a control character"),
        (RuleFields("alias", "a", alias="b" * 1_001), "alias has more than 1,000 characters"),
    ],
)
def test_a_rule_that_cannot_be_used_is_refused_by_its_place(bad: RuleFields, said: str) -> None:
    good = RuleFields("alias", "fine", alias="good")
    with pytest.raises(InvalidParameter) as caught:
        rules_of([good, bad])
    assert str(caught.value).startswith(f"rules[1]: {said}")
    assert caught.value.param == "rules[1]"


def test_a_string_has_one_rule_the_last_that_was_given() -> None:
    first, other = AliasRule("a", "one"), AliasRule("b", "two")
    last = PhonemeRule("a", "ə", "ipa")
    assert merged((first, other), [last]) == (last, other)


def test_a_dictionary_of_more_than_10000_rules_is_refused() -> None:
    rules = [AliasRule(str(number), "x") for number in range(10_001)]
    assert len(merged((), rules[1:])) == 10_000
    with pytest.raises(InvalidParameter, match="10,000"):
        merged((), rules)


def test_rules_are_taken_out_by_their_strings_and_unknown_strings_do_no_harm() -> None:
    rules = (AliasRule("New York", "x"), AliasRule("b", "y"))
    assert without(rules, ["New  York ", "never seen"]) == (AliasRule("b", "y"),)


def test_rules_are_written_with_their_type() -> None:
    assert msgspec.to_builtins(PhonemeRule("a", "ə", "ipa")) == {
        "type": "phoneme",
        "string_to_replace": "a",
        "phoneme": "ə",
        "alphabet": "ipa",
        "case_sensitive": True,
        "word_boundaries": True,
    }


def test_workspace_access_and_other_fields_of_a_new_dictionary_are_ignored() -> None:
    body = '{"name":"n","rules":[],"workspace_access":"viewer","description":null}'
    assert msgspec.json.decode(body, type=NewDictionary) == NewDictionary("n", [])
