"""What the owner of a connection is told about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class ConnectionState(Enum):
    """Where a connection stands."""

    IDLE = "idle"
    CONNECTING = "connecting"
    OPEN = "open"
    RECONNECTING = "reconnecting"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class StateChange:
    """A step of a connection.

    `retries` counts the attempts that have failed in this outage (when open: that had failed before
    it was over); `delay_s` is the time until the next one, None while none is planned; `reason`
    says, for people, what went wrong.
    """

    state: ConnectionState
    retries: int = 0
    delay_s: float | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Restarted:
    """Stands before the first frame of a fresh session: the one before is lost, and `reason` why.

    Nothing that was sent before is known to the server; the owner's `opening` has said, before
    this is received, what is still owed.
    """

    reason: str
