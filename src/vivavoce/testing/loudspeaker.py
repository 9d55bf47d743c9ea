"""A client's playback, on a clock that is passed in."""

from __future__ import annotations

from typing import NamedTuple

from vivavoce.testing.waveform import Samples, Track


class Arrival(NamedTuple):
    """When a frame with sound came, and its id."""

    at: float
    event_id: int


class Loudspeaker:
    """Plays what it gets as soon as it can, and forgets it when the agent is interrupted.

    As the Python SDK does it: sound whose id is not above the last interruption's is dropped.
    `played` is all that has sounded or will if nobody interrupts, `received` is what came, back to
    back from each frame's arrival on.
    """

    def __init__(self, rate: int) -> None:
        self.played = Track(rate)
        self.arrivals: list[Arrival] = []
        """Of every frame, dropped or not."""
        self.dropped = 0
        """How many samples came after the interruption that made them void."""
        self.received: list[Samples] = []
        self._void_id = 0

    @property
    def dry_at(self) -> float:
        """When there is nothing left to play."""
        return self.played.end

    def take(self, samples: Samples, event_id: int, now: float) -> None:
        """A frame has come."""
        self.arrivals.append(Arrival(now, event_id))
        self.received.append(samples)
        if event_id <= self._void_id:
            self.dropped += len(samples)
        elif len(samples):
            self.played.add(max(now, self.dry_at), samples)

    def interrupt(self, event_id: int, now: float) -> None:
        """Falls silent at once."""
        self._void_id = max(self._void_id, event_id)
        self.played.cut(now)
