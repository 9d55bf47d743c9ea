"""The numbers that make a connection outlive its socket: what is owed, and what has come.

Both sides count what they send from 1, without gaps. What is sent is kept until the other side says
that it has it; what comes twice, after a socket was lost, is known by its number.
"""

from __future__ import annotations

from collections import deque
from typing import Final

MOST_KEPT_BYTES: Final = 4 << 20
ACK_EVERY_FRAMES: Final = 16
ACK_AFTER_S: Final = 0.25


class NumbersBroken(Exception):
    """The other side's numbers do not fit: something is lost that cannot be had again."""


class Outgoing:
    """Frames in the order in which they are to be sent, each under its `cseq`.

    `next_frame` walks through them; a socket's loss sends the walk back to what the other side does
    not have. Frames that were sent `without_acknowledgement` are forgotten at once.
    """

    def __init__(self, *, most_bytes: int = MOST_KEPT_BYTES) -> None:
        self._most_bytes = most_bytes
        self._kept: deque[bytes] = deque()
        self._bytes = 0
        self._last = 0
        self._sent = 0
        self._ever_sent = 0
        self._is_acknowledged = True

    @property
    def has_room(self) -> bool:
        """Whether another frame may be added; when none is kept, one of any size may."""
        return self._bytes < self._most_bytes

    @property
    def is_all_sent(self) -> bool:
        """Whether every frame has been handed to a socket."""
        return self._sent == self._last

    @property
    def forgotten(self) -> int:
        """The last frame that is not kept any more: all up to it have arrived."""
        return self._last - len(self._kept)

    def add(self, message: bytes, *, is_numbered: bool = True) -> None:
        """Puts a JSON object at the end, with its number in it."""
        self._last += 1
        frame = with_cseq(message, self._last) if is_numbered else message
        self._kept.append(frame)
        self._bytes += len(frame)

    def next_frame(self) -> bytes | None:
        """The frame to be sent now; None when there is none."""
        if self.is_all_sent:
            return None
        frame = self._kept[self._sent - self.forgotten]
        self._sent += 1
        self._ever_sent = max(self._ever_sent, self._sent)
        if not self._is_acknowledged:
            self._forget_up_to(self._sent)
        return frame

    def without_acknowledgement(self) -> None:
        """The other side will never say what it has."""
        self._is_acknowledged = False
        self._forget_up_to(self._sent)

    def acknowledged(self, number: int) -> None:
        """The other side has all frames up to `number`.

        Raises NumbersBroken if so many have never been sent.
        """
        if number > self._ever_sent:
            raise NumbersBroken(f"frame {number} was acknowledged, {self._ever_sent} were sent")
        self._forget_up_to(number)
        self._sent = max(self._sent, self.forgotten)

    def resumed(self, number: int) -> None:
        """A new socket, and the other side has all frames up to `number`: the rest comes again.

        Raises NumbersBroken for frames that were never sent, or acknowledged before and not now.
        """
        if number < self.forgotten:
            raise NumbersBroken(f"frame {self.forgotten} was acknowledged, now only {number}")
        self.acknowledged(number)
        self._sent = number

    def _forget_up_to(self, number: int) -> None:
        while self._kept and self.forgotten < number:
            self._bytes -= len(self._kept.popleft())


class Incoming:
    """The numbers (`seq`) of what the other side sends, and when to tell it what has come."""

    def __init__(self) -> None:
        self._last = 0
        self._told = 0
        self._untold_since: float | None = None

    @property
    def last(self) -> int:
        """The last frame that has come; 0 before the first."""
        return self._last

    def take(self, number: int, now: float) -> bool:
        """Takes note of a frame; False for one that has come before.

        Raises NumbersBroken for one that cannot come yet: those in between are missing.
        """
        if number > self._last + 1:
            raise NumbersBroken(f"frame {number} came where {self._last + 1} was expected")
        if number <= self._last:
            return False
        self._last = number
        if self._untold_since is None:
            self._untold_since = now
        return True

    def ack_due_in_s(self, now: float) -> float | None:
        """The seconds until the other side has to be told; None while it knows all."""
        if self._untold_since is None:
            return None
        if self._last - self._told >= ACK_EVERY_FRAMES:
            return 0.0
        return max(0.0, self._untold_since + ACK_AFTER_S - now)

    def told(self) -> int:
        """The number to tell now: all frames up to it have come."""
        self._told = self._last
        self._untold_since = None
        return self._told

    def resumed(self, now: float) -> None:
        """A new socket: what was last told may be lost with the one before, so it is due again."""
        if self._last:
            self._told = 0
            self._untold_since = now - ACK_AFTER_S


def with_cseq(message: bytes, number: int) -> bytes:
    """A JSON object with its number in front, without encoding it again."""
    comma = b"" if message == b"{}" else b","
    return b'{"cseq":%d%b%b' % (number, comma, message[1:])
