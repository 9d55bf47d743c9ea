"""From text to phonemes and back: which character sounds when.

Four texts are in play: what the caller wrote; what is left of it for a voice (`hibari_stand_ins`);
that with times, dates and units put in words (`hibari.g2p.normalize`); and the same as it is shown,
with numbers in words (`hibari_sounding`). Phonemes belong to words of the last two; a word-level
diff (Python's difflib) carries their times back to the first.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from hibari.g2p import G2P
from hibari.g2p.normalize import normalize as in_words

from vivavoce.core.pronunciation import Pronunciation
from vivavoce.core.speakable import Speakable
from vivavoce.engines.voices.hibari_sounding import Sounding, Token, sounding
from vivavoce.engines.voices.hibari_stand_ins import prepare

Frames = npt.NDArray[np.int64]

_WORD = re.compile(r"\S+")
_SILENT = frozenset(' ;:,.!?—…"()“”')
"""Phoneme characters that are pauses."""


class Link(NamedTuple):
    """Characters [plain_start, plain_end) are spoken as [start, end)."""

    plain_start: int
    plain_end: int
    start: int
    end: int


class WordEnd(NamedTuple):
    """After `original` characters of the caller's text, `normalized` as spoken, at `frame`."""

    original: int
    normalized: int
    frame: int


class Timing(NamedTuple):
    """`original[i]` and `normalized[i]` are the frames at which character i starts."""

    original: Frames
    normalized: Frames
    word_ends: list[WordEnd]


@dataclass(frozen=True, slots=True)
class Reading:
    """How one utterance is read: the model's ids, and where in the text they come from."""

    plain: Speakable
    normalized: str
    ids: list[int]
    tokens: list[Token]
    links: list[Link]
    last_voiced: int
    """Index in `ids` of the last phoneme that is not a pause."""
    pronunciations: Sequence[Pronunciation] = ()

    def timing(self, text: str, durations: npt.NDArray[np.int64]) -> Timing:
        """When each character of `text` (what the caller wrote) sounds.

        `durations` are the model's, one per id, in units of two frames.
        """
        at = np.concatenate([[0], np.cumsum(durations)]) * 2
        normalized = self._normalized_frames(at)
        plain = self._plain_frames(normalized)
        origin = np.asarray(self.plain.origin, np.int64)
        original = plain[np.searchsorted(origin, np.arange(len(text) + 1))]
        return Timing(original[:-1], normalized[:-1], self._word_ends(text, normalized))

    def _normalized_frames(self, at: Frames) -> Frames:
        """Start of every normalized character, and the end of the last."""
        starts = np.full(len(self.normalized) + 1, -1, np.int64)
        for start, end, first, last in self.tokens:
            width = end - start
            starts[start:end] = at[first] + (at[last] - at[first]) * np.arange(width) // width
            if end < len(starts) - 1:
                starts[end] = at[last]
        starts[-1] = at[-1]
        return np.maximum.accumulate(np.maximum(starts, at[1]))

    def _plain_frames(self, normalized: Frames) -> Frames:
        starts = np.full(len(self.plain.text) + 1, -1, np.int64)
        for plain_start, plain_end, start, end in self.links:
            width, source = plain_end - plain_start, end - start
            if width == source:
                starts[plain_start:plain_end] = normalized[start:end]
            else:
                first, last = normalized[start], normalized[end]
                starts[plain_start:plain_end] = first + (last - first) * np.arange(width) // width
            starts[plain_end] = normalized[end]
        starts[-1] = normalized[-1]
        return np.maximum.accumulate(np.maximum(starts, normalized[0]))

    def _word_ends(self, text: str, normalized: Frames) -> list[WordEnd]:
        """Strictly later and later; the last is the end of the text."""
        ends: list[WordEnd] = []
        for link in self.links[1:]:
            original = self.plain.origin[link.plain_start]
            frame = int(normalized[link.start])
            later = frame > (ends[-1].frame if ends else 0)
            after_space = text[original - 1 : original].isspace()
            if later and after_space and not self._is_pronounced(link.plain_start - 1, original):
                ends.append(WordEnd(original, link.start, frame))
        ends.append(WordEnd(len(text), len(self.normalized), int(normalized[-1])))
        return ends

    def _is_pronounced(self, before: int, original: int) -> bool:
        """Whether one pronunciation holds both plain.text[before] and the original character."""
        return any(
            one.start <= self.plain.origin[before] and original < one.end
            for one in self.pronunciations
            if one.start <= original
        )


def read(
    g2p: G2P,
    vocabulary: dict[str, int],
    text: str,
    pronunciations: Sequence[Pronunciation] = (),
    *,
    normalize: bool = True,
) -> Reading:
    """How an English voice reads what a caller wrote; no ids when nothing of it has a sound.

    Without `normalize`, no word is put in place of another, in speech nor in what is shown.
    """
    plain, given = prepare(text, pronunciations)
    rewritten = in_words(plain.text) if normalize else _as_it_stands(plain.text)
    heard = sounding(g2p, rewritten, given, worded=normalize)
    position = np.cumsum([0] + [character in vocabulary for character in heard.phonemes]) + 1
    kept = [character for character in heard.phonemes if character in vocabulary]
    voiced = [index for index, character in enumerate(kept) if character not in _SILENT]
    return Reading(
        plain=plain,
        normalized=heard.shown,
        ids=[0, *(vocabulary[character] for character in kept), 0] if voiced else [],
        tokens=[
            Token(start, end, int(position[first]), int(position[last]))
            for start, end, first, last in heard.tokens
            if position[last] > position[first]
        ],
        links=_links(plain.text, rewritten, heard),
        last_voiced=voiced[-1] + 1 if voiced else 0,
        pronunciations=pronunciations,
    )


def _as_it_stands(text: str) -> str:
    """What `in_words` does besides: hibari knows one kind of space and of apostrophe."""
    return " ".join(text.split()).replace("\u2019", "'")


def _links(plain: str, rewritten: str, heard: Sounding) -> list[Link]:
    """Word by word where the texts agree, group by group where they do not."""
    words = [match.span() for match in _WORD.finditer(plain)]
    spoken = [match.span() for match in _WORD.finditer(rewritten)]
    matcher = difflib.SequenceMatcher(
        None,
        [plain[start:end] for start, end in words],
        [rewritten[start:end] for start, end in spoken],
        autojunk=False,
    )
    spoken = [(heard.place(start), heard.place(end)) for start, end in spoken]
    links: list[Link] = []
    for operation, i1, i2, j1, j2 in matcher.get_opcodes():
        if operation == "equal":
            pairs = zip(words[i1:i2], spoken[j1:j2], strict=True)
            links += [Link(*source, *target) for source, target in pairs]
        elif i2 > i1 and j2 > j1:
            links.append(Link(words[i1][0], words[i2 - 1][1], spoken[j1][0], spoken[j2 - 1][1]))
    return links
