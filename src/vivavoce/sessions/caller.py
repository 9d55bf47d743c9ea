"""Who is being served: what they may do, and how much of it."""

from __future__ import annotations

from typing import Protocol


class Caller(Protocol):
    """One caller, known by a key, or anyone on a server that asks for none. Nothing here waits."""

    def require(self, permission: str) -> None:
        """Raises NotAllowed unless the caller's key is for `permission`, say "text_to_speech"."""

    def count_request(self) -> None:
        """One more request, or one more context on a socket. Raises RateLimited."""

    def enter_turn(self) -> None:
        """One more generation is under way. Raises ConcurrencyLimited, and then it is not."""

    def leave_turn(self) -> None:
        """A generation that entered has ended."""

    def spend(self, characters: int) -> None:
        """So many characters are to be spoken. Raises QuotaExceeded, and then they are not."""


class Anyone:
    """A caller without limits, of whom nothing is kept."""

    def require(self, permission: str) -> None:
        """See `Caller`."""

    def count_request(self) -> None:
        """See `Caller`."""

    def enter_turn(self) -> None:
        """See `Caller`."""

    def leave_turn(self) -> None:
        """See `Caller`."""

    def spend(self, characters: int) -> None:
        """See `Caller`."""
