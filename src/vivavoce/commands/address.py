"""Where a server is reached, as URLs."""

from __future__ import annotations

import msgspec

from vivavoce.config import Settings

_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}
"""What a server listens on that listens on all addresses, and what reaches it from here."""


class Address(msgspec.Struct, frozen=True):
    """One server's address, as seen from this machine."""

    host: str
    port: int
    tls: bool = False

    @classmethod
    def of(cls, settings: Settings, port: int | None = None) -> Address:
        """Where a server with `settings` answers; `port` is the real one where 0 was asked for."""
        host = _EVERYWHERE.get(settings.host, settings.host)
        return cls(host, settings.port if port is None else port, settings.tls)

    @property
    def http(self) -> str:
        """For REST and for SDKs."""
        return f"http{'s' if self.tls else ''}://{self._authority}"

    @property
    def websocket(self) -> str:
        """For sockets."""
        return f"ws{'s' if self.tls else ''}://{self._authority}"

    @property
    def _authority(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"
