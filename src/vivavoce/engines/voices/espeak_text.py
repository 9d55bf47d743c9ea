"""Text as espeak-ng takes it, and where in the caller's text each character of it comes from."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from vivavoce.core.characters import is_grapheme_boundary
from vivavoce.core.markup import strip_markup
from vivavoce.core.pronunciation import Pronunciation
from vivavoce.core.traced_text import Piece, Rewrite, TracedText, always, nothing
from vivavoce.engines.voices.japanese import KanaReader
from vivavoce.engines.voices.mandarin import HANZI_WITHOUT_SYLLABLE, phonemes_of

_TERMINAL_CODE: Final = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")
_SCHEME: Final = re.compile(r"\b(?:https?|ftps?|wss?)://(?=\w)", re.IGNORECASE)
# Full-width letters and digits, and half-width kana with the marks that belong to them.
_WIDE: Final = re.compile(
    "[\uff05\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\uff66-\uff9d][\uff9e\uff9f]?"
)
_ODD: Final = re.compile(r"[^\w\s!-~]|_")
_JOINERS: Final = frozenset("\u200c\u200d")
_SILENT: Final = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "So", "Sk"))
_SPOKEN_SYMBOLS: Final = frozenset("°©®™℃℉№℗")
_PICTURE_STYLE: Final = re.compile("[\ufe00-\ufe0f\u20e3]")
_SPEAKS: Final = re.compile(r"\w")
_SPOKEN_CATEGORIES: Final = frozenset(("Sc", "Sm"))
_SPOKEN_MARKS: Final = frozenset("%&@#°©®™℃℉№‰")

# The library loses what comes after some hundred phonemes without a space.
_LONGEST_WORD: Final = 40
_LONG_WORD: Final = re.compile(rf"\S{{{_LONGEST_WORD + 1},}}")
_LONG_NUMBER: Final = re.compile(r"\d{13,}")
_UNPRONOUNCEABLE: Final = re.compile(r"[bcdfghjklmnpqrstvwxz]{13,}", re.IGNORECASE)
_LONGEST_SPELT: Final = 12

_BRACKETS: Final = re.compile(r"\[{2,}")
_LATIN_WORDS: Final = re.compile(r"[A-Za-z\u00c0-\u024f]+(?:[ '-]+[A-Za-z\u00c0-\u024f]+)*")
_ANGLES: Final = re.compile("[<>]")
_AMPERSAND: Final = re.compile("&")
_ENGLISH, _ENGLISH_ENDS = '<voice xml:lang="en-us">', "</voice>"
_VOICE_TAG: Final = re.compile("</?voice[^>]*>")
_PHONEMES: Final = re.compile(r"\[\[[^\]]*\]\]")
_SPELL_LATIN: Final = frozenset(("ja", "kok", "hyw", "ti", "my", "shn", "ky", "ba", "cv", "nog"))
"""Their rules read words in Latin letters letter by letter; the others', in English."""


class Form(Enum):
    """What a text is for the library: just that, with `[[phonemes]]` in it, or XML."""

    PLAIN = auto()
    PHONEMES = auto()
    XML = auto()


@dataclass(frozen=True, slots=True)
class Spelled:
    """Text for the library; `origin[i]` is the index, in the text it spells, of `text[i]`."""

    text: str
    origin: list[int]
    form: Form

    @property
    def sounding(self) -> str:
        """`text` with NUL in place of each character that takes no time to say."""
        if self.form is Form.PHONEMES:  # those between brackets are one syllable
            return _PHONEMES.sub(lambda found: "." + "\0" * (len(found[0]) - 1), self.text)
        if self.form is Form.XML:
            return _VOICE_TAG.sub(lambda found: "\0" * len(found[0]), self.text)
        return self.text


def readable(text: str, pronunciations: Sequence[Pronunciation]) -> TracedText:
    """What of `text` is to be read aloud, each pronunciation's words in place of what it is for.

    Gone are control characters, tags, Markdown and emoji.
    """
    traced = _pronounced(text, pronunciations)
    traced.rewrite(_TERMINAL_CODE, nothing)
    strip_markup(traced)
    traced.rewrite(_SCHEME, nothing)
    traced.rewrite(_WIDE, lambda found: (unicodedata.normalize("NFKC", found[0]),))
    traced.rewrite(_ODD, _odd)
    traced.rewrite(_PICTURE_STYLE, nothing)
    return traced


def has_speech(text: str) -> bool:
    """Whether there is anything to say: a letter, a digit, or a sign that has a name."""
    return _SPEAKS.search(text) is not None or any(
        char in _SPOKEN_MARKS or unicodedata.category(char) in _SPOKEN_CATEGORIES for char in text
    )


def for_library(text: str, language: str, kana: KanaReader | None) -> Spelled:
    """`text` in the form that the library reads right in `language`."""
    traced = TracedText(text)
    traced.rewrite(_LONG_NUMBER, _spelt)
    if language == "ja" and kana is not None:
        kana.rewrite(traced)
    traced.rewrite(_UNPRONOUNCEABLE, _in_pieces(_LONGEST_SPELT))
    traced.rewrite(_LONG_WORD, _in_pieces(_LONGEST_WORD))
    form = Form.PLAIN
    if language == "zh":
        form = Form.PHONEMES
        traced.rewrite(_BRACKETS, always("["))
        traced.rewrite(HANZI_WITHOUT_SYLLABLE, lambda found: (f"[[{phonemes_of(found[0])}]]",))
    elif language in _SPELL_LATIN and _LATIN_WORDS.search(text):
        form = Form.XML
        traced.rewrite(_ANGLES, always(" "))
        traced.rewrite(_AMPERSAND, always(" and "))
        traced.rewrite(_LATIN_WORDS, lambda found: (_ENGLISH, found.span(), _ENGLISH_ENDS))
    return Spelled(traced.text, traced.origin, form)


def _pronounced(text: str, pronunciations: Sequence[Pronunciation]) -> TracedText:
    traced = TracedText(text)
    parts: list[str] = []
    origin: list[int] = []
    at = 0
    for one in pronunciations:
        parts += (text[at : one.start], one.words)
        origin += [*range(at, one.start), *[one.start] * len(one.words)]
        at = one.end
    traced.text = "".join((*parts, text[at:]))
    traced.origin = [*origin, *range(at, len(text))]
    return traced


def _odd(found: re.Match[str]) -> Iterable[Piece]:
    char = found[0]
    if char == "_":
        return (" ",)
    if char in _JOINERS:  # they shape the letters around them, and join emoji
        before = found.string[found.start() - 1 : found.start()]
        return (found.span(),) if unicodedata.category(before or " ")[0] in "LM" else ()
    if char in _SPOKEN_SYMBOLS or unicodedata.category(char) not in _SILENT:
        return (found.span(),)
    return ()


def _spelt(found: re.Match[str]) -> Iterable[Piece]:
    for at in range(*found.span()):
        yield (at, at + 1)
        yield " "


def _in_pieces(longest: int) -> Rewrite:
    def cut(found: re.Match[str]) -> Iterable[Piece]:
        start, end = found.span()
        while end - start > longest:
            stop = start + longest
            while not is_grapheme_boundary(found.string, stop) and stop > start + 1:
                stop -= 1
            yield (start, stop)
            yield " "
            start = stop
        yield (start, end)

    return cut
