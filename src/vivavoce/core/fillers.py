"""Speech without what only fills its pauses."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec

from vivavoce.core.spoken_words import Passage, SpokenWord

# As the recogniser spells them. "Ah", "oh", "hmm" and "mhm" may be answers.
_FILLERS: Final = frozenset({"er", "erm", "uh", "uhh", "uhm", "um", "umm", "ehm"})
# Said twice while one looks for the next; what may well be meant twice ("very", "that") is missing.
_STUTTERED: Final = frozenset(
    (
        *("a", "an", "and", "at", "but", "for", "from", "he", "he's", "his", "i", "i'd", "i'll"),
        *("i'm", "i've", "if", "in", "it", "it's", "my", "of", "on", "or", "our", "she", "she's"),
        *("the", "their", "they", "they're", "this", "to", "was", "we", "we're", "with", "you"),
        *("you're", "your"),
    )
)
_MARKS: Final = ".,;:!?…-\u2013\u2014"
_ENDS: Final = ".!?…"


def without_fillers(passage: Passage) -> Passage | None:
    """The passage without "um" and the first "the" of "the, the"; None if nothing is left."""
    words = [SpokenWord(text, 0.0, 0.0, 0.0) for text in passage.text.split()]
    text = " ".join(word.text for word in _kept(words))
    if not text:
        return None
    return msgspec.structs.replace(passage, text=text, words=tuple(_kept(passage.words)))


def _kept(words: Iterable[SpokenWord]) -> list[SpokenWord]:
    kept: list[SpokenWord] = []
    begins = False
    for word in words:
        plain = _plain(word)
        if plain in _FILLERS and not _is_initials(word):
            begins = begins or word.text[:1].isupper()
            _end_with(kept, word.text)
            continue
        if kept and plain in _STUTTERED and plain == _plain(kept[-1]) and not _is_ended(kept[-1]):
            begins = kept.pop().text[:1].isupper()
        kept.append(_beginning(word) if begins else word)
        begins = False
    return kept


def _plain(word: SpokenWord) -> str:
    return word.text.strip(_MARKS).lower()


def _is_initials(word: SpokenWord) -> bool:
    """The ER is where one is taken, the UM one studies at."""
    return word.text.strip(_MARKS).isupper()


def _is_ended(word: SpokenWord) -> bool:
    return word.text[-1:] in _ENDS


def _end_with(kept: list[SpokenWord], filler: str) -> None:
    """A filler's full stop is its sentence's."""
    mark = filler[-1]
    if kept and mark in _ENDS and not _is_ended(kept[-1]):
        text = kept[-1].text.rstrip(_MARKS) + mark
        kept[-1] = msgspec.structs.replace(kept[-1], text=text)


def _beginning(word: SpokenWord) -> SpokenWord:
    return msgspec.structs.replace(word, text=word.text[:1].upper() + word.text[1:])
