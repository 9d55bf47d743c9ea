"""How long callers wait, read from waveforms; never from what the server says of itself."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from vivavoce.testing.loudspeaker import Arrival
from vivavoce.testing.microphone import Said
from vivavoce.testing.waveform import Stretch

_BETWEEN_WORDS_S: Final = 0.6
"""An agent that has been silent for less is speaking."""


class BargeIn(NamedTuple):
    """Seconds from the caller's first audible sample until the agent was still.

    `last_frame_s` is when the last frame with its sound came, None if none came any more;
    `last_audible_s` when the last audible sample was played.
    """

    last_frame_s: float | None
    last_audible_s: float


def voice_to_voice(said: Said, agent: Sequence[Stretch]) -> float | None:
    """Seconds from the caller's last audible sample to the agent's first after it.

    None when the agent said nothing, and less than 0 when it began before the caller was done.
    """
    starts = [one.start for one in agent if one.start > said.first_audible_at]
    return starts[0] - said.last_audible_at if starts else None


def barge_in(
    said: Said, agent: Sequence[Stretch], arrivals: Sequence[Arrival], grace_s: float = 0.1
) -> BargeIn | None:
    """How fast the agent fell silent; None when it was not speaking when the caller began.

    What counts is the speech that was to stop: until the first frame of another id comes, and no
    longer than `grace_s` after the caller's last sound. An agent that has not stopped by then is
    counted up to there.
    """
    began = said.first_audible_at
    if not any(one.start <= began < one.end + _BETWEEN_WORDS_S for one in agent):
        return None
    spoken_id = max((one.event_id for one in arrivals if one.at <= began), default=0)
    next_at = [one.at for one in arrivals if one.event_id > spoken_id]
    until = min([said.last_audible_at + grace_s, *next_at])
    ends = [min(one.end, until) for one in agent if one.end > began and one.start < until]
    frames = [one.at for one in arrivals if began < one.at < until]
    return BargeIn(frames[-1] - began if frames else None, ends[-1] - began if ends else 0.0)


def gaps(agent: Sequence[Stretch], least_s: float = 0.0) -> list[Stretch]:
    """The silences of at least `least_s` between one audible stretch and the next."""
    return [
        Stretch(before.end, after.start)
        for before, after in pairwise(agent)
        if after.start - before.end >= least_s
    ]


def spoke_over(said: Said, agent: Sequence[Stretch]) -> float:
    """Seconds in which the agent was audible between the caller's first sound and its last."""
    first, last = said.first_audible_at, said.last_audible_at
    return sum(max(0.0, min(one.end, last) - max(one.start, first)) for one in agent)
