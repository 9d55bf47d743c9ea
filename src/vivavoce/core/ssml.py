"""The two tags of SSML that mean something here: `<break>` and `<phoneme>`."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import Final

from vivavoce.core import marks
from vivavoce.core.markup import ATTRIBUTE
from vivavoce.core.phonemes import ipa_of
from vivavoce.core.pronunciation import Pronunciation

LONGEST_BREAK_MS: Final = 3_000
# What Azure's documentation says of these words; the protocol's says nothing.
_STRENGTH_MS: Final = {
    "none": 0,
    "x-weak": 250,
    "weak": 500,
    "medium": 750,
    "strong": 1_000,
    "x-strong": 1_250,
}
_DEFAULT_BREAK_MS: Final = _STRENGTH_MS["medium"]

_BREAK: Final = rf"<break(?:{ATTRIBUTE})*+\s*/?>(?:\s*</break\s*>)?"
_ONE_BREAK: Final = re.compile(_BREAK, re.IGNORECASE)
_BREAKS: Final = re.compile(rf"(?:{_BREAK}\s*+)+", re.IGNORECASE)
_ATTRIBUTES: Final = re.compile(
    r"""([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>=`]+?)(?=\s|/?>))"""
)
_DURATION: Final = re.compile(r"\+?(\d+\.?\d*|\.\d+)\s*(ms|s)?", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Part:
    """Text up to a break and `pause_ms` of silence after it; None where there is no break."""

    text: str
    pause_ms: int | None

    @property
    def is_blank(self) -> bool:
        """Whether there is nothing to say: only tags, marks and white space."""
        return marks.WORD_CHAR.search(marks.TAG.sub("", self.text)) is None


def split_breaks(text: str) -> list[Part]:
    """`text` cut behind its breaks; the texts of all parts, joined, are `text`.

    A break is in the text of the part it ends, with the white space behind it. Breaks in a row are
    one, as long as all of them together and at most 3 s; one of no length is none. Without a
    readable `time`, `strength` says how long it is; without both it is 750 ms.
    """
    parts: list[Part] = []
    start = 0
    for found in _BREAKS.finditer(text):
        pause_ms = sum(_pause_ms(one[0]) for one in _ONE_BREAK.finditer(found[0]))
        if pause_ms:
            parts.append(Part(text[start : found.end()], min(pause_ms, LONGEST_BREAK_MS)))
            start = found.end()
    if start < len(text) or not parts:
        parts.append(Part(text[start:], None))
    return parts


def phoneme_spans(text: str) -> list[Pronunciation]:
    """The phoneme elements of `text`, in order: each stands for the words in it, read as its `ph`.

    An unknown alphabet, or phonemes that are none of it, leave the words to be read as usual. An
    element around more than 126 characters, around another tag or around nothing is none.
    """
    spans: list[Pronunciation] = []
    for found in marks.PHONEME_ELEMENT.finditer(text):
        tag, _, inside = found[0].partition(">")
        words = " ".join(html.unescape(inside[: inside.rindex("<")]).split())
        if words:
            given = _attributes(tag + ">")
            ipa = ipa_of(given.get("alphabet", "ipa"), given.get("ph", ""))
            spans.append(Pronunciation(found.start(), found.end(), words, ipa))
    return spans


def _pause_ms(tag: str) -> int:
    given = _attributes(tag)
    duration = _DURATION.fullmatch(given.get("time", "").strip())
    if duration is None:
        return _STRENGTH_MS.get(given.get("strength", "").strip().lower(), _DEFAULT_BREAK_MS)
    unit_ms = 1 if (duration[2] or "").lower() == "ms" else 1_000
    return round(min(float(duration[1]) * unit_ms, LONGEST_BREAK_MS))


def _attributes(tag: str) -> dict[str, str]:
    return {
        found[1].lower(): html.unescape(found[2] or found[3] or found[4] or "")
        for found in _ATTRIBUTES.finditer(tag)
    }
