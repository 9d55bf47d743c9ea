"""Where words begin and end: as much as is needed to begin a cut sentence again."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

_TAG = re.compile(r"<[^<>]*>")
_OPEN_TAG = re.compile(r"<[^<>]*\Z")
_PHONEME = re.compile(r"<phoneme\b[^<>]*>(?:(?!</phoneme).)*\Z", re.DOTALL)

# They join letters and figures to one word: don't, well-known, 3.14, 12:30.
_JOINERS = frozenset("'\u2019-.,:")

# Scripts that put no space between words; each character is as good a place to begin as any.
_UNSPACED = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Burmese
    (0x1780, 0x17FF),  # Khmer
    (0x3040, 0x30FF),  # kana
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),  # Han
    (0xF900, 0xFAFF),
    (0x20000, 0x3FFFF),
)


def is_voiced(char: str) -> bool:
    """Whether a character stands for a sound: a letter, a figure, or a mark on one."""
    return char.isalnum() or _is_mark(char)


def has_voice(text: str) -> bool:
    """Whether there is anything in `text` to pronounce."""
    return any(char.isalnum() for char in text)


def after_unvoiced(text: str, position: int) -> int:
    """Where the next voiced character stands at or behind `position`; markup is passed over."""
    while position < len(text) and not is_voiced(text[position]):
        tag = _TAG.match(text, position)
        position = tag.end() if tag else position + 1
    return position


def is_inside_word(text: str, position: int) -> bool:
    """Whether the characters before and at `position` belong to one word."""
    if not 0 < position < len(text):
        return False
    before, after = text[position - 1], text[position]
    if after in _JOINERS:
        return is_voiced(before) and is_voiced(text[position + 1 : position + 2] or " ")
    if before in _JOINERS:
        return is_voiced(after) and position > 1 and is_voiced(text[position - 2])
    if not (is_voiced(before) and is_voiced(after)):
        return False
    return _is_mark(after) or not (_is_unspaced(before) or _is_unspaced(after))


def restart_point(text: str, position: int, breaks: Collection[int] = ()) -> int:
    """The last place at or before `position` from which `text` can be begun: no half word or tag.

    `breaks` are positions at which a word ends, whatever stands there.
    """
    while position not in breaks and is_inside_word(text, position):
        position -= 1
    for cut in (_PHONEME, _OPEN_TAG):
        found = cut.search(text[:position])
        if found and text.find(">", position) >= 0:
            position = found.start()
    return position


def _is_mark(char: str) -> bool:
    return unicodedata.category(char).startswith("M")


def _is_unspaced(char: str) -> bool:
    code = ord(char)
    return code >= 0x0E00 and any(first <= code <= last for first, last in _UNSPACED)
