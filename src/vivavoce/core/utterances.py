"""Cuts text into utterances a voice can take: a sentence or less, 30 words at most."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from math import ceil
from typing import Final

from vivavoce.core import marks
from vivavoce.core.boundaries import Boundary, Cut, space_end, word_ends
from vivavoce.core.characters import char_weight, is_grapheme_boundary, weight
from vivavoce.core.phrasing import inside_list, leans, word_cut

# Attention needs quadratic time: 30 words are 10 s of speech, and 1,700 at once took 36 s.
MAX_WORDS: Final = 30
MAX_WEIGHT: Final = 400
# A shorter piece of a sentence sounds chopped off.
MIN_CUT: Final = 12

_LONGEST_CLUSTER: Final = 32


@dataclass(frozen=True, slots=True)
class Utterance:
    """Text for a voice to say in one go, and how it ended."""

    text: str
    cut: Cut


def divide(text: str, boundaries: Sequence[Boundary], last: Cut) -> list[Utterance]:
    """`text` as utterances: one per sentence, long sentences in several. They join to `text`.

    `boundaries` are those inside `text`, in order; `last` says how its end was cut.
    """
    utterances: list[Utterance] = []
    start = 0
    clauses: set[int] = set()
    for boundary in boundaries:
        if boundary.end >= len(text):
            break
        if boundary.cut is Cut.SENTENCE:
            utterances += _divide_sentence(text, start, boundary, clauses)
            start, clauses = boundary.end, set()
        else:
            clauses.add(boundary.end)
    utterances += _divide_sentence(text, start, Boundary(len(text), last), clauses)
    return utterances


def _divide_sentence(
    text: str, start: int, stop: Boundary, clauses: set[int]
) -> Iterator[Utterance]:
    if _fits(text[start : stop.end]):
        yield Utterance(text[start : stop.end], stop.cut)
        return
    rest = _Rest(text, start, stop.end, clauses)
    while not rest.fits:
        end, cut = rest.next_cut()
        if end == stop.end:
            break
        yield Utterance(text[rest.start : end], cut)
        rest.advance(end)
    yield Utterance(text[rest.start : stop.end], stop.cut)


def _fits(sentence: str) -> bool:
    return len(sentence.split()) <= MAX_WORDS and weight(sentence) <= MAX_WEIGHT


class _Rest:
    """What remains of a sentence too long for one utterance, measured word by word."""

    def __init__(self, text: str, start: int, stop: int, clauses: set[int]) -> None:
        self.start = start
        self._text = text
        self._stop = stop
        self._clauses = clauses
        self._ends = sorted({*word_ends(text, start, stop), *clauses, stop})
        spans = pairwise((start, *self._ends))
        self._weights = list(accumulate(weight(text[a:b]) for a, b in spans))
        self._next = 0
        self._spoken = 0

    @property
    def _weight(self) -> int:
        return self._weights[-1] - self._spoken

    @property
    def _words(self) -> int:
        return len(self._ends) - self._next

    @property
    def fits(self) -> bool:
        return self._words <= MAX_WORDS and self._weight <= MAX_WEIGHT

    def advance(self, end: int) -> None:
        """Go on behind `end`."""
        self._spoken += weight(self._text[self.start : end])
        self.start = end
        while self._ends[self._next] <= end:
            self._next += 1

    def next_cut(self) -> tuple[int, Cut]:
        """The best place for the next cut: such that the pieces become about equally long."""
        candidates = self._candidates()
        if not candidates:
            return forced_end(self._text, self.start, self._stop), Cut.FORCED
        pieces = max(ceil(self._words / MAX_WORDS), ceil(self._weight / MAX_WEIGHT))
        ideal = self._weight / pieces
        end = min(candidates, key=lambda end: abs(candidates[end] - ideal))
        return end, Cut.CLAUSE if end in self._clauses else word_cut(self._text, end)

    def _candidates(self) -> dict[int, int]:
        """The best kind of ends within one utterance's reach, and the weight up to each."""
        near: dict[int, int] = {}
        for index in range(self._next, min(self._next + MAX_WORDS, len(self._ends) - 1)):
            spent = self._weights[index] - self._spoken
            if spent > MAX_WEIGHT:
                break
            if self._ends[index] - self.start >= MIN_CUT:
                near[self._ends[index]] = spent
        clauses = {
            end: spent
            for end, spent in near.items()
            if end in self._clauses and not inside_list(self._text, end)
        }
        whole = {end: spent for end, spent in near.items() if not leans(self._text, end)}
        return clauses or whole or near


def forced_end(text: str, start: int, stop: int) -> int:
    """How far from `start` an utterance reaches that meets no boundary before `stop`.

    Never inside a tag or a phoneme element, nor inside what a reader takes for one character; white
    space behind it belongs to it.
    """
    end, room = start, MAX_WEIGHT
    while end < stop and (room := room - char_weight(text[end])) >= 0:
        end += 1
    for back in range(min(_LONGEST_CLUSTER, end - start)):
        if is_grapheme_boundary(text, end - back):
            end -= back
            break
    for whole in marks.WHOLE.finditer(text, start, min(stop, end + marks.LONGEST_ELEMENT)):
        if whole.start() < end < whole.end():
            end = whole.start() if whole.start() > start else whole.end()
            break
    return space_end(text, end)
