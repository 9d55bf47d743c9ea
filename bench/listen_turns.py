"""What a speaker waits for in a turn: from sound that was played and transcripts that came."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from bench.listen_socket import Transcript
from bench.listen_sounds import Utterance, audible_span
from bench.recogniser import SAMPLE_RATE


class Turn(NamedTuple):
    """One utterance: when its first audible sample sounded and its last one, and what was heard.

    Times are `time.perf_counter()`.
    """

    speech_at: float
    speech_end_at: float
    heard: Sequence[Transcript]

    @property
    def first_text_s(self) -> float:
        """From the first audible sample to the first text of any kind; infinite if none came."""
        came = [one.at for one in self.heard if one.text.strip() and one.at >= self.speech_at]
        return min(came) - self.speech_at if came else math.inf

    @property
    def partials(self) -> int:
        """Partial transcripts with text that came while there was speech."""
        return sum(
            not one.committed and one.text.strip() != "" and one.at <= self.speech_end_at
            for one in self.heard
        )

    @property
    def text(self) -> str:
        """All that was committed."""
        return " ".join(one.text for one in self.heard if one.committed and one.text)


def turn(utterance: Utterance, began: float, heard: Sequence[Transcript]) -> Turn:
    """The turn of an utterance whose first sample sounded at `began`."""
    first, end = audible_span(utterance.samples)
    return Turn(began + first / SAMPLE_RATE, began + end / SAMPLE_RATE, heard)
