"""Times of characters as clients are told them, held against the sound."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any, NamedTuple

from tests.integration.end_to_end.speech_client import RECOGNISER_RATE, Floats

# How Python spells the times, and how JavaScript does.
SNAKE_CASE = ("character_start_times_seconds", "character_end_times_seconds")
CAMEL_CASE = ("characterStartTimesSeconds", "characterEndTimesSeconds")

# A clock in whole milliseconds, and frames of MP3 at its end.
_TOLERANCE_S = 0.1


class Timed(NamedTuple):
    """Characters, or words, and the seconds at which each begins and ends."""

    pieces: list[str]
    starts: list[float]
    ends: list[float]

    @property
    def text(self) -> str:
        """All that is timed."""
        return "".join(self.pieces)

    @staticmethod
    def of_alignments(
        alignments: Iterable[Mapping[str, Any] | None], keys: tuple[str, str] = SNAKE_CASE
    ) -> Timed:
        """What answers over REST tell, one after the other; one without a character tells none."""
        told = [alignment for alignment in alignments if alignment]
        pieces, starts, ends = (
            [item for alignment in told for item in alignment[key]] for key in ("characters", *keys)
        )
        return Timed(pieces, starts, ends)

    def must_fill(self, seconds: float) -> None:
        """Fails unless the times run from the first sound to the last and never go back."""
        told = list(zip(self.pieces, self.starts, self.ends, strict=True))
        backward = [piece for piece in told if piece[1] > piece[2]]
        assert not backward, f"they end before they begin: {backward[:3]}"
        jumps = [pair for pair in pairwise(told) if pair[0][1] > pair[1][1]]
        assert not jumps, f"the second begins before the first: {jumps[:3]}"
        begins, ends = self.starts[0], self.ends[-1]
        assert abs(begins) < _TOLERANCE_S, f"the first begins at {begins} s"
        assert abs(ends - seconds) < _TOLERANCE_S, f"the last ends at {ends} s of {seconds} s"

    def cut(self, samples: Floats, *, before: str) -> tuple[Floats, Floats]:
        """The sound (16 kHz) up to where `before` begins, and from there on."""
        position = self.text.index(before)
        piece = next(
            index
            for index in range(len(self.pieces))
            if len("".join(self.pieces[:index])) >= position
        )
        return cut(samples, self.starts[piece])


def cut(samples: Floats, seconds: float) -> tuple[Floats, Floats]:
    """The sound (16 kHz) before and after a moment."""
    at = round(seconds * RECOGNISER_RATE)
    return samples[:at], samples[at:]
