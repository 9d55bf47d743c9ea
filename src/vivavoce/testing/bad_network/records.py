"""What a bad network remembers; all times are seconds of `time.monotonic()`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from vivavoce.testing.bad_network.plan import Misfortune


@dataclass(slots=True)
class ConnectionRecord:
    """One connection of a client, which may still be open.

    `first_sent_at` is when the client's first bytes had gone on to the server, `first_heard_at` the
    same of the server's; `answered_at` when the first bytes behind the head of its HTTP answer had,
    which of a WebSocket is its first frame.
    """

    number: int
    opened_at: float
    first_sent_at: float | None = None
    first_heard_at: float | None = None
    answered_at: float | None = None
    sent_bytes: int = 0
    heard_bytes: int = 0
    closed_at: float | None = None
    ended_by: str = ""
    """`client`, `server` (also where it cannot be reached), or what the network did to it."""


class Happened(NamedTuple):
    """A misfortune, and when it befell how many connections."""

    at: float
    misfortune: Misfortune
    connections: int


class HeadWatch:
    """Where the head of an HTTP answer ends in what the server sends; pure."""

    _END = b"\r\n\r\n"

    def __init__(self) -> None:
        self._tail = b""
        self._is_over = False

    def feed(self, data: bytes) -> bool:
        """Whether there is anything behind the head in `data`."""
        if self._is_over:
            return bool(data)
        seen = self._tail + data
        _, end, rest = seen.partition(self._END)
        self._tail = seen[-len(self._END) + 1 :]
        self._is_over = bool(end)
        return bool(rest)
