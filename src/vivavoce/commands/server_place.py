"""Where the server is that a command turns to, and what opens it."""

from __future__ import annotations

from pathlib import Path

import msgspec

from vivavoce.commands.address import Address
from vivavoce.config import Settings


class ServerWish(msgspec.Struct, frozen=True):
    """The server that a user named and the key for it; None where nothing was said about it."""

    url: str | None = None
    api_key: str | None = None


class ServerPlace(msgspec.Struct, frozen=True):
    """One server; `authority` is the certificate that vouches for a local one."""

    url: str
    api_key: str | None
    authority: Path

    def __repr__(self) -> str:
        """Without the key: a repr ends up in logs."""
        return f"ServerPlace({self.url!r})"


def server_place(wish: ServerWish, settings: Settings) -> ServerPlace:
    """The server wished for, else the one that `settings` are for."""
    return ServerPlace(
        url=wish.url or Address.of(settings).http,
        api_key=wish.api_key or next(iter(settings.api_keys), None),
        authority=settings.tls_dir / "ca.pem",
    )
