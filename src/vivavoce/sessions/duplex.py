"""The two-way connection that a session talks over."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol


class PeerGone(Exception):
    """The other side has closed, or vanished; nothing more can be said to it."""


class Presence:
    """Whether there is anybody at the other end just now.

    A peer that has lost its socket and may come back is away: what is sent to it is kept, what it
    would have said is waited for.
    """

    def __init__(self, *, may_return: bool = False) -> None:
        self.may_return = may_return
        """Whether it may leave and come back at all, with all that it had to say."""
        self.is_away = False
        self.returned_at = 0.0
        """When it last came back, in `time.monotonic()`; 0 if it never left."""
        self._on_left: list[Callable[[float], None]] = []
        self._on_returned: list[Callable[[float, int], None]] = []

    def watch(
        self, on_left: Callable[[float], None], on_returned: Callable[[float, int], None]
    ) -> None:
        """Calls the first when the peer leaves, with when, and the second when it returns.

        That hears also how many of the frames last sent had not arrived; they are sent again.
        """
        self._on_left.append(on_left)
        self._on_returned.append(on_returned)

    def leaves(self, now: float) -> None:
        """The socket is lost. For whoever has it."""
        self.is_away = True
        for tell in self._on_left:
            tell(now)

    def returns(self, now: float, missed: int) -> None:
        """There is another. For whoever has it."""
        self.is_away = False
        self.returned_at = now
        for tell in self._on_returned:
            tell(now, missed)


class Duplex(Protocol):
    """A message-wise connection; text messages are `str`, binary ones `bytes`."""

    @property
    def presence(self) -> Presence:
        """Whether the peer is there; one that cannot come back is never away."""

    async def receive(self) -> str | bytes | None:
        """The next message, or None for ever once either side has closed. May be cancelled."""

    async def send(self, message: str | bytes) -> None:
        """Waits while the peer is slow. May be cancelled while it waits. Raises PeerGone."""

    async def close(self, code: int, reason: str) -> None:
        """Says goodbye; does nothing when the connection is closed already."""
