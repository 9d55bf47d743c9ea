"""What the owner of a connection may choose."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from vivavoce.clients.backoff import BackoffLaw
from vivavoce.clients.failures import Failure, is_fatal


@dataclass(frozen=True, slots=True)
class ConnectionOptions:
    """How a connection behaves; times are in seconds.

    `resume` asks the server for a session that survives its socket. `open_within_s` is how long
    `open()` goes on trying (None: as long as `backoff` says), `attempt_s` how long one attempt may
    take. Every `heartbeat_s` a round trip is measured; if nothing at all is heard within
    `heartbeat_timeout_s`, the socket is dropped. `headers` go with every handshake (`xi-api-key`).
    """

    resume: bool = True
    headers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), repr=False)
    tls: ssl.SSLContext | None = None
    backoff: BackoffLaw = field(default_factory=BackoffLaw)
    open_within_s: float | None = 10.0
    attempt_s: float = 5.0
    heartbeat_s: float = 5.0
    heartbeat_timeout_s: float = 5.0
    is_fatal: Callable[[Failure], bool] = is_fatal

    def with_key(self, api_key: str) -> ConnectionOptions:
        """The same with an API key, if it is one."""
        if not api_key:
            return self
        return replace(self, headers={**self.headers, "xi-api-key": api_key})
