"""Pronunciation dictionaries as the protocol writes them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Literal, TypeAlias

import msgspec

from vivavoce.errors import InvalidParameter

# What the locators of one request may number in the protocol.
LOCATORS_MAX = 3
_RULES_MAX = 10_000
_CHARACTERS_MAX = 1_000_000
_TEXT_MAX = 1_000

Alphabet = Literal["ipa", "cmu-arpabet"]

# PLS wants "x-" before any alphabet but IPA.
_ALPHABETS: dict[str, Alphabet] = {
    "ipa": "ipa",
    "cmu-arpabet": "cmu-arpabet",
    "x-cmu-arpabet": "cmu-arpabet",
}
# What XML 1.0 cannot carry, and no text needs.
_CONTROL = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


class Locator(msgspec.Struct, frozen=True):
    """Which dictionary to read by; the newest version of it where `version_id` is None."""

    pronunciation_dictionary_id: str
    version_id: str | None = None


class AliasRule(msgspec.Struct, frozen=True, tag_field="type", tag="alias"):
    """`string_to_replace` is read as if it were written `alias`."""

    string_to_replace: str
    alias: str
    case_sensitive: bool = True
    word_boundaries: bool = True


class PhonemeRule(msgspec.Struct, frozen=True, tag_field="type", tag="phoneme"):
    """`string_to_replace` is read as `phoneme`, which is written in `alphabet`."""

    string_to_replace: str
    phoneme: str
    alphabet: Alphabet
    case_sensitive: bool = True
    word_boundaries: bool = True


DictionaryRule: TypeAlias = AliasRule | PhonemeRule


class RuleFields(msgspec.Struct, frozen=True):
    """A rule as a client sends it: null, too, stands for "not given"."""

    type: Literal["alias", "phoneme"]
    string_to_replace: str
    alias: str | None = None
    phoneme: str | None = None
    alphabet: str | None = None
    case_sensitive: bool | None = None
    word_boundaries: bool | None = None


class NewDictionary(msgspec.Struct, frozen=True):
    """The body of `add-from-rules`."""

    name: str
    rules: list[RuleFields]
    description: str | None = None


class RuleList(msgspec.Struct, frozen=True):
    """The body of `add-rules` and `set-rules`."""

    rules: list[RuleFields]


class RuleStrings(msgspec.Struct, frozen=True):
    """The body of `remove-rules`: the strings whose rules are to go."""

    rule_strings: list[str]


class DictionaryChange(msgspec.Struct, frozen=True):
    """The body of `PATCH`; None leaves a field as it is."""

    name: str | None = None
    archived: bool | None = None


class ListQuery(msgspec.Struct, frozen=True):
    """What a page of the list is to hold; `cursor` is the `next_cursor` of the page before it."""

    cursor: str | None = None
    page_size: int = 30
    by_name: bool = False
    descending: bool = True
    include_archived: bool = False


class DictionaryMetadata(msgspec.Struct, frozen=True, kw_only=True):
    """A dictionary without its rules; times in seconds since 1970."""

    id: str
    latest_version_id: str
    latest_version_rules_num: int
    name: str
    created_by: str
    creation_time_unix: int
    archived_time_unix: int | None = None
    description: str | None = None
    permission_on_resource: str = "admin"


class DictionaryWithRules(DictionaryMetadata, frozen=True, kw_only=True):
    """A dictionary with the rules of its newest version."""

    rules: tuple[DictionaryRule, ...]


class DictionaryPage(msgspec.Struct, frozen=True):
    """One page of the list; `next_cursor` asks for the one after it."""

    pronunciation_dictionaries: tuple[DictionaryMetadata, ...]
    next_cursor: str | None
    has_more: bool


class CreatedDictionary(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to a dictionary that was made."""

    id: str
    name: str
    created_by: str
    creation_time_unix: int
    version_id: str
    version_rules_num: int
    description: str | None = None
    permission_on_resource: str = "admin"


