"""Who may call an agent, as its `platform_settings.auth` has it."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import SplitResult, urlsplit

import msgspec

_ANY = "*"
_BELOW = "*."
_DEFAULT_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}


class AgentAuth(msgspec.Struct, frozen=True):
    """`enable_auth` is None where the agent does not say whether callers must show something.

    `allowlist` are hosts of web pages that may call: `example.com` at any port, `localhost:3000` at
    that one, `*.example.com` for all below it; none for every page.
    """

    enable_auth: bool | None = None
    allowlist: tuple[str, ...] = ()
    require_origin_header: bool = False

    def admits_origin(self, origin: str | None) -> bool:
        """Whether a page of that `Origin` may call; callers that are no page send none."""
        if not self.allowlist:
            return True
        if not origin:
            return not self.require_origin_header
        page = _split(origin)
        return page is not None and any(_is_at(page, entry) for entry in self.allowlist)


def read_agent_auth(platform_settings: Mapping[str, object]) -> AgentAuth:
    """What counts of an agent's `platform_settings`; what has a wrong type counts as absent.

    A list of hosts none of which can be read still admits no page: it was meant to keep some out.
    """
    auth = platform_settings.get("auth")
    if not isinstance(auth, Mapping):
        return AgentAuth()
    enabled = auth.get("enable_auth")
    hosts = auth.get("allowlist")
    return AgentAuth(
        enabled if isinstance(enabled, bool) else None,
        tuple(map(_hostname, hosts)) if isinstance(hosts, list) else (),
        auth.get("require_origin_header") is True,
    )


def _hostname(entry: object) -> str:
    name = entry.get("hostname") if isinstance(entry, Mapping) else entry
    return name.strip() if isinstance(name, str) else ""


def _is_at(page: SplitResult, entry: str) -> bool:
    """People paste whole addresses into the list: of those the host counts, and its port."""
    if entry == _ANY:
        return True
    allowed = _split(entry if "://" in entry else f"//{entry}")
    if allowed is None or not _is_host(page.hostname or "", allowed.hostname or ""):
        return False
    return allowed.port in (None, page.port or _DEFAULT_PORTS.get(page.scheme))


def _is_host(host: str, allowed: str) -> bool:
    if allowed.startswith(_BELOW):
        return host.endswith(allowed[1:]) and len(host) >= len(allowed)
    return bool(host) and host == allowed


def _split(address: str) -> SplitResult | None:
    """Both host and port can be asked for afterwards."""
    try:
        split = urlsplit(address)
        _ = split.port
    except ValueError:
        return None
    return split
