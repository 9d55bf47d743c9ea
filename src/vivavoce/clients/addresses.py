"""Where a server's sockets are."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from vivavoce.errors import InvalidParameter

_USUAL: Final = "http://127.0.0.1:8000"
_SCHEMES: Final = {"http": "ws", "https": "wss", "ws": "ws", "wss": "wss"}


def socket_url(base: str | None, path: str, query: Mapping[str, object]) -> str:
    """The WebSocket at `path` of the server at `base`.

    None for `base` means the environment's `VIVAVOCE_URL`, else this machine. Values of `query`
    that are None are left out. Raises InvalidParameter for what is no address.
    """
    parts = urlsplit(base or os.environ.get("VIVAVOCE_URL") or _USUAL)
    if parts.scheme not in _SCHEMES or not parts.netloc:
        raise InvalidParameter("url must begin with http://, https://, ws:// or wss://.", "url")
    asked = {name: _as_text(value) for name, value in query.items() if value is not None}
    place = parts.path.rstrip("/") + quote(path)
    return urlunsplit((_SCHEMES[parts.scheme], parts.netloc, place, urlencode(asked), ""))


def with_query(url: str, query: Mapping[str, object]) -> str:
    """`url` with more in its query; what is there already stays."""
    parts = urlsplit(url)
    if parts.scheme not in ("ws", "wss") or not parts.netloc:
        raise InvalidParameter("signed_url must begin with ws:// or wss://.", "signed_url")
    present = parse_qsl(parts.query, keep_blank_values=True)
    added = [(name, _as_text(value)) for name, value in query.items() if value is not None]
    return urlunsplit(parts._replace(query=urlencode([*present, *added])))


def _as_text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
