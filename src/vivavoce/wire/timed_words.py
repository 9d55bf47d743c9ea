"""Words with their times, as every transcript writes them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, Literal, TypeAlias

import msgspec

Spoken: TypeAlias = tuple[str, float, float, float]
"""A word or a passage: text, start and end in seconds, mean natural logarithm of probability."""

WordType: TypeAlias = Literal["word", "spacing"]

# Of no likelihood at all: JSON has no infinity.
_LEAST_LOGPROB: Final = -100.0


class Character(msgspec.Struct, frozen=True):
    """One character; times in seconds."""

    text: str
    start: float
    end: float


class Word(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A word, or what stands between two of them; the texts of all joined are the transcript's.

    Times are in seconds. `logprob` is 0 for what stands between words.
    """

    text: str
    start: float
    end: float
    type: WordType
    speaker_id: str | None
    logprob: float
    characters: tuple[Character, ...] | None = None
    channel_index: int | None = None


def timed_words(
    spoken: Iterable[Spoken],
    *,
    speaker_id: str | None = None,
    channel_index: int | None = None,
    characters: bool = False,
) -> tuple[Word, ...]:
    """The words with a space between each two, which lasts as long as the silence did.

    With `characters` they share the time of their word equally. Times are whole milliseconds.
    """
    return tuple(
        Word(
            text=text,
            start=start,
            end=end,
            type=kind,
            speaker_id=speaker_id,
            logprob=logprob,
            characters=_spread(text, start, end) if characters else None,
            channel_index=channel_index,
        )
        for kind, text, start, end, logprob in _with_spaces(spoken)
    )


def plain_logprob(logprob: float) -> float:
    """`logprob` with few digits, and as a number that JSON has."""
    # In this order `max` turns NaN into the least, too.
    return round(min(max(_LEAST_LOGPROB, logprob), 0.0), 4)


def _with_spaces(spoken: Iterable[Spoken]) -> Iterator[tuple[WordType, str, float, float, float]]:
    last_end: float | None = None
    for text, start_s, end_s, logprob in spoken:
        start = round(start_s, 3)
        end = max(start, round(end_s, 3))
        if last_end is not None:
            yield "spacing", " ", last_end, max(last_end, start), 0.0
        yield "word", text, start, end, plain_logprob(logprob)
        last_end = end


def _spread(text: str, start: float, end: float) -> tuple[Character, ...]:
    step = (end - start) / max(1, len(text))
    times = [round(start + step * place, 3) for place in range(len(text))]
    return tuple(
        Character(character, begin, until)
        for character, begin, until in zip(text, times, [*times[1:], end], strict=True)
    )
