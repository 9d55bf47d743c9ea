"""Text as it is handed to the voice: only what has a sound, in forms the voice reads right."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from vivavoce.core.letters import UNUSUAL, plain, speakable_letters
from vivavoce.core.markup import strip_markup
from vivavoce.core.traced_text import Piece, TracedText, always, nothing

__all__ = ["Speakable", "speakable", "speakable_letters"]

# One thing may hide in another (a link in a tag in an entity); deeper than this is no accident.
_MAX_ROUNDS: Final = 8
_ANY_MARKUP: Final = re.compile(r"[<>\[\]()*_~`#|\\&]+")

_TERMINAL_CODE: Final = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[()][0-9AB]"
)
_EXPONENT: Final = re.compile(
    r"(?:(?<=\d)|(?<=\b[A-Za-z]))[\u2070\u00b9\u00b2\u00b3\u2074-\u207b]+"
)
_MINUS: Final = re.compile(r"(?<=\d)\s*\u2212\s*(?=\d)")
# An utterance may hold any amount of white space; the patterns for lines would try each of it.
_BLANKS: Final = re.compile(r"[ \t]{16,}")
_URL: Final = re.compile(r"\b(?:https?|ftps?|wss?)://([^\s<>]*)", re.IGNORECASE)
_AFTER_URL: Final = ".,;:!?)]}\"'"
# hibari names numbers up to 36 digits and fails on longer ones; beyond 12 nobody follows anyway.
_LONG_NUMBER: Final = re.compile(r"(?:(?<=\d)\.)?\d(?:,?\d){12,}", re.ASCII)
_GROUPED: Final = re.compile(r"\d{1,3}(?:,\d{3})*+", re.ASCII)
_MOST_GROUPED: Final = len("100,000,000,000,000")
# hibari takes the point of ".5" for a full stop, and drops the sign of "5 €".
_BARE_POINT: Final = re.compile(r"(?<![\w.,])\.(?=\d)", re.ASCII)
_SIGN_BEHIND: Final = re.compile(r"((?<![\d.,])1)?(?<=\d)[ \u00a0]?([$£€])(?![\w$£€])")
_CURRENCIES: Final = {"$": "dollar", "£": "pound", "€": "euro"}
_EXCLAIMING: Final = re.compile(r"[!?]{2,}")
_REPEATED: Final = (
    (re.compile(r"\.{4,}"), "..."),
    (re.compile(r"…{2,}"), "…"),
    (re.compile(r",{2,}"), ","),
    (re.compile(r";{2,}"), ";"),
    (re.compile(r":{3,}"), ":"),
    (re.compile(r"[-\u2013\u2014]{2,}"), "\u2014"),
    (re.compile(r"([=#+~_*^|\\/&%@$<>'\"])\1{2,}"), " "),
)


@dataclass(frozen=True, slots=True)
class Speakable:
    """`text` for the voice; `origin[i]` is the index in the original of what became `text[i]`.

    `len(origin) == len(text)`; it never decreases.
    """

    text: str
    origin: list[int]


def speakable(text: str) -> Speakable:
    """What of `text` has a sound, as hibari reads it right.

    Gone are control characters, terminal codes, tags, Markdown, schemes of URLs and phonemes in
    brackets; accents and compatibility characters that the voice does not know are plain letters;
    numbers of 13 digits and more are spelt out. Making speakable text speakable changes nothing.
    """
    traced = TracedText(text)
    for _ in range(_MAX_ROUNDS):
        before = traced.text
        _rewrite(traced)
        if traced.text == before:
            break
    else:
        traced.rewrite(_ANY_MARKUP, always(" "))
    return Speakable(traced.text, traced.origin)


def _rewrite(text: TracedText) -> None:
    text.rewrite(_TERMINAL_CODE, nothing)
    text.rewrite(_EXPONENT, _exponent)
    text.rewrite(_MINUS, always(" minus "))
    text.rewrite(UNUSUAL, lambda found: (plain(found[0]),))
    text.rewrite(_BLANKS, always(" "))
    strip_markup(text)
    text.rewrite(_URL, _url)
    text.rewrite(_LONG_NUMBER, _long_number)
    text.rewrite(_BARE_POINT, always("0."))
    text.rewrite(_SIGN_BEHIND, _sign_behind)
    text.rewrite(_EXCLAIMING, _once_each)
    for pattern, short in _REPEATED:
        text.rewrite(pattern, always(short))


def _exponent(found: re.Match[str]) -> Iterable[Piece]:
    if found[0] in ("\u00b2", "\u00b3"):
        return (found.span(),)
    return ("^", unicodedata.normalize("NFKC", found[0]))


def _url(found: re.Match[str]) -> Iterable[Piece]:
    start, end = found.span(1)
    address_end = start + len(found[1].rstrip(_AFTER_URL))
    shown = address_end - found[1][: address_end - start].endswith("/")
    return ((start, shown), (address_end, end))


def _long_number(found: re.Match[str]) -> Iterable[Piece]:
    start, end = found.span()
    if found[0][0] == ".":
        yield " point "
        start += 1
    number = found.string[start:end]
    is_grouped = _GROUPED.fullmatch(number) is not None
    if is_grouped and "," in number and len(number) <= _MOST_GROUPED:
        yield (start, end)
        return
    if "," in number and not is_grouped:
        yield from (", " if found.string[at] == "," else (at, at + 1) for at in range(start, end))
        return
    for at in range(start, end):
        if found.string[at] != ",":
            yield from ((at, at + 1),) if at == start else (" ", (at, at + 1))


def _sign_behind(found: re.Match[str]) -> Iterable[Piece]:
    word = _CURRENCIES[found[2]]
    return (found.span(1), f" {word}") if found[1] else (f" {word}s",)


def _once_each(found: re.Match[str]) -> Iterable[Piece]:
    return ("".join(dict.fromkeys(found[0])),)
