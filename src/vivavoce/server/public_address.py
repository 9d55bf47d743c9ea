"""Where a server is for the one who asks, who may stand on the far side of a proxy."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlencode

import msgspec

_DEFAULT_PORTS = {"http": "80", "https": "443"}
_SOCKET_SCHEMES = {"http": "ws", "https": "wss"}

# A name, an IPv4 or a bracketed IPv6 address, and perhaps a port: nothing that ends a URL's host.
_HOST = re.compile(r"(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?")
_PORT = re.compile(r"\d{1,5}")
_PREFIX = re.compile(r"(?:/[A-Za-z0-9._~-]+)*/?")
_HAS_PORT = re.compile(r":\d+$")
_PAIR = re.compile(r'\s*([A-Za-z]+)\s*=\s*(?:"([^"]*)"|([^\s;,"]*))\s*')


class PublicAddress(msgspec.Struct, frozen=True):
    """Scheme, http or https, host with its port if it needs one, and a path before all others."""

    scheme: str
    host: str
    prefix: str = ""

    def websocket(self, path: str, query: Mapping[str, str]) -> str:
        """The URL of a WebSocket."""
        return f"{_SOCKET_SCHEMES[self.scheme]}://{self.host}{self.prefix}{path}?{urlencode(query)}"


def public_address(headers: Mapping[str, str], scheme: str, local_host: str) -> PublicAddress:
    """The address that a request was sent to; names of headers in lower case.

    What proxies say goes before the request's own: `Forwarded` (RFC 7239), then X-Forwarded-Proto,
    -Host, -Port and -Prefix. Of a list, the first counts, which is the proxy nearest to the caller.
    What is no host, port or path is passed over. `scheme` is the connection's own, `local_host`
    stands in for a host that nobody names.
    """
    forwarded = _forwarded(headers.get("forwarded", ""))
    proto = forwarded.get("proto") or _first(headers, "x-forwarded-proto") or scheme
    proto = _as_http(proto) or _as_http(scheme) or "http"
    named = (forwarded.get("host"), _first(headers, "x-forwarded-host"), headers.get("host"))
    host = next((one for one in named if one and _HOST.fullmatch(one)), local_host)
    port = _first(headers, "x-forwarded-port")
    if _PORT.fullmatch(port) and not _HAS_PORT.search(host):
        host = f"{host}:{port}"
    prefix = _first(headers, "x-forwarded-prefix")
    return PublicAddress(
        proto,
        host.removesuffix(f":{_DEFAULT_PORTS[proto]}"),
        prefix.rstrip("/") if _PREFIX.fullmatch(prefix) else "",
    )


def _as_http(scheme: str) -> str | None:
    """Some proxies say wss of what is a WebSocket's handshake."""
    plain = {"ws": "http", "wss": "https"}.get(scheme.lower(), scheme.lower())
    return plain if plain in _DEFAULT_PORTS else None


def _first(headers: Mapping[str, str], name: str) -> str:
    return headers.get(name, "").split(",")[0].strip()


def _forwarded(header: str) -> dict[str, str]:
    """The first element's parameters; values in quotes hold no comma where a host is meant."""
    pairs = map(_PAIR.fullmatch, header.split(",")[0].split(";"))
    return {pair[1].lower(): pair[2] or pair[3] or "" for pair in pairs if pair is not None}
