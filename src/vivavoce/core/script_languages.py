"""Which language a text is in that shares its script with others."""

# ruff: noqa: RUF001 (letters that look alike are what this is about)

from __future__ import annotations

import re
from typing import Final

from vivavoce.core import scripts

# For each script the language of most who write in it.
_MAIN: Final = {
    scripts.GREEK: "el",
    scripts.CYRILLIC: "ru",
    "Armenian": "hy",
    "Hebrew": "he",
    scripts.ARABIC: "ar",
    scripts.DEVANAGARI: "hi",
    "Bengali": "bn",
    "Gurmukhi": "pa",
    "Gujarati": "gu",
    "Oriya": "or",
    "Tamil": "ta",
    "Telugu": "te",
    "Kannada": "kn",
    "Malayalam": "ml",
    "Sinhala": "si",
    "Thai": "th",
    "Myanmar": "my",
    "Georgian": "ka",
    scripts.HANGUL: "ko",
    "Ethiopic": "am",
    "Cherokee": "chr",
}


def _words(*words: str) -> str:
    # Not by \b: a vowel sign is no word character to it.
    return rf"""(?<![^\s"'(«“])(?:{"|".join(words)})(?![^\s.,;:!?।"')»”…])"""


# What only one of the others has, in the order in which they are asked: the letters of one are
# often among those of another that has more.
_SIGNS: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    scripts.CYRILLIC: (
        ("cv", "[ӑӗӳ]"),
        ("uz", r"\A(?=.*ў)(?=.*[қғҳ])"),
        ("be", "ў"),
        ("sr", "[ђћ]"),
        ("mk", "[ѓќѕ]"),
        ("sr", "[јљњџ]"),
        ("ba", "[ҙҫҡ]"),
        ("kk", r"[ұқғ]|\A(?=.*ә)(?=.*і)"),
        ("tt", "[әҗ]"),
        ("ky", "[ңөү]"),
        ("uk", "[іїєґ]"),
        ("ru", "[ыэё]"),
        ("bg", "ъ(?![еюя])|" + _words("съм", "си", "са", "ще", "това", "здравей", "аз", "сте")),
    ),
    scripts.ARABIC: (
        ("sd", "[ٻڀٺٽڦڄڃڇڏڌڊڳڱ]"),
        ("fa", "[ټډړږښګێڵڕ]"),  # Pashto and Sorani, which are nearest to it of those there are
        ("ug", "[ۇۈۋڭې]"),
        ("ur", "[ٹڈڑںےھہۓ]"),
        ("fa", "[پچژگکی]"),
    ),
    scripts.DEVANAGARI: (
        ("mr", "ळ|" + _words("आहे", "आहेत", "आणि", "नाही", "मी", "आम्ही", "तुम्ही", "काय", "होते")),
        ("ne", _words("छ", "छन्", "हुन्छ", "तपाईं", "तपाईंलाई", "मलाई", "गर्न", "गर्छ", "भयो", "हो")),
    ),
    "Bengali": (("as", "[ৰৱ]"),),
    "Myanmar": (("shn", "[ၵ-ႍ]"),),
    "Ethiopic": (("ti", "[ቐ-ቝ]"),),
}
_PATTERNS: Final = {
    script: tuple((language, re.compile(sign, re.DOTALL)) for language, sign in signs)
    for script, signs in _SIGNS.items()
}


def language_of_script(script: str, text: str) -> str | None:
    """The language of `text`, all of whose letters are in `script`; None for a script without one.

    Chinese characters and Latin letters have no main language: ask elsewhere.
    """
    small = text.lower()
    for language, sign in _PATTERNS.get(script, ()):
        if sign.search(small):
            return language
    return _MAIN.get(script)
