"""The numbers of what is said in a call: they only ever grow."""

from __future__ import annotations


class EventIds:
    """One counter for both sides' turns."""

    def __init__(self) -> None:
        self.last = 0
        """The greatest so far."""

    def next(self) -> int:
        """A number greater than all before."""
        self.last += 1
        return self.last

    def renewed(self, event_id: int) -> int:
        """`event_id`, or a new one if others have been given out since."""
        return event_id if event_id == self.last and event_id else self.next()
