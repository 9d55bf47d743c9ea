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

    Frames that were not handed to the socket in use are always kept; the sender waits for
    `has_room`. The others are forgotten when they are acknowledged. A peer that never acknowledges
    is trusted to have what is older than 30 s, or 4 MiB ago.
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
    def handed(self) -> int:
        """The last frame that is on its way through the socket in use, or had arrived before."""
        return self._handed

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

    @property
    def next_frame(self) -> str | None:
        """The frame behind those handed over, byte for byte as it was added; None before it is."""
        if self._handed == self._last:
            return None
        return self._entries[self._handed - self.forgotten].frame

    def handed_over(self, now: float) -> None:
        """`next_frame` is on its way through a socket that works."""
        self._handed += 1
        if not self._acknowledges:
            self._forget_old(now)

    def acknowledged(self, number: int) -> None:
        """The peer has all frames up to `number`; nobody has more than was handed over."""
        self._acknowledges = True
        while self.forgotten < min(number, self._handed):
            self._forget()

    def can_replay_after(self, number: int) -> bool:
        """Whether a peer whose last frame was `number` can be given all that it missed."""
        return self.forgotten <= number <= self._last

    def replay_after(self, number: int) -> None:
        """A new socket, for a peer who can be given all after `number`: that comes next.

        It acknowledges the rest by coming back: what it had said before may be lost.
        """
        self._handed = number
        if self._acknowledges:
            self.acknowledged(number)

    def _forget_old(self, now: float) -> None:
        while self.forgotten < self._handed:
            is_old = now - self._entries[0].added_at > self._keep_s
            if not is_old and self.has_room:
                return
            self._forget()

    def _forget(self) -> None:
        self._bytes -= len(self._entries.popleft().frame)
