"""The two-way connection that a session talks over."""

from __future__ import annotations

from typing import Protocol


class PeerGone(Exception):
    """The other side has closed, or vanished; nothing more can be said to it."""


class Duplex(Protocol):
    """A message-wise connection; text messages are `str`, binary ones `bytes`."""

    async def receive(self) -> str | bytes | None:
        """The next message, or None for ever once either side has closed. May be cancelled."""

    async def send(self, message: str | bytes) -> None:
        """Waits while the peer is slow. May be cancelled while it waits. Raises PeerGone."""

    async def close(self, code: int, reason: str) -> None:
        """Says goodbye; does nothing when the connection is closed already."""
