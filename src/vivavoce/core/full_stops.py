"""Whether a full stop ends a sentence, or only shortens a word."""

from __future__ import annotations

import enum
import re
from typing import Final


class FullStop(enum.Enum):
    """What one full stop does, by what stands before and after it."""

    END = enum.auto()
    PAUSE = enum.auto()
    PART = enum.auto()
    UNKNOWN = enum.auto()


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# hibari's own titles (its `normalize.json`), and those of other European languages.
_TITLES: Final = _words(
    "Mr Mrs Ms Dr Drs Prof St Ste Mt Ft Gen Gov Sen Rep Capt Lt Col Sgt Cmdr Rev Hon Pres Supt Cpl"
    " Maj Adm Fr Msgr Atty Mme Mlle Hr Sra Srta Dra"
)
_NEVER_LAST: Final = _words("vs e.g i.e cf approx viz ca incl esp bzw z.B")
# These shorten a word only before a number: "No. 5", but "No. I won't."
_BEFORE_NUMBER: Final = _words("no nos fig figs vol vols ch pp p sec eq nr")
# These may stand last in a sentence as well as inside one.
_SOMETIMES_LAST: Final = _words(
    "etc Inc Ltd Co Corp Bros LLC Jr Sr Esq PhD Ave Blvd Rd Ln Hwy Pkwy Apt Bldg Dept dept Univ"
    " Assn Govt est ed eds al max min Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec Mon Tue"
    " Tues Wed Thu Thurs Fri Sat Sun"
)
# One of these, capitalised, begins a sentence after such an abbreviation; none is part of a name.
_SENTENCE_STARTERS: Final = _words(
    "the a an i i'm i've i'll i'd it it's he he's she she's we we're we've we'll you you're"
    " they they're this that that's these those there there's here here's what what's when where"
    " who why how which if in on at for from by with as of to but and so or yet then now yes no"
    " not all some many most my your his her our their its do does did don't is are was were has"
    " have had can could will would should may might must let let's please thanks well however"
    " after before because since while although though once one first next finally also another"
    " each every both even just only maybe perhaps still today tomorrow yesterday after until"
    " unless whether"
)
_DOTTED: Final = re.compile(r"(?:[^\W\d_]{1,2}\.)+[^\W\d_]{1,2}")
_WORD_BEFORE: Final = re.compile(r"[^\s(\[{\"\u201c\u2018'«*_\u2014\u2013/<>]*$")
_NEXT_WORD: Final = re.compile(r"[\"\u201c\u2018'(\[{«*_]*([\w'\u2019]*)")
_LONGEST_ABBREVIATION: Final = 12
_LONGEST_LIST_NUMBER: Final = 3


def read_full_stop(
    text: str, stop: int, following: int, *, sentence_start: int, complete: bool
) -> FullStop:
    """What the lone full stop text[stop] does, given that the next word begins at text[following].

    `following == len(text)` when nothing is known to follow. `complete` says that no text will come
    after `text`. `sentence_start` is where the sentence of the full stop begins.
    """
    word = _word_before(text, stop, sentence_start)
    alone = _stands_alone(word, text, stop, sentence_start)
    next_word, next_is_whole = _next_word(text, following, complete)
    if word in _TITLES or word in _NEVER_LAST or (alone and _is_list_marker(word)):
        return FullStop.PART
    if word.lower() in _BEFORE_NUMBER:
        if not next_is_whole and not next_word and not alone:
            return FullStop.UNKNOWN
        if next_word[:1].isdecimal():
            return FullStop.PART
    if word in _SOMETIMES_LAST or _is_initials(word, alone):
        return _after_abbreviation(next_word, next_is_whole)
    if not next_word and not next_is_whole and following < len(text):
        return FullStop.UNKNOWN
    return FullStop.PAUSE if next_word[:1].islower() else FullStop.END


def _after_abbreviation(next_word: str, is_whole: bool) -> FullStop:
    if not is_whole:
        return FullStop.UNKNOWN
    starts = (
        next_word[:1].isupper() and next_word.lower().replace("\u2019", "'") in _SENTENCE_STARTERS
    )
    return FullStop.END if starts else FullStop.PART


def _word_before(text: str, stop: int, sentence_start: int) -> str:
    near = text[max(sentence_start, stop - _LONGEST_ABBREVIATION) : stop]
    found = _WORD_BEFORE.search(near)
    return found.group() if found else ""


def _stands_alone(word: str, text: str, stop: int, sentence_start: int) -> bool:
    """Whether `word` is all that its sentence says; quotes and list marks do not count."""
    if stop - sentence_start > 2 * _LONGEST_ABBREVIATION:
        return False
    return text[sentence_start:stop].lstrip(" \t*_-#\"\u201c'(") == word


def _next_word(text: str, following: int, complete: bool) -> tuple[str, bool]:
    found = _NEXT_WORD.match(text, following)
    if not found:
        return "", complete
    return found.group(1), complete or found.end() < len(text)


def _is_list_marker(word: str) -> bool:
    """Whether a sentence of this word and a full stop is the "3." before an item of a list."""
    if word.isdecimal():
        return len(word) <= _LONGEST_LIST_NUMBER
    return len(word) == 1 and word.isalpha()


def _is_initials(word: str, alone: bool) -> bool:
    if len(word) == 1:
        return word.isupper() and (word != "I" or alone)
    return _DOTTED.fullmatch(word) is not None
