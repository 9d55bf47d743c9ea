"""How many callers may speak, or be spoken to, at once."""

from __future__ import annotations

from vivavoce.errors import ServerBusy

_MEMORY_S = 2.0
"""Seconds of work over which the pace is averaged: a few hundred blocks, a few dozen pieces."""


class Admission:
    """Counts callers against the measured pace of the machine.

    Past capacity an earliest-deadline queue fails everybody together, so the door closes before
    that: a caller listens to one second of speech a second, or speaks as much, and callers are
    admitted while their number is below `share` of what all workers get done.
    """

    def __init__(self, *, share: float = 0.87) -> None:
        self._share = share
        self._speech_s = 0.0
        self._work_s = 0.0
        self._workers = 0
        self.admitted = 0

    @property
    def capacity(self) -> float:
        """Seconds of speech a second that all workers get done; 0 before any is measured."""
        pace = self._speech_s / self._work_s if self._work_s else 0.0
        return pace * max(1, self._workers)  # the last one gone is replaced in no time

    def worker_ready(self, pace: float) -> None:
        """A worker has measured itself: it gets `pace` seconds of speech done a second."""
        self._workers += 1
        if not self._work_s:
            self._speech_s, self._work_s = pace, 1.0

    def worker_gone(self) -> None:
        """A worker that was ready is no more."""
        self._workers -= 1

    def worked(self, speech_s: float, work_s: float) -> None:
        """A worker made or heard `speech_s` of speech in `work_s` of processor time."""
        kept = max(0.0, 1.0 - work_s / _MEMORY_S)
        self._speech_s = self._speech_s * kept + speech_s
        self._work_s = self._work_s * kept + work_s

    def enter(self) -> None:
        """One caller more; raises ServerBusy when that is one too many."""
        if self.admitted + 1 > self._share * self.capacity:
            raise ServerBusy(
                f"{self.admitted} callers are being served, and this machine has room for "
                f"{int(self._share * self.capacity)}; try again in a moment"
            )
        self.admitted += 1

    def leave(self) -> None:
        """One caller less."""
        self.admitted -= 1
