"""What one side of a connection that may break has sent, until the other side has it."""

from __future__ import annotations

from collections import deque
from typing import Final, NamedTuple

MOST_BYTES: Final = 4 << 20
KEEP_S: Final = 30.0


class _Entry(NamedTuple):
    frame: str
    added_at: float


class Ledger:
    """Numbered frames, in order, kept for whoever comes back and has missed some.

    Frames that were never handed to a socket are always kept; the sender waits for `has_room`. The
    others are forgotten when they are acknowledged. A peer that never acknowledges is trusted to
    have what is older than 30 s, or 4 MiB ago.
    """

    def __init__(self, *, most_bytes: int = MOST_BYTES, keep_s: float = KEEP_S) -> None:
        self._most_bytes = most_bytes
        self._keep_s = keep_s
        self._entries: deque[_Entry] = deque()
        self._bytes = 0
        self._last = 0
        self._handed = 0
        self._acknowledges = False

    @property
    def last(self) -> int:
        """The number of the newest frame; they count from 1."""
        return self._last

    @property
    def forgotten(self) -> int:
        """The number of the newest frame that is not kept any more."""
        return self._last - len(self._entries)

    @property
    def kept_bytes(self) -> int:
        """Characters of all frames that are kept."""
        return self._bytes

    @property
    def has_room(self) -> bool:
        """Whether another frame may be added; when none is kept, one of any size may."""
        return self._bytes < self._most_bytes

    def add(self, frame: str, now: float) -> None:
        """Keeps the frame whose number is `last + 1`."""
        self._entries.append(_Entry(frame, now))
        self._bytes += len(frame)
        self._last += 1

    def frame(self, number: int) -> str | None:
        """A frame by its number, byte for byte as it was added; None before it was.

        Raises LookupError for one that is forgotten.
        """
        if number > self._last:
            return None
        if number <= self.forgotten:
            raise LookupError(f"frame {number} is not kept any more")
        return self._entries[number - self.forgotten - 1].frame

    def handed_over(self, number: int, now: float) -> None:
        """Frames up to `number` are on their way through a socket that works."""
        self._handed = max(self._handed, number)
        if not self._acknowledges:
            self._forget_old(now)

    def acknowledged(self, number: int) -> None:
        """The peer has all frames up to `number`; a number that was never sent counts for all."""
        self._acknowledges = True
        while self._entries and self.forgotten < number:
            self._forget()

    def can_replay_after(self, number: int) -> bool:
        """Whether a peer whose last frame was `number` can be given all that it missed."""
        return self.forgotten <= number <= self._last

    def _forget_old(self, now: float) -> None:
        while self._entries and self.forgotten < self._handed:
            is_old = now - self._entries[0].added_at > self._keep_s
            if not is_old and self.has_room:
                return
            self._forget()

    def _forget(self) -> None:
        self._bytes -= len(self._entries.popleft().frame)


class Arrivals:
    """The numbers of what the other side sends: which is new, and up to where all has come."""

    def __init__(self) -> None:
        self.last = 0
        """The last frame that was taken; they count from 1."""

    def is_new(self, number: int) -> bool:
        """Takes a number; False for a frame that has been taken before.

        Raises ValueError for one that cannot come yet: those in between are lost.
        """
        if number > self.last + 1:
            raise ValueError(f"frame {number} came where {self.last + 1} was expected")
        if number <= self.last:
            return False
        self.last = number
        return True
