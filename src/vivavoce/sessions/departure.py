"""When a socket's session leaves by itself, and with which words."""

from __future__ import annotations

import time

from vivavoce.errors import InactivityTimeout, ServerDraining, VivavoceError
from vivavoce.sessions.connection import Connection
from vivavoce.sessions.entrance import Entrance

# For what a client sends again that has come back: none of its text may be spoken as if there were
# no more to come.
_SENDS_AGAIN_S = 0.1


class Departure:
    """Watches for silence, for callers who show no key, and for the server's shutting down."""

    def __init__(self, connection: Connection, entrance: Entrance) -> None:
        self.heard_at = time.monotonic()
        """When the peer last said something."""
        self.reason: VivavoceError | None = None
        """Why no more text is taken; the session leaves when what was asked for is spoken."""
        self._connection = connection
        self._entrance = entrance
        self._at_once = False
        self._drains = False
        connection.presence.watch(
            lambda now: connection.nudge(), lambda now, missed: connection.nudge()
        )

    @property
    def quiet_since(self) -> float:
        """When the peer last said something, or came back."""
        return max(self.heard_at, self._connection.presence.returned_at)

    @property
    def refuses_all(self) -> bool:
        """Whether the session leaves with an error of its own, and hears nothing more."""
        return self.reason is not None and not self._drains

    def drain(self, *, at_once: bool) -> None:
        """The server is shutting down; `at_once` leaves speech unfinished."""
        self.reason = self.reason or ServerDraining("The server is shutting down.")
        self._drains = isinstance(self.reason, ServerDraining)
        self._at_once = at_once
        self._connection.nudge()

    def not_before(self, due_at: float | None) -> float | None:
        """When something can be done that is due: never while the peer may still come back."""
        if self._connection.presence.is_away and self.reason is None:
            return None
        returned_at = self._connection.presence.returned_at
        if due_at is None or not returned_at:
            return due_at
        return max(due_at, returned_at + _SENDS_AGAIN_S)

    def due_at(self, timeout_s: float, *, busy: bool) -> float | None:
        """When this side closes if nothing changes; not while it is `busy`, unless in a hurry."""
        if self._entrance.closes_at is not None:
            return self._entrance.closes_at
        if self._at_once:
            return self.quiet_since
        if busy or (self.reason is None and self._connection.presence.is_away):
            return None
        return self.quiet_since + (0 if self.reason is not None else timeout_s)

    async def leave_if_due(self, timeout_s: float, *, busy: bool) -> None:
        """Raises what is to be said with the close frame, if it is time for it."""
        due_at = self.due_at(timeout_s, busy=busy)
        if due_at is None or time.monotonic() < due_at:
            return
        if self._at_once and self.reason is not None:
            raise self.reason
        silence = InactivityTimeout(f"Nothing came for {timeout_s:g} s, this connection's limit.")
        await self._connection.leave(self._entrance.refusal or self.reason or silence)
