"""From text to phonemes and back: which character sounds when.

Three texts are in play: what the caller wrote, what is left of it for a voice (`core.speakable`),
and that with times, dates and units put in words (`hibari.g2p.normalize`). Phonemes belong to
words of the last; a word-level diff (Python's difflib) carries their times back to the first.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import structlog
from hibari.g2p import G2P
from hibari.g2p.normalize import normalize
from hibari.g2p.token import Tok

from vivavoce.core.speakable import Speakable

Frames = npt.NDArray[np.int64]

_log = structlog.get_logger(__name__)

_WORD = re.compile(r"\S+")
_NOT_PLAIN = re.compile(r"[^A-Za-z.,!?' ]")
_SILENT = frozenset(' ;:,.!?—…"()“”')
"""Phoneme characters that are pauses."""


class Token(NamedTuple):
    """Characters [start, end) of the normalized text and their phonemes [first, last) in `ids`."""

    start: int
    end: int
    first: int
    last: int


class Link(NamedTuple):
    """Characters [plain_start, plain_end) were put into words as [start, end)."""

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
            if later and text[original - 1 : original].isspace():
                ends.append(WordEnd(original, link.start, frame))
        ends.append(WordEnd(len(text), len(self.normalized), int(normalized[-1])))
        return ends


def read(g2p: G2P, vocabulary: dict[str, int], plain: Speakable) -> Reading:
    """The reading of what is left of a text for an English voice; no ids when nothing is."""
    normalized = normalize(plain.text)
    phonemes, tokens = _phonemes(g2p, normalized)
    position = np.cumsum([0] + [character in vocabulary for character in phonemes]) + 1
    kept = [character for character in phonemes if character in vocabulary]
    voiced = [index for index, character in enumerate(kept) if character not in _SILENT]
    return Reading(
        plain=plain,
        normalized=normalized,
        ids=[0, *(vocabulary[character] for character in kept), 0] if voiced else [],
        tokens=[
            Token(start, end, int(position[first]), int(position[last]))
            for start, end, first, last in tokens
            if position[last] > position[first]
        ],
        links=_links(plain.text, normalized),
        last_voiced=voiced[-1] + 1 if voiced else 0,
    )


def _phonemes(g2p: G2P, normalized: str) -> tuple[str, list[Token]]:
    """The same string as `g2p(text)`, with each token's place in text and phonemes."""
    phonemes, position = "", 0
    tokens: list[Token] = []
    for token in _pronounced(g2p, normalized):
        found = normalized.find(token.text, position)
        start = position if found < 0 else found
        end = min(start + len(token.text), len(normalized))
        own = token.phonemes or ""
        if not phonemes:
            own = own.lstrip()
        if start < end:
            tokens.append(Token(start, end, len(phonemes), len(phonemes) + len(own)))
        position = end
        phonemes += own + (" " if token.whitespace and (phonemes or own) else "")
    stripped = phonemes.rstrip()
    limit = len(stripped)
    return stripped, [
        Token(start, end, min(first, limit), min(last, limit)) for start, end, first, last in tokens
    ]


def _pronounced(g2p: G2P, normalized: str) -> list[Tok]:
    try:
        return list(g2p.phonemize_tokens(g2p.tokenize(normalized)))
    except Exception:  # the dictionaries' rules raise on rare tokens: then the plain words of it
        _log.warning("pronunciation rules failed; speaking the plain words", exc_info=True)
        return list(g2p.phonemize_tokens(g2p.tokenize(_NOT_PLAIN.sub(" ", normalized))))


def _links(plain: str, normalized: str) -> list[Link]:
    """Word by word where the texts agree, group by group where they do not."""
    words = [match.span() for match in _WORD.finditer(plain)]
    spoken = [match.span() for match in _WORD.finditer(normalized)]
    matcher = difflib.SequenceMatcher(
        None,
        [plain[start:end] for start, end in words],
        [normalized[start:end] for start, end in spoken],
        autojunk=False,
    )
    links: list[Link] = []
    for operation, i1, i2, j1, j2 in matcher.get_opcodes():
        if operation == "equal":
            pairs = zip(words[i1:i2], spoken[j1:j2], strict=True)
            links += [Link(*source, *target) for source, target in pairs]
        elif i2 > i1 and j2 > j1:
            links.append(Link(words[i1][0], words[i2 - 1][1], spoken[j1][0], spoken[j2 - 1][1]))
    return links
