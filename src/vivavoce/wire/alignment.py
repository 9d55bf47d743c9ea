"""Characters in time, as the protocol writes them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import NamedTuple

import msgspec
import orjson


class TimedText(msgspec.Struct, frozen=True):
    """Characters and when each begins, in ms on the clock of their whole stream of audio."""

    chars: str
    starts_ms: Sequence[float]

    def __add__(self, later: TimedText) -> TimedText:
        """This text and what follows it."""
        return TimedText(self.chars + later.chars, [*self.starts_ms, *later.starts_ms])


class AlignmentKeys(NamedTuple):
    """How one family of messages spells the two lists of times."""

    starts: str
    durations: str


CAMEL_CASE = AlignmentKeys("charStartTimesMs", "charDurationsMs")
SNAKE_CASE = AlignmentKeys("char_start_times_ms", "char_durations_ms")


def alignment_json(
    timed: TimedText,
    begin_ms: float,
    end_ms: float,
    *,
    keys: AlignmentKeys = CAMEL_CASE,
    from_stream_start: bool = False,
) -> str:
    """The `alignment` of the message whose audio lies from `begin_ms` to `end_ms` of the stream.

    Times in it are whole ms from the message's own start, without a gap from 0 to its end; messages
    one after the other sum up to the stream's length, because only the stream's clock is rounded.
    `from_stream_start` counts them from there instead. "null" for a message in which no character
    begins.
    """
    if not timed.chars:
        return "null"
    origin, end = round(begin_ms), round(end_ms)
    starts = [min(max(round(start), origin), end) for start in timed.starts_ms]
    starts[0] = origin
    ends = [*starts[1:], end]
    zero = 0 if from_stream_start else origin
    alignment = {
        "chars": list(timed.chars),
        keys.starts: [start - zero for start in starts],
        keys.durations: [end - start for start, end in zip(starts, ends, strict=True)],
    }
    try:
        return orjson.dumps(alignment).decode()
    except orjson.JSONEncodeError:
        # Half a surrogate pair: only the standard library can write one.
        return json.dumps(alignment, separators=(",", ":"))
