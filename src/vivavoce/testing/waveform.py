"""Where on a clock there is sound: waveforms laid out in time, and what is audible of them."""

from __future__ import annotations

from bisect import bisect_right
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.int16]

AUDIBLE_DBFS: Final = -45.0
"""A peak below it is silence: 15 dB above a quiet room, 25 dB below speech."""
_JOIN_S: Final = 0.05
"""Silence of a stop consonant; what it separates is one stretch of speech."""
_LEAST_S: Final = 0.02
"""A shorter sound is a click."""


class Stretch(NamedTuple):
    """Seconds of one clock between which something is audible."""

    start: float
    end: float


def audible_spans(
    samples: Samples, join: int, threshold_dbfs: float = AUDIBLE_DBFS
) -> list[tuple[int, int]]:
    """[start, end) of what is louder than the threshold; silences up to `join` samples count in."""
    level = 32768 * 10 ** (threshold_dbfs / 20)
    loud = np.flatnonzero(np.abs(samples.astype(np.int32)) > level)
    if not len(loud):
        return []
    breaks = np.flatnonzero(np.diff(loud) > join)
    starts = loud[np.concatenate([[0], breaks + 1])].tolist()
    ends = loud[np.concatenate([breaks, [len(loud) - 1]])].tolist()
    return [(int(start), int(end) + 1) for start, end in zip(starts, ends, strict=True)]


class Track:
    """Sound at `rate` Hz laid out on a clock, in order and never overlapping; else silence."""

    def __init__(self, rate: int, threshold_dbfs: float = AUDIBLE_DBFS) -> None:
        self.rate = rate
        self._threshold_dbfs = threshold_dbfs
        self._starts: list[float] = []
        self._pieces: list[Samples] = []
        self._stretches: list[Stretch] = []

    @property
    def end(self) -> float:
        """When the last sample has sounded; 0 before there is one."""
        return self._starts[-1] + len(self._pieces[-1]) / self.rate if self._starts else 0.0

    def add(self, start: float, samples: Samples) -> None:
        """Lays `samples` down from `start` on. Raises ValueError when something lies there."""
        if start < self.end - 1 / self.rate:
            raise ValueError("sound overlaps what is laid down already")
        self._starts.append(start)
        self._pieces.append(samples)
        join = round(_JOIN_S * self.rate)
        for first, end in audible_spans(samples, join, self._threshold_dbfs):
            self._extend(Stretch(start + first / self.rate, start + end / self.rate))

    def cut(self, at: float) -> None:
        """Takes away all that lies after `at`."""
        while self._starts and self._starts[-1] >= at:
            self._starts.pop()
            self._pieces.pop()
        if self._starts:
            kept = round((at - self._starts[-1]) * self.rate)
            self._pieces[-1] = self._pieces[-1][:kept]
        while self._stretches and self._stretches[-1].start >= at:
            self._stretches.pop()
        if self._stretches and self._stretches[-1].end > at:
            self._stretches[-1] = self._stretches[-1]._replace(end=at)

    def between(self, start: float, count: int) -> Samples:
        """`count` samples from `start` on, zeros where nothing lies."""
        found = np.zeros(count, np.int16)
        index = max(0, bisect_right(self._starts, start) - 1)
        while index < len(self._starts):
            piece = self._pieces[index]
            offset = round((self._starts[index] - start) * self.rate)
            if offset >= count:
                break
            source = piece[max(0, -offset) : count - offset]
            begin = max(0, offset)
            found[begin : begin + len(source)] = source
            index += 1
        return found

    def stretches(self, since: float = 0.0) -> list[Stretch]:
        """What is audible and ends after `since`, without clicks."""
        found = []
        for stretch in reversed(self._stretches):
            if stretch.end <= since:
                break
            if stretch.end - stretch.start >= _LEAST_S:
                found.append(stretch)
        return found[::-1]

    def _extend(self, stretch: Stretch) -> None:
        last = self._stretches[-1] if self._stretches else None
        if last is not None and stretch.start - last.end <= _JOIN_S:
            self._stretches[-1] = last._replace(end=stretch.end)
        else:
            self._stretches.append(stretch)
