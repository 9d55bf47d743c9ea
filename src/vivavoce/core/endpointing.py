"""When a caller who has paused has ended the turn, by what was said so far.

A full stop tells little: the recogniser puts one behind "My name is." just as well. What tells is
which words stand last, and whether a question has its subject and its verb.
"""

from __future__ import annotations

import enum
import re
from typing import Final

import msgspec

from vivavoce.core import word_classes as word
from vivavoce.core.said_numbers import NumberEnd, is_spelling, number_end
from vivavoce.core.unfinished import Lack, lack, lacks_main_clause, opening_lack, question_lack

SHORTEST_S: Final = 0.2
LONGEST_S: Final = 2.5

_TAIL: Final = 400
"""Characters that are looked at; no sentence is longer."""
_WORD: Final = re.compile(r"[^\W_]+(?:[-'.:,@_][^\W_]+)*")
_ENDS: Final = ".!?…"
_TRAILS: Final = ("...", "\u2026", "-", "\u2013", "\u2014")
_THINKING: Final = (
    *(("hold", "on"), ("hang", "on"), ("let's", "see"), ("i", "mean"), ("wait",)),
    *(("let", "me", verb) for verb in ("see", "think", "check", "look", "find")),
    *((one, time) for one in ("one", "a") for time in ("moment", "second", "sec", "minute")),
)
_GOES_ON: Final = ",;:"
_LONGEST_OF_A_LIST: Final = 2


class EndingReason(enum.Enum):
    """What was seen in the words."""

    FINISHED = "finished"
    """A question with all its parts, or thanks and the like."""
    ANSWER = "answer"
    """One word that is a turn, or begins one: "Yes," and "Hello," are heard as "Yes." """
    PLAIN = "plain"
    """Nothing that tells."""
    COMMA = "comma"
    NUMBER = "number"
    """A number that may go on, or be the day of a date."""
    PERHAPS_HANGING = "perhaps_hanging"
    LIST = "list"
    LONG_NUMBER = "long_number"
    """All digits that a telephone number has."""
    CLAUSE = "clause"
    """An if-clause alone, or a reason."""
    TRAILING_OFF = "trailing_off"
    DIGITS = "digits"
    SPELLING = "spelling"
    HESITATION = "hesitation"
    HANGING = "hanging"
    """A word that is never last."""


_SILENCE_S: Final = {
    EndingReason.FINISHED: 0.2,
    EndingReason.ANSWER: 0.5,
    EndingReason.PLAIN: 0.3,
    EndingReason.COMMA: 0.6,
    EndingReason.NUMBER: 0.6,
    EndingReason.PERHAPS_HANGING: 0.7,
    EndingReason.LIST: 0.8,
    EndingReason.LONG_NUMBER: 1.0,
    EndingReason.CLAUSE: 1.2,
    EndingReason.TRAILING_OFF: 1.2,
    EndingReason.DIGITS: 1.5,
    EndingReason.SPELLING: 1.5,
    EndingReason.HESITATION: 1.5,
    EndingReason.HANGING: 1.5,
}
_PACE: Final = {"eager": 2 / 3, "patient": 5 / 3}
_PATIENTS_LEAST_S: Final = 0.6


class Ending(msgspec.Struct, frozen=True):
    """Seconds of silence after which the turn has ended, and why so many."""

    silence_s: float
    reason: EndingReason


def silence_wanted(text: str, *, eagerness: str = "normal", language: str = "en") -> float:
    """Seconds of silence (0.2 to 2.5) after which a caller who has said `text` is done."""
    return ending(text, eagerness=eagerness, language=language).silence_s


def ending(text: str, *, eagerness: str = "normal", language: str = "en") -> Ending:
    """How long to wait after `text`, the transcript of a turn up to a pause, fillers included.

    `eagerness` is "eager", "normal" or "patient"; others count as normal. Words are judged in
    English alone, marks in every `language` (ISO 639-1).
    """
    reason = _english(text) if language.lower().startswith("en") else _by_marks(text)
    seconds = _SILENCE_S[reason] * _PACE.get(eagerness, 1.0)
    least = _PATIENTS_LEAST_S if eagerness == "patient" else SHORTEST_S
    return Ending(min(max(seconds, least), LONGEST_S), reason)


