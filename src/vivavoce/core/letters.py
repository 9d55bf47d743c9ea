"""Characters as an English voice can read them."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

# The accented letters in both of hibari's alphabets for unknown words (`oov.json`, `oov_gb.json`).
READABLE_LETTERS: Final = frozenset(
    "ÀÁÂÃÄÅÆÇÉÊÌÍÎÏÑÒÓÔÕÖØÚÜÞßàáâãäåæçèéêëìíîïðñòóôõöøùúûüýþÿĀāĂăąĆćČčĎďĐđĒēĕĖėęěĝĞğġģīĭİıķļĽľŁłńņň"
    "ŋŌōŏőŒœŘřŚśŞşŠšţťūŭŮůŰųŵźŻżŽžƒơưǎǐǒǔǚșț"
)
# hibari reads these as words of their own, which their decompositions would lose.
_KEPT: Final = frozenset("…½¼¾²³¹™ªº\u00b5")
_PLAIN: Final = {
    "\u2010": "-",
    "\u2011": "-",
    "\u2012": "-",
    "\u2212": "-",
    "\u2015": "\u2014",
    "\u2e3a": "\u2014",
    "\u2044": "/",
    "\u2215": "/",
    "\u00b4": "'",
    "\u02bc": "'",
    "\u201b": "'",
    "\u201e": "\u201c",
    "\u00ab": "\u201c",
    "\u00bb": "\u201d",
    "\u3002": ".",
    "\u3001": ",",
    "\u300c": "\u201c",
    "\u300d": "\u201d",
}
# Letters without a plain one in them, by the sound nearest to theirs.
_NEAREST: Final = {"ə": "e", "ǝ": "e", "ɛ": "e", "ɔ": "o", "ĸ": "k"}
_MARKS: Final = "\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f"
_MARK: Final = re.compile(f"[{_MARKS}]")
_SILENT_CATEGORIES: Final = frozenset(("Cf", "Cs", "Co", "Cn"))
_LETTER_NAME: Final = re.compile(r"LATIN (SMALL|CAPITAL) LETTER ([A-Z])\b")

# A character with its accents that is not plain already: ASCII, and the letters above.
UNUSUAL: Final = re.compile(
    rf"[^\n -~{''.join(sorted(READABLE_LETTERS | _KEPT))}][{_MARKS}]*|[ -~][{_MARKS}]+", re.DOTALL
)


@lru_cache(maxsize=4096)
def plain(cluster: str) -> str:
    """One character and the accents on it, in letters a voice knows; "" for what has no sound."""
    base = cluster[0]
    category = unicodedata.category(base)
    if base.isspace():
        return "\n" if category in ("Cc", "Zl", "Zp") and base != "\t" else " "
    if category == "Cc" or category in _SILENT_CATEGORIES:
        return ""
    if base in _KEPT:
        return base
    if base in _PLAIN:
        return _PLAIN[base]
    return "".join(_plain_char(char) for char in unicodedata.normalize("NFKC", cluster))


def _plain_char(char: str) -> str:
    if char.isascii() or char in READABLE_LETTERS:
        return char
    if char.isdecimal():
        return str(unicodedata.decimal(char))
    if _MARK.match(char):
        return ""
    if _is_latin(char):
        return _without_accents(char)
    return _PLAIN.get(char, char)


def _without_accents(letter: str) -> str:
    base = unicodedata.normalize("NFKD", letter)[0]
    if base.isascii():
        return base
    if named := _LETTER_NAME.match(unicodedata.name(letter, "")):
        return named[2] if named[1] == "CAPITAL" else named[2].lower()
    small = letter.lower()
    return small if small in READABLE_LETTERS else _NEAREST.get(small, letter)


def speakable_letters(text: str) -> tuple[int, int]:
    """How many letters of `text` an English voice can read, and how many letters it has.

    Digits, marks and emoji are no letters. Text for which this is (0, n) with n > 0 is in another
    script and would come out as silence.
    """
    letters = [char for char in text if char.isalpha()]
    return sum(map(_is_latin, letters)), len(letters)


def _is_latin(letter: str) -> bool:
    if letter.isascii() or letter in READABLE_LETTERS or letter in _KEPT:
        return True
    compatible = unicodedata.normalize("NFKC", letter)[0]
    return "LATIN" in unicodedata.name(compatible, "").split()