class ChangedRules(msgspec.Struct, frozen=True):
    """The answer to a change of rules: the version that is now the newest."""

    id: str
    version_id: str
    version_rules_num: int


def rule_of(fields: RuleFields) -> DictionaryRule:
    """The rule that a client means, its white space made plain. Raises ValueError."""
    string = _usable("string_to_replace", fields.string_to_replace)
    case_sensitive = fields.case_sensitive is not False
    word_boundaries = fields.word_boundaries is not False
    if fields.type == "alias":
        alias = _usable("alias", fields.alias or "")
        return AliasRule(string, alias, case_sensitive, word_boundaries)
    phoneme = _usable("phoneme", fields.phoneme or "")
    alphabet = _ALPHABETS.get((fields.alphabet or "").lower())
    if alphabet is None:
        raise ValueError("the alphabet must be ipa or cmu-arpabet")
    return PhonemeRule(string, phoneme, alphabet, case_sensitive, word_boundaries)


def for_string(rule: DictionaryRule, string: str) -> DictionaryRule:
    """The same reading for another string. Raises ValueError."""
    plain = _usable("string_to_replace", string)
    return msgspec.structs.replace(rule, string_to_replace=plain)


def rules_of(given: Sequence[RuleFields]) -> tuple[DictionaryRule, ...]:
    """The rules that a client sent. Raises InvalidParameter, which names the first bad one."""
    rules = []
    for place, fields in enumerate(given):
        try:
            rules.append(rule_of(fields))
        except ValueError as error:
            where = f"rules[{place}]"
            raise InvalidParameter(f"{where}: {error}.", param=where) from None
    return merged((), rules)


def merged(
    rules: Iterable[DictionaryRule], later: Iterable[DictionaryRule]
) -> tuple[DictionaryRule, ...]:
    """`rules` with `later` on top: a string has one rule, the last that was given for it.

    Raises InvalidParameter when there are more than 10,000, or 1,000,000 characters in them.
    """
    by_string = {rule.string_to_replace: rule for rule in (*rules, *later)}
    if len(by_string) > _RULES_MAX or sum(map(_length, by_string.values())) > _CHARACTERS_MAX:
        limits = f"{_RULES_MAX:,} rules and {_CHARACTERS_MAX:,} characters"
        raise InvalidParameter(f"A dictionary has at most {limits}.", param="rules")
    return tuple(by_string.values())


def without(rules: Iterable[DictionaryRule], strings: Iterable[str]) -> tuple[DictionaryRule, ...]:
    """`rules` but for those of `strings`; a string that has no rule is no error."""
    gone = {_plain(string) for string in strings}
    return tuple(rule for rule in rules if rule.string_to_replace not in gone)


def usable_name(name: str) -> str:
    """The name of a dictionary, its white space made plain. Raises InvalidParameter."""
    try:
        return _usable("name", name)
    except ValueError as error:
        raise InvalidParameter(f"{error}.", param="name") from None


def usable_description(description: str | None) -> str | None:
    """The description of a dictionary, None for an empty one. Raises InvalidParameter."""
    if description is None or not description.strip():
        return None
    try:
        return _usable("description", description)
    except ValueError as error:
        raise InvalidParameter(f"{error}.", param="description") from None


def _length(rule: DictionaryRule) -> int:
    reading = rule.alias if isinstance(rule, AliasRule) else rule.phoneme
    return len(rule.string_to_replace) + len(reading)


def _usable(name: str, text: str) -> str:
    plain = _plain(text)
    if not plain:
        raise ValueError(f"{name} is empty")
    if len(plain) > _TEXT_MAX:
        raise ValueError(f"{name} has more than {_TEXT_MAX:,} characters")
    if _CONTROL.search(plain):
        raise ValueError(f"{name} has a control character")
    return plain


def _plain(text: str) -> str:
    return " ".join(text.split())
