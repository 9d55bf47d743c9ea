"""Pings of a call, and how long their answers take."""

from __future__ import annotations

from collections import deque
from typing import Final

from vivavoce.sessions.converse.dialect import CallDialect
from vivavoce.sessions.converse.teller import Send
from vivavoce.wire import conversation_events as events

_MOST_UNANSWERED: Final = 32
"""Some clients never answer; what is older is not waited for."""


class Heartbeat:
    """Times are those of the call's clock."""

    def __init__(self, send: Send, dialect: CallDialect) -> None:
        self._send = send
        self._dialect = dialect
        self._count = 0
        self._sent: deque[tuple[int, float]] = deque(maxlen=_MOST_UNANSWERED)
        self._round_trip_ms: int | None = None

    async def ping(self, now: float) -> None:
        """One more, which tells how long the last one's answer took."""
        self._count += 1
        self._sent.append((self._count, now))
        frame = events.ping(self._count, self._round_trip_ms)
        await self._send(self._dialect.other("ping", frame))

    def answered(self, event_id: int | None, now: float) -> None:
        """The client has answered one of them."""
        for sent_id, sent_at in self._sent:
            if sent_id == event_id:
                # The SDKs take 0 for a time that nobody has measured.
                self._round_trip_ms = max(1, round((now - sent_at) * 1000))

    def forget(self) -> None:
        """The client has been away: what was on the way then says nothing about the line."""
        self._sent.clear()
