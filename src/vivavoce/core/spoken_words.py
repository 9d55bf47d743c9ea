"""Words that were heard, with their times."""

from __future__ import annotations

import msgspec


class SpokenWord(msgspec.Struct, frozen=True):
    """One word with its punctuation, in seconds from the start of what was listened to.

    `logprob` is the mean natural logarithm of its tokens' probabilities.
    """

    text: str
    start_s: float
    end_s: float
    logprob: float


class Passage(msgspec.Struct, frozen=True):
    """What was said in one piece of sound, and when; `words` is empty unless times were asked for.

    `logprob` is the mean over the passage's tokens.
    """

    text: str
    start_s: float
    end_s: float
    logprob: float
    words: tuple[SpokenWord, ...] = ()
