"""Where inside a sentence a cut is heard least."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from vivavoce.core.boundaries import Cut
from vivavoce.core.characters import is_spaceless

_LIST_COMMAS: Final = frozenset(",\u060c\uff0c、､")
_ENUMERATION_COMMAS: Final = frozenset("、､")
_CONJUNCTIONS: Final = frozenset(("and", "or", "nor", "&"))
_LONGEST_ITEM: Final = 3
_ITEM_SPAN: Final = 48

# Words that lean on the next one: a breath after them is heard as a stumble.
_LEANING_WORDS: Final = (
    "a an the of to in on at by for from with into than as and or but nor if that which who whose"
    " my your his her its our their this these those no not very so too is are was were be been am"
    " has have had will would can could should may might must do does did i we they he she you it"
    " mr. mrs. ms. dr. prof. st. no. vs. e.g. i.e. &"
)
_LEANING: Final = frozenset(_LEANING_WORDS.split())
_NO_BREAK_SPACES: Final = frozenset("\u00a0\u202f\u2007")
_CLOSE_BY: Final = 4
_LONGEST_LEANING: Final = 24


def inside_list(text: str, end: int) -> bool:
    """Whether the boundary text[:end] is a comma between the items of a short list."""
    before = text[max(0, end - _ITEM_SPAN) : end].rstrip()
    if before[-1:] not in _LIST_COMMAS or before[-1:] in _ENUMERATION_COMMAS:
        return before[-1:] in _ENUMERATION_COMMAS
    return _item_ends_here(before[:-1]) or _item_starts_here(text[end : end + _ITEM_SPAN])


def best_word_end(text: str, ends: Sequence[int]) -> int:
    """The last of `ends` (not empty) that does not tear a word from the one it leans on."""
    return next((end for end in ends[: -_CLOSE_BY - 1 : -1] if not leans(text, end)), ends[-1])


def leans(text: str, end: int) -> bool:
    """Whether the word before text[end] belongs to the one after it."""
    if text[end - 1] in _NO_BREAK_SPACES:
        return True
    words = text[max(0, end - _LONGEST_LEANING) : end].rsplit(maxsplit=1)
    return bool(words) and words[-1].lower() in _LEANING


def word_cut(text: str, end: int) -> Cut:
    """How a word end cuts: as a clause behind a comma, or where spaces do not part words."""
    last = text[max(0, end - _LONGEST_LEANING) : end].rstrip()[-1:]
    return Cut.CLAUSE if last in _LIST_COMMAS or is_spaceless(last) else Cut.WORD


def _item_ends_here(before: str) -> bool:
    _, comma, item = before.rpartition(",")
    return bool(comma) and 0 < len(item.split()) <= _LONGEST_ITEM


def _item_starts_here(after: str) -> bool:
    for count, word in enumerate(after.split()[:_LONGEST_ITEM]):
        if word.lower() in _CONJUNCTIONS:
            return count > 0
        if word[-1] in ",.!?;:":
            return word[-1] == "," and count < _LONGEST_ITEM - 1
    return False
