"""Which alphabet a letter belongs to, and which alphabets a language is written in."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from typing import Final

LATIN: Final = "Latin"
GREEK: Final = "Greek"
CYRILLIC: Final = "Cyrillic"
ARABIC: Final = "Arabic"
DEVANAGARI: Final = "Devanagari"
HANGUL: Final = "Hangul"
# Chinese characters and kana, which Japanese writes in one word.
SINITIC: Final = "Sinitic"

# First and last character of each block that has letters, as Unicode lays them out.
_BLOCKS: Final[tuple[tuple[int, int, str], ...]] = (
    (0x0041, 0x024F, LATIN),
    (0x0370, 0x03FF, GREEK),
    (0x0400, 0x052F, CYRILLIC),
    (0x0530, 0x058F, "Armenian"),
    (0x0590, 0x05FF, "Hebrew"),
    (0x0600, 0x06FF, ARABIC),
    (0x0750, 0x077F, ARABIC),
    (0x08A0, 0x08FF, ARABIC),
    (0x0900, 0x097F, DEVANAGARI),
    (0x0980, 0x09FF, "Bengali"),
    (0x0A00, 0x0A7F, "Gurmukhi"),
    (0x0A80, 0x0AFF, "Gujarati"),
    (0x0B00, 0x0B7F, "Oriya"),
    (0x0B80, 0x0BFF, "Tamil"),
    (0x0C00, 0x0C7F, "Telugu"),
    (0x0C80, 0x0CFF, "Kannada"),
    (0x0D00, 0x0D7F, "Malayalam"),
    (0x0D80, 0x0DFF, "Sinhala"),
    (0x0E00, 0x0E7F, "Thai"),
    (0x1000, 0x109F, "Myanmar"),
    (0x10A0, 0x10FF, "Georgian"),
    (0x1100, 0x11FF, HANGUL),
    (0x1200, 0x139F, "Ethiopic"),
    (0x13A0, 0x13FF, "Cherokee"),
    (0x1C80, 0x1C8F, CYRILLIC),
    (0x1C90, 0x1CBF, "Georgian"),
    (0x1E00, 0x1EFF, LATIN),
    (0x1F00, 0x1FFF, GREEK),
    (0x2D00, 0x2D2F, "Georgian"),
    (0x2D80, 0x2DDF, "Ethiopic"),
    (0x2DE0, 0x2DFF, CYRILLIC),
    (0x2E80, 0x2FDF, SINITIC),
    (0x3005, 0x3007, SINITIC),
    (0x3021, 0x3029, SINITIC),
    (0x3031, 0x30FF, SINITIC),
    (0x3100, 0x312F, SINITIC),
    (0x3130, 0x318F, HANGUL),
    (0x31F0, 0x31FF, SINITIC),
    (0x3400, 0x4DBF, SINITIC),
    (0x4E00, 0x9FFF, SINITIC),
    (0xA640, 0xA69F, CYRILLIC),
    (0xA720, 0xA7FF, LATIN),
    (0xA960, 0xA97F, HANGUL),
    (0xAC00, 0xD7FF, HANGUL),
    (0xF900, 0xFAFF, SINITIC),
    (0xFB00, 0xFB06, LATIN),
    (0xFB13, 0xFB17, "Armenian"),
    (0xFB1D, 0xFB4F, "Hebrew"),
    (0xFB50, 0xFDFF, ARABIC),
    (0xFE70, 0xFEFE, ARABIC),
    (0xFF21, 0xFF5A, LATIN),
    (0xFF66, 0xFF9F, SINITIC),
    (0x20000, 0x3FFFF, SINITIC),
)
_FIRST: Final = [block[0] for block in _BLOCKS]
_LETTERS: Final = frozenset(("Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Nl"))
_FOREIGN_TO_LATIN: Final = re.compile("[\u0370-\u1dff\u1f00-\u1fff\u2d00-\U0003ffff]")

_WRITTEN_IN: Final[dict[str, tuple[str, ...]]] = {
    GREEK: ("el", "grc"),
    CYRILLIC: (
        *("ru", "uk", "be", "bg", "mk", "sr", "bs"),
        *("kk", "ky", "tt", "ba", "cv", "nog", "uz"),
    ),
    "Armenian": ("hy", "hyw"),
    "Hebrew": ("he",),
    ARABIC: ("ar", "fa", "ur", "ug", "sd"),
    DEVANAGARI: ("hi", "mr", "ne", "kok"),
    "Bengali": ("bn", "as", "bpy"),
    "Gurmukhi": ("pa",),
    "Gujarati": ("gu",),
    "Oriya": ("or",),
    "Tamil": ("ta",),
    "Telugu": ("te",),
    "Kannada": ("kn",),
    "Malayalam": ("ml",),
    "Sinhala": ("si",),
    "Thai": ("th",),
    "Myanmar": ("my", "shn"),
    "Georgian": ("ka",),
    HANGUL: ("ko",),
    "Ethiopic": ("am", "ti"),
    "Cherokee": ("chr",),
    SINITIC: ("zh", "yue", "ja"),
}
_ALSO_LATIN: Final = frozenset(("sr", "bs", "uz"))
_LATIN_ONLY: Final = frozenset((LATIN,))
_SCRIPTS: Final[dict[str, frozenset[str]]] = {
    language: frozenset(script for script, ones in _WRITTEN_IN.items() if language in ones)
    | (_LATIN_ONLY if language in _ALSO_LATIN else frozenset())
    for languages in _WRITTEN_IN.values()
    for language in languages
}


def script_of(char: str) -> str | None:
    """The script of a letter or of a vowel sign; None for what belongs to all of them or to none.

    Digits, punctuation, white space, emoji and accents belong to the script of the text around.
    """
    if char.isascii():
        return LATIN if char.isalpha() else None
    _, last, script = _BLOCKS[bisect_right(_FIRST, ord(char)) - 1]
    if ord(char) > last or unicodedata.category(char) not in _LETTERS:
        return None
    return script


def scripts_of(language: str) -> frozenset[str]:
    """The scripts that `language` is written in: a language that is not listed in Latin letters."""
    return _SCRIPTS.get(language, _LATIN_ONLY)


def only_latin(text: str) -> bool:
    """Whether no letter of `text` is in another script than Latin."""
    return _FOREIGN_TO_LATIN.search(text) is None