class _Sentence:
    """The last sentence of a text: its words, and how many of them stand before each comma.

    `body` is the words without those that may stand before a sentence.
    """

    def __init__(self, text: str) -> None:
        self.words: list[str] = []
        self.commas: list[int] = []
        self.asks = text.endswith("?")
        ended = False
        for found in _WORD.finditer(text):
            if ended:
                self.words, self.commas = [], []
            self.words.append(found[0])
            mark = text[found.end() : found.end() + 1]
            ended = mark != "" and mark in _ENDS
            if mark == ",":
                self.commas.append(len(self.words))
        places = (at for at, one in enumerate(self.words) if one not in word.LEADS)
        self.leads = next(places, len(self.words))
        self.body = self.words[self.leads :]


def _english(text: str) -> EndingReason:
    said = text.lower().replace("\u2019", "'").rstrip()[-_TAIL:]
    words = _WORD.findall(said)
    if not words:
        return EndingReason.PLAIN
    sentence = _Sentence(said)
    if words[-1] in word.HESITATIONS or _is_thinking(sentence):
        return EndingReason.HESITATION
    if is_spelling(words):
        return EndingReason.SPELLING
    question = question_lack(sentence.body)
    is_asked = sentence.asks and question is Lack.NOTHING
    number = None if is_asked else _NUMBERS.get(number_end(words))
    return number or _short(sentence) or _unfinished(sentence, said) or _whole(sentence, question)


_NUMBERS: Final = {
    NumberEnd.AMOUNT: EndingReason.NUMBER,
    NumberEnd.STRING: EndingReason.DIGITS,
    NumberEnd.WHOLE_STRING: EndingReason.LONG_NUMBER,
}


def _is_thinking(sentence: _Sentence) -> bool:
    words = sentence.body
    if words[-2:] == ["you", "know"]:  # but "Do you know" and "if you know"
        return words[-3:-2] not in (["do"], ["did"], ["if"])
    return any(tuple(words[-len(phrase) :]) == phrase for phrase in _THINKING)


def _short(sentence: _Sentence) -> EndingReason | None:
    """Of what is said by set words alone."""
    words = sentence.words
    if all(one in word.UNFINISHED_LEADS for one in words):
        return EndingReason.HESITATION
    if len(words) == 1 and words[0] in word.ANSWERS:
        return EndingReason.PLAIN if sentence.asks else EndingReason.ANSWER
    if len(words) > 1 and word.COURTESIES.issuperset(words) and lack(words) is Lack.NOTHING:
        return EndingReason.FINISHED
    return None


def _unfinished(sentence: _Sentence, said: str) -> EndingReason | None:
    words = sentence.words[:-1] if sentence.words[-1] in {"please", "just"} else sentence.words
    missing = {lack(words), opening_lack(sentence.body)}
    if Lack.SURELY in missing or _is_half_an_address(words[-1]):
        return EndingReason.HANGING
    if lacks_main_clause(sentence.body, [comma - sentence.leads for comma in sentence.commas]):
        return EndingReason.CLAUSE
    if sentence.words[0] == "because" and not _has_second_part(sentence):
        return EndingReason.CLAUSE
    if said.endswith(_TRAILS):
        return EndingReason.TRAILING_OFF
    if Lack.PERHAPS in missing:
        return EndingReason.PERHAPS_HANGING
    if _is_list(sentence):
        return EndingReason.LIST
    return EndingReason.COMMA if said[-1] in _GOES_ON else None


def _has_second_part(sentence: _Sentence) -> bool:
    return any(len(sentence.words) - comma > 1 for comma in sentence.commas)


def _whole(sentence: _Sentence, question: Lack | None) -> EndingReason:
    if question is Lack.PERHAPS:
        return EndingReason.PERHAPS_HANGING
    if question is Lack.NOTHING and sentence.asks:
        return EndingReason.FINISHED
    return EndingReason.PLAIN


def _by_marks(text: str) -> EndingReason:
    said = text.rstrip()
    if said.endswith(_TRAILS):
        return EndingReason.TRAILING_OFF
    return EndingReason.COMMA if said[-1:] in _GOES_ON and said else EndingReason.PLAIN


def _is_list(sentence: _Sentence) -> bool:
    """Whether one more thing stands behind a comma, and no "and" before it."""
    commas = [comma for comma in sentence.commas if sentence.leads < comma < len(sentence.words)]
    if not commas or sentence.asks:
        return False
    last = sentence.words[commas[-1] :]
    if len(last) > _LONGEST_OF_A_LIST or word.TAGS.issuperset(last):
        return False
    return last[0] not in word.CONNECTIVES | word.AUXILIARIES


def _is_half_an_address(last: str) -> bool:
    """Whether it is an e-mail address without its end."""
    return "@" in last and "." not in last.partition("@")[2]
