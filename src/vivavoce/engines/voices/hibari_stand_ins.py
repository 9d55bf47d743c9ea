"""Pronunciations on their way through hibari's rules for text.

Those rules know only text, so a stretch whose phonemes are given travels as a stand-in: two
letters that no rule changes and that occur nowhere else. Where only words are given, they take the
place of the stretch. What callers write can never become a stand-in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from vivavoce.core.pronunciation import Pronunciation
from vivavoce.core.speakable import Speakable, speakable
from vivavoce.engines.voices.hibari_alphabet import hibari_phonemes

# Letters of the Yi script: words to every rule, and the voice reads none of them.
YI: Final = "\ua000-\ua48c"
STAND_IN: Final = re.compile(f"[Qq][{YI}]")


class Given(NamedTuple):
    """What a stand-in stands for."""

    words: str
    phonemes: str


class Prepared(NamedTuple):
    """What is left of a text for the voice, and the stand-ins in it."""

    plain: Speakable
    given: Mapping[str, Given]


def prepare(text: str, pronunciations: Sequence[Pronunciation]) -> Prepared:
    """`speakable(text)` with each of the pronunciations, in order and apart, in its place.

    Words spread evenly over the characters they stand for.
    """
    if not pronunciations:
        return Prepared(speakable(text), {})
    free = _unused_letters(text, pronunciations)
    given: dict[str, Given] = {}
    parts: list[str] = []
    origin: list[int] = []
    position = 0
    for start, end, words, ipa in (_cleaned(one) for one in pronunciations):
        phonemes = hibari_phonemes(ipa) if ipa else ""
        if words and phonemes and (letter := next(free, None)):
            # Rules look at capitals: "St. Ives" is no street.
            stand_in = ("Q" if words[:1].isupper() else "q") + letter
            given[stand_in] = Given(words, phonemes)
            words = stand_in
        parts += (text[position:start], words)
        origin += range(position, start)
        origin += (start + (end - start) * at // len(words) for at in range(len(words)))
        position = end
    parts.append(text[position:])
    origin += range(position, len(text))
    left = speakable("".join(parts))
    return Prepared(Speakable(left.text, [origin[at] for at in left.origin]), given)


def _cleaned(one: Pronunciation) -> tuple[int, int, str, str | None]:
    return one.start, one.end, " ".join(one.words.split()), one.ipa


def _unused_letters(text: str, pronunciations: Iterable[Pronunciation]) -> Iterator[str]:
    used = set(text).union(*(one.words for one in pronunciations))
    first, last = map(ord, YI.split("-"))
    return (letter for code in range(first, last + 1) if (letter := chr(code)) not in used)
