"""How well a transcript can be parted behind each of its words."""

from __future__ import annotations

import enum
from collections.abc import Sequence

from vivavoce.core.boundaries import Cut, boundaries_of
from vivavoce.core.phrasing import inside_list, leans


class Place(enum.IntEnum):
    """What ends with a word, the best place to part first."""

    SENTENCE = enum.auto()
    CLAUSE = enum.auto()
    WORD = enum.auto()
    LEANING = enum.auto()
    """Nothing: the word belongs to the next one."""


def cut_places(words: Sequence[str]) -> list[Place]:
    """One for each word, which has its punctuation and no white space; the last one is an end."""
    text = " ".join(words)
    cuts = {boundary.end: boundary.cut for boundary in boundaries_of(text)}
    places: list[Place] = []
    end = 0
    for word in words:
        end += len(word) + 1
        places.append(_place(text, end, cuts.get(end)))
    if places:
        places[-1] = Place.SENTENCE
    return places


def _place(text: str, end: int, cut: Cut | None) -> Place:
    if cut is Cut.SENTENCE:
        return Place.SENTENCE
    if cut is Cut.CLAUSE and not inside_list(text, end):
        return Place.CLAUSE
    return Place.LEANING if leans(text, min(end, len(text))) else Place.WORD
