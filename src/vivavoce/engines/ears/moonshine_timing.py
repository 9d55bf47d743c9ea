"""When each word was said: where the decoder's attention moved on, and where the sound is quiet.

Some of the decoder's heads look, while a token is being chosen, just ahead of where its word
begins; with the end they look ahead of where the speech ends (compare the alignment heads of
whisper). Where such a moment falls into a pause, the word before ends with the sound and the word
after begins with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from vivavoce.engines.base import EARS_RATE
from vivavoce.engines.ears.moonshine_decoder import Head
from vivavoce.engines.ears.moonshine_graphs import FRAME
from vivavoce.engines.ears.moonshine_vocabulary import TokenWord
from vivavoce.engines.ears.moonshine_weights import Floats

_AHEAD: Final = {Head(3, 3): 5, Head(4, 0): 5, Head(4, 6): 2}
"""Frames that a head looks ahead of a word: the heads that place the words of 64 sentences best."""
ALIGNMENT_HEADS: Final = tuple(_AHEAD)
_NEAR: Final = 2
"""Frames on either side of a peak that count towards its place."""
_GAP: Final = 45 * EARS_RATE // 1000
"""From a word's end to the next one's beginning without a pause: the median of those sentences."""

_HOP: Final = EARS_RATE // 100
_QUIET: Final = 0.2
"""Of the way from the quietest to the loudest twentieth of the sound, in decibels."""
_RANGE_DB: Final = 50.0
"""Between the two at the most, so that digital silence does not make a whisper loud."""
_PAUSE: Final = 160 * EARS_RATE // 1000
"""Shorter quiet is that of a closed mouth before p, t or k."""
_BEFORE: Final = 100 * EARS_RATE // 1000
_AFTER: Final = 150 * EARS_RATE // 1000
"""A pause belongs to a moment so close to it."""
_LEAST: Final = 30 * EARS_RATE // 1000
"""A word's length at the least, where a pause would leave nothing of it."""


class Span(NamedTuple):
    """From `start` up to `end`, in samples."""

    start: int
    end: int


def word_spans(words: Sequence[TokenWord], attention: Floats, samples: Floats) -> list[Span]:
    """Where each of `words` lies in `samples`: in order, within them, never overlapping.

    `attention` is [ALIGNMENT_HEADS, tokens, frames], best with one row more for the end of speech.
    """
    if not words:
        return []
    places = _places(attention)
    rows = [*(word.first for word in words), words[-1].end]
    moments = [int(places[row]) if row < len(places) else len(samples) for row in rows]
    moments = np.maximum.accumulate(np.clip(moments, 0, len(samples))).tolist()
    starts = moments[:-1]
    ends = [after - min(_GAP, (after - start) // 2) for start, after in pairwise(moments)]
    pauses = _pauses(samples)
    for index, moment in enumerate(moments):
        earliest = starts[index - 1] + _LEAST if index else 0
        latest = moments[index + 1] - _LEAST if index < len(words) else len(samples)
        pause = _pause_at(moment, pauses, earliest, latest)
        if pause and index < len(words):
            starts[index] = pause.end
        if pause and index:
            ends[index - 1] = pause.start
    return _apart(starts, ends, len(samples))


def _places(attention: Floats) -> npt.NDArray[np.float64]:
    """Where each token's word begins, in samples, if the token is the first of one."""
    _, rows, frames = attention.shape
    looks = np.zeros((rows, frames))
    for head, ahead in zip(attention, _AHEAD.values(), strict=True):
        looks[:, ahead:] += (head / head.max(axis=1, keepdims=True))[:, : max(0, frames - ahead)]
    places = np.zeros(rows)
    for row, (start, end) in enumerate(_in_order(looks)):
        peak = start + int(looks[row, start:end].argmax()) if end > start else start
        near = np.arange(max(0, peak - _NEAR), min(frames, peak + _NEAR + 1))
        weights = looks[row, near]
        places[row] = weights @ near / weights.sum() if weights.any() else peak
    return places * FRAME


def _pauses(samples: Floats) -> list[Span]:
    """Where the sound is quiet for at least _PAUSE."""
    hops = samples[: len(samples) // _HOP * _HOP].reshape(-1, _HOP)
    power = np.convolve((hops**2).mean(axis=1), np.full(3, 1 / 3), "same")
    level = 10 * np.log10(power + 1e-9)
    low, high = np.percentile(level, (5, 95))
    low = max(low, high - _RANGE_DB)
    quiet = level < low + _QUIET * (high - low)
    edges = np.flatnonzero(np.diff(quiet, prepend=False, append=False)) * _HOP
    spans = map(Span._make, edges.reshape(-1, 2).tolist())
    return [span for span in spans if span.end - span.start >= _PAUSE]


def _in_order(looks: npt.NDArray[np.float64]) -> list[tuple[int, int]]:
    """Frames shared out among the rows, first to last, so that most is looked at.

    Each row's are [start, end), and the next row's start where they end.
    """
    rows, frames = looks.shape
    seen = np.zeros((rows, frames + 1))
    np.cumsum(looks, axis=1, out=seen[:, 1:])
    places = np.arange(frames + 1)
    best = np.where(places == 0, 0.0, -np.inf)
    starts = np.zeros((rows, frames + 1), np.int64)
    for row in range(rows):
        gains = best - seen[row]
        reached = np.maximum.accumulate(gains)
        starts[row] = np.maximum.accumulate(np.where(gains >= reached, places, 0))
        best = reached + seen[row]
    spans: list[tuple[int, int]] = []
    end = frames
    for row in range(rows - 1, -1, -1):
        start = int(starts[row, end])
        spans.append((start, end))
        end = start
    return spans[::-1]


def _pause_at(moment: int, pauses: list[Span], earliest: int, latest: int) -> Span | None:
    """The longest pause around `moment` that lies between the two other times."""
    near = [
        pause
        for pause in pauses
        if pause.start < moment + _AFTER
        and pause.end > moment - _BEFORE
        and earliest <= pause.start
        and pause.end <= latest
    ]
    return max(near, key=lambda pause: pause.end - pause.start, default=None)


def _apart(starts: list[int], ends: list[int], length: int) -> list[Span]:
    """The spans, each within what its neighbours leave."""
    limits = [*starts[1:], length]
    return [
        Span(start, min(max(start, end), max(start, limit)))
        for start, end, limit in zip(starts, ends, limits, strict=True)
    ]
