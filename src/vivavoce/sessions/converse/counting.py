"""Knows how many messages have gone out, for a peer that comes back says how many it has missed."""

from __future__ import annotations

from vivavoce.sessions.duplex import Duplex, Presence


class CountingDuplex:
    """The same `Duplex`, counted."""

    def __init__(self, duplex: Duplex) -> None:
        self.sent = 0
        """Messages that were given to `send`."""
        self._duplex = duplex

    @property
    def presence(self) -> Presence:
        """See `Duplex`."""
        return self._duplex.presence

    async def receive(self) -> str | bytes | None:
        """See `Duplex`."""
        return await self._duplex.receive()

    async def send(self, message: str | bytes) -> None:
        """See `Duplex`."""
        # Before, for one that is on its way when the peer leaves is kept for it.
        self.sent += 1
        await self._duplex.send(message)

    async def close(self, code: int, reason: str) -> None:
        """See `Duplex`."""
        await self._duplex.close(code, reason)
