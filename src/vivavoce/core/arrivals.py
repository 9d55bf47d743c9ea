"""What comes over a connection that may break: each frame once, in order, and acknowledged."""

from __future__ import annotations

from collections import deque
from typing import Final

from vivavoce.core.ledger import MOST_BYTES

ACK_WITHIN_S: Final = 0.25

# A peer that waits for acknowledgements has at most 4 MiB, and a message, on its way. Much of that
# may be short messages.
_MOST_BYTES: Final = 3 * MOST_BYTES
_MESSAGE_BYTES: Final = 64
"""Of the memory that a message takes besides its text."""


class Arrivals:
    """Messages that were read ahead of whoever takes them.

    All that a peer may send is read at once, for there are acknowledgements and heartbeats behind
    it: who is waited for in vain would be taken for lost, and its acknowledgement may be what makes
    room for more.
    """

    def __init__(self, *, most_bytes: int = _MOST_BYTES) -> None:
        self.taken = 0
        """The number of the last message that was taken; they count from 1."""
        self._most_bytes = most_bytes
        self._waiting: deque[tuple[str | bytes, int | None]] = deque()
        self._bytes = 0
        self._last = 0
        self._told = 0
        self._untold_since = 0.0

    def __len__(self) -> int:
        """How many messages wait to be taken."""
        return len(self._waiting)

    @property
    def has_room(self) -> bool:
        """Whether another message may be added; when none waits, one of any size may."""
        return self._bytes < self._most_bytes

    def add(self, message: str | bytes, number: int | None) -> None:
        """One more, unless its number says that it has come before.

        Raises ValueError for a number that cannot come yet: the messages in between are lost.
        """
        if number is not None:
            if number > self._last + 1:
                raise ValueError(f"frame {number} came where {self._last + 1} was expected")
            if number <= self._last:
                return
            self._last = number
        self._waiting.append((message, number))
        self._bytes += len(message) + _MESSAGE_BYTES

    def take(self, now: float) -> str | bytes:
        """The first one that waits. Raises IndexError when none does."""
        message, number = self._waiting.popleft()
        self._bytes -= len(message) + _MESSAGE_BYTES
        if number is not None:
            if self._told == self.taken:
                self._untold_since = now
            self.taken = number
        return message

    @property
    def ack_due_at(self) -> float | None:
        """When the peer has to be told what was taken; None while it knows."""
        return None if self._told == self.taken else self._untold_since + ACK_WITHIN_S

    def tell(self) -> int:
        """The number that the peer is being told now: all up to it were taken."""
        self._told = self.taken
        return self._told
