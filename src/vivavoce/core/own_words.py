"""Whether what was heard is what the agent has just said, back through the microphone."""

from __future__ import annotations

import re
from typing import Final

_LEAST_WORDS: Final = 3
"""A caller repeats a word or two as a question: "By Friday?"."""
_MOST_WRONG: Final = 0.24
"""Letters to be changed, added or left out, of those heard. Of partial transcripts of echoes with
three words or more, 86 in 100 have fewer; of those that callers make 1 in 1,760, each held against
every text of an agent's ("Could you speak it" against "Could you say it")."""
_MOST_LETTERS: Final = 400
_WORD: Final = re.compile(r"[^\W_]+")
_NUMBER: Final = re.compile(r"\d+")
_UNITS: Final = (
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
)
_TENS: Final = (
    "twenty",
    "thirty",
    "forty",
    "fifty",
    "sixty",
    "seventy",
    "eighty",
    "ninety",
)


def is_own_words(heard: str, agent_said: str) -> bool:
    """Whether the transcript `heard` is nothing but a stretch of `agent_said`, the last 5 s or so.

    Letter by letter, so that words misheard, half heard or run together count for what there is of
    them. Two words are never enough.
    """
    words = _words(heard)
    letters = "".join(words)
    if len(words) < _LEAST_WORDS:
        return False
    letters = letters[-_MOST_LETTERS:]
    wrong = _wrong_letters(letters, "".join(_words(agent_said))[-_MOST_LETTERS:])
    return wrong <= _MOST_WRONG * len(letters)


def _words(text: str) -> list[str]:
    """Lower-case words, numbers as a voice may read them."""
    return _WORD.findall(_NUMBER.sub(_read, text.lower().replace("'", "").replace("\u2019", "")))


def _read(number: re.Match[str]) -> str:
    digits = number[0]
    if len(digits) == 2 and digits[0] != "0":
        value = int(digits)
        if value < len(_UNITS):
            return f" {_UNITS[value]} "
        unit = _UNITS[value % 10] if value % 10 else ""
        return f" {_TENS[value // 10 - 2]} {unit} "
    return f" {' '.join(_UNITS[int(digit)] for digit in digits)} "


def _wrong_letters(wanted: str, text: str) -> int:
    """Edit distance from `wanted` to the stretch of `text` that is nearest to it.

    Myers (1999): a column of the table is a number, its bits the differences between rows.
    """
    places: dict[str, int] = {}
    for place, letter in enumerate(wanted):
        places[letter] = places.get(letter, 0) | 1 << place
    every = (1 << len(wanted)) - 1
    last = 1 << len(wanted) - 1
    more, fewer = every, 0
    distance = least = len(wanted)
    for letter in text:
        same = places.get(letter, 0)
        vertical = same | fewer
        horizontal = (((same & more) + more) ^ more) | same
        up = fewer | ~(horizontal | more) & every
        down = more & horizontal
        distance += bool(up & last) - bool(down & last)
        least = min(least, distance)
        up, down = up << 1 & every, down << 1 & every
        more = down | ~(vertical | up) & every
        fewer = up & vertical
    return least
