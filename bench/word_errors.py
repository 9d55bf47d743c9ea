"""How far a transcript is from the text that was spoken."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from bench.spoken_numbers import in_digits

_CURRENCIES = {"$": "dollars", "£": "pounds", "€": "euros"}
_MONEY = re.compile(
    r"([$£€])\s?(\d+(?:\.\d+)?)(\s(?:hundred|thousand|million|billion|trillion)\b)?"
)
_REPLACEMENTS = [
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"[\u2018\u2019]", "'"),
        (r"\b((?:[a-z]\.){2,})", lambda match: match[1].replace(".", "")),  # p.m., U.S.A.
        (r"(?<=\d)(?=[a-z])|(?<=[a-z])(?=\d)", " "),
        (r"(?<=\d) (?:st|nd|rd|th)\b", ""),
        (r"\b(\d{1,2}):00\b", r"\1"),
        (r"\bo'clock\b", ""),
        (r"\b(\d{1,2})\.(\d{2}) (?=[ap]m\b)", r"\1 \2 "),
        (r"(?<=\d)\.(?=\d)", " point "),
        (r"%", " percent"),
        (r"°\s?c\b", " degrees celsius"),
        (r"°\s?f\b", " degrees fahrenheit"),
        (r"°", " degrees"),
        (r"&", " and "),
        (r"\b(dollars?|pounds?|euros?) and (?=[\w-]+ cents?\b)", r"\1 "),
        (r"\bwon't\b", "will not"),
        (r"\bcan't\b", "cannot"),
        (r"n't\b", " not"),
        (r"'re\b", " are"),
        (r"'ve\b", " have"),
        (r"'ll\b", " will"),
        (r"'m\b", " am"),
        (r"'", ""),
        (r"\b(\w*(?:neighb|col|fav|flav|harb|hon|lab))our", r"\1or"),  # British spelling
        (r"(?<=met)re(?=s?\b)|(?<=cent)re(?=s?\b)|(?<=theat)re(?=s?\b)", "er"),
        (r"\bgrey", "gray"),
    )
]
_WORD = re.compile(r"\d+|[^\W\d_]+")
_SAME = {
    "okay": "ok",
    "mr": "mister",
    "mrs": "missus",
    "ms": "miss",
    "dr": "doctor",
    "st": "street",
    "ave": "avenue",
    "vs": "versus",
    "dollar": "dollars",
    "pound": "pounds",
    "euro": "euros",
    "cent": "cents",
    "degree": "degrees",
    "ii": "2",
    "iii": "3",
    "iv": "4",
    "vi": "6",
    "vii": "7",
    "viii": "8",
    "ix": "9",
}


class WordErrors(NamedTuple):
    """Words wrong, missing or too many, and the words that should have been there."""

    errors: int
    words: int


def word_error_rate(reference: str, hypothesis: str) -> float:
    """Word errors per word of `reference`; 0 is a perfect transcript, and it may exceed 1.

    Case, punctuation, hyphens, British or American spelling, that of numbers, and common
    abbreviations make no difference.
    Raises ValueError when `reference` has no words.
    """
    errors, words = word_errors(reference, hypothesis)
    if not words:
        raise ValueError("the reference has no words")
    return errors / words


def word_errors(reference: str, hypothesis: str) -> WordErrors:
    """As in `word_error_rate`, for adding up over many texts."""
    expected = normalised_words(reference)
    return WordErrors(_distance(expected, normalised_words(hypothesis)), len(expected))


def overall_rate(scores: Sequence[WordErrors]) -> float:
    """Word errors per word of many texts together. Raises ZeroDivisionError for no words."""
    return sum(score.errors for score in scores) / sum(score.words for score in scores)


def differences(reference: str, hypothesis: str) -> list[tuple[list[str], list[str]]]:
    """Where the words of two texts differ: those of the one, and those of the other instead."""
    expected, heard = normalised_words(reference), normalised_words(hypothesis)
    matcher = SequenceMatcher(None, expected, heard, autojunk=False)
    return [
        (expected[i1:i2], heard[j1:j2])
        for operation, i1, i2, j1, j2 in matcher.get_opcodes()
        if operation != "equal"
    ]


def normalised_words(text: str) -> list[str]:
    """The words of `text` in the one spelling in which they are compared."""
    text = re.sub(r"(?<=\d),(?=\d{3}\b)", "", text.lower())
    text = _MONEY.sub(_money_in_words, text)
    for pattern, replacement in _REPLACEMENTS:
        text = pattern.sub(replacement, text)
    return in_digits([_SAME.get(word, word) for word in _WORD.findall(text)])


def _money_in_words(match: re.Match[str]) -> str:
    unit = _CURRENCIES[match[1]]
    whole, _, cents = match[2].partition(".")
    if match[3]:
        return f"{match[2]}{match[3]} {unit}"
    return f"{whole} {unit} {cents} cents" if cents.strip("0") else f"{whole} {unit}"


def _distance(expected: Sequence[str], heard: Sequence[str]) -> int:
    """Levenshtein distance in words, where "real time" for "realtime" costs nothing."""
    rows = [list(range(len(heard) + 1))]
    for row, word in enumerate(expected, 1):
        costs = [row]
        for column, other in enumerate(heard, 1):
            above = rows[row - 1]
            cost = min(above[column] + 1, costs[-1] + 1, above[column - 1] + (word != other))
            if row > 1 and expected[row - 2] + word == other:
                cost = min(cost, rows[row - 2][column - 1])
            if column > 1 and heard[column - 2] + other == word:
                cost = min(cost, above[column - 2])
            costs.append(cost)
        rows.append(costs)
    return rows[-1][-1]
