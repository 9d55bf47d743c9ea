"""What a single character is worth: its weight for a voice, and where one user character ends."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

# Letters of scripts written without spaces: Thai, Lao, Tibetan, Myanmar, Khmer, kana, Han.
SPACELESS: Final = (
    "\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3021-\u30ff\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
)
_HANGUL: Final = "\uac00-\ud7a3"
# Inside an address or a path these are read by name.
_NAMED: Final = r"/\\=&?#%+@_~:|"
_HEAVY: Final = re.compile(rf"[\d{SPACELESS}{_HANGUL}{_NAMED}]")
_SPACELESS: Final = re.compile(rf"[{SPACELESS}]")

# A digit or an ideograph is a spoken syllable or more, about four phonemes; a letter is one.
HEAVY_WEIGHT: Final = 4

_REGIONAL: Final = "".join(map(chr, range(0x1F1E6, 0x1F200)))
_LONGEST_FLAG_RUN: Final = 64
_ZWJ: Final = "\u200d"
_ZWNJ: Final = "\u200c"
_VIRAMA_CLASS: Final = 9
_SARA_AM: Final = frozenset("\u0e33\u0eb3")
_LEADING_VOWELS: Final = frozenset("\u0e40\u0e41\u0e42\u0e43\u0e44\u0ec0\u0ec1\u0ec2\u0ec3\u0ec4")


def weight(span: str) -> int:
    """How long `span` is for a voice, in letters; a run of white space is one, a digit is four.

    So is a sign that is read by name.
    """
    letters = len(" ".join(span.split())) + span[:1].isspace() + span[-1:].isspace()
    return letters + (HEAVY_WEIGHT - 1) * len(_HEAVY.findall(span))


def char_weight(char: str) -> int:
    """The weight of one character."""
    return HEAVY_WEIGHT if _HEAVY.match(char) else 1


def is_spaceless(char: str) -> bool:
    """Whether `char` is a letter of a script that puts no spaces between words; "" is not."""
    return _SPACELESS.match(char) is not None


def is_grapheme_boundary(text: str, index: int) -> bool:
    """Whether text[:index] and text[index:] share no user-perceived character.

    Covers combining marks, emoji sequences, flags, surrogate pairs, conjuncts, Hangul jamo, CR LF
    and the vowels Thai and Lao write before their consonant. White space is nothing's base.
    """
    if not 0 < index < len(text):
        return True
    before, after = text[index - 1], text[index]
    if before == "\r" and after == "\n":
        return False
    if before.isspace() or (before < "\u0300" and after < "\u0300"):
        return True
    return not (
        _extends(after)
        or before == _ZWJ
        or unicodedata.combining(before) == _VIRAMA_CLASS
        or before in _LEADING_VOWELS
        or _is_surrogate_pair(before, after)
        or _is_jamo_pair(before, after)
        or _is_flag_middle(text, index)
    )


def _extends(char: str) -> bool:
    return (
        char in (_ZWJ, _ZWNJ)
        or char in _SARA_AM
        or "\U0001f3fb" <= char <= "\U0001f3ff"
        or "\U000e0020" <= char <= "\U000e007f"
        or unicodedata.category(char)[0] == "M"
    )


def _is_surrogate_pair(before: str, after: str) -> bool:
    return "\ud800" <= before <= "\udbff" and "\udc00" <= after <= "\udfff"


def _is_jamo_pair(before: str, after: str) -> bool:
    if "\u1160" <= after <= "\u11ff":
        return "\u1100" <= before <= "\u11ff" or "\uac00" <= before <= "\ud7a3"
    return "\u1100" <= before <= "\u115f" and (
        "\u1100" <= after <= "\u115f" or "\uac00" <= after <= "\ud7a3"
    )


def _is_flag_middle(text: str, index: int) -> bool:
    if text[index] not in _REGIONAL:
        return False
    flags = text[max(0, index - _LONGEST_FLAG_RUN) : index]
    return (len(flags) - len(flags.rstrip(_REGIONAL))) % 2 == 1
