"""Numbers and letters at the end of what was said, and whether more of them may come."""

from __future__ import annotations

import enum
import re
from collections.abc import Sequence
from typing import Final

from vivavoce.core.word_classes import listed

_DIGITS: Final = listed("zero oh o one two three four five six seven eight nine double triple")
_LARGER: Final = listed(
    "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty thirty"
    " forty fifty sixty seventy eighty ninety hundred thousand"
)
_ORDINALS: Final = listed(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth"
    " fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth thirtieth"
)
_MONTHS: Final = listed(
    "january february march april may june july august september october november december"
)
_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_AMOUNT: Final = re.compile(r"\d+(?:[:.,]\d+)+|\d+(?:st|nd|rd|th|am|pm|%|s)")
"""A time, a price, a day: nobody says them digit by digit."""
_ORDINAL: Final = re.compile(r"\d+(?:st|nd|rd|th)")
_BEFORE_YEAR: Final = listed("in since of until by from before after") | _MONTHS
_STRING: Final = 3
"""Digits that are a number of a telephone, an account or a street rather than an amount."""
_WHOLE_STRING: Final = 10
"""Digits of an American telephone number."""
_NEAR: Final = 4
_SPELLED: Final = 8
_NOT_LETTERS: Final = listed("a i")


class NumberEnd(enum.Enum):
    """What a text ends in."""

    NONE = enum.auto()
    AMOUNT = enum.auto()
    """A number that may be the first part of one, or of a date."""
    STRING = enum.auto()
    """Digits of a number that is said digit by digit."""
    WHOLE_STRING = enum.auto()
    """As many as a telephone number has."""


def number_end(words: Sequence[str]) -> NumberEnd:
    """What the last of `words` (lower case) are. Digits count over any marks between them."""
    run: list[str] = []
    for word in reversed(words):
        if not (word in _DIGITS or word in _LARGER or word[:1].isdecimal()):
            break
        run.insert(0, word)
    before = words[-len(run) - 1] if run and len(words) > len(run) else ""
    if not run:
        return _date_end(words)
    if len(run) == 1:
        return _one_number(run[0], before)
    digits = sum(_digits_of(word) for word in run)
    if digits < _STRING or all(word in _LARGER for word in run[:-1]):
        return NumberEnd.AMOUNT
    return NumberEnd.WHOLE_STRING if digits >= _WHOLE_STRING else NumberEnd.STRING


def is_spelling(words: Sequence[str]) -> bool:
    """Whether `words` (lower case) end in a name being spelled: "j. o. h.", "b as in boy"."""
    letters = [
        sum(len(part) == 1 and part.isalpha() for part in word.split("-"))
        if word not in _NOT_LETTERS
        else 0
        for word in words[-_SPELLED:]
    ]
    return (
        any(letters[-_NEAR:])
        or sum(letters) > 1
        or (len(words) > 2 and tuple(words[-3:-1]) == ("as", "in"))
    )


def _one_number(word: str, before: str) -> NumberEnd:
    if word in {"one", "o", "oh"} and before:
        return NumberEnd.NONE  # "the blue one"
    if _YEAR.fullmatch(word) and (before in _BEFORE_YEAR or _is_ordinal(before)):
        return NumberEnd.NONE
    if _ORDINAL.fullmatch(word):
        return NumberEnd.AMOUNT
    if _AMOUNT.fullmatch(word):
        return NumberEnd.NONE
    digits = _digits_of(word)
    if digits >= _STRING:
        return NumberEnd.WHOLE_STRING if digits >= _WHOLE_STRING else NumberEnd.STRING
    return NumberEnd.AMOUNT


def _date_end(words: Sequence[str]) -> NumberEnd:
    last = words[-1] if words else ""
    before = words[-2] if len(words) > 1 else ""
    if last in _MONTHS and before == "on":
        return NumberEnd.AMOUNT
    if _is_ordinal(last) and (
        before == "the" or before in _MONTHS or before in {"twenty", "thirty"}
    ):
        return NumberEnd.AMOUNT
    return NumberEnd.NONE


def _is_ordinal(word: str) -> bool:
    return word in _ORDINALS or _ORDINAL.fullmatch(word) is not None


def _digits_of(word: str) -> int:
    if word in _LARGER:
        return 2
    return max(1, sum(letter.isdecimal() for letter in word))
