"""The page at `/`: built from `web/`, kept in `vivavoce/web`, served without any other server."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from importlib.resources import files
from types import MappingProxyType

from litestar import Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from vivavoce.server.rest.request import AnyRequest

_HTML = "text/html"
_BUILT = files("vivavoce") / "web"
_INDEX = "index.html"
_ASSETS = "assets"
_MEDIA_TYPES = MappingProxyType(
    {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
)

# A year, the longest that caches are asked for: what changes gets another name.
_FOR_EVER = "public, max-age=31536000, immutable"

# Worklets are scripts. `'self'` of connect-src covers WebSockets of the same host and port.
_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "worker-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)

_GUARDED = MappingProxyType(
    {
        "content-security-policy": _POLICY,
        "permissions-policy": "microphone=(self), camera=(), geolocation=()",
        "cross-origin-opener-policy": "same-origin",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
    }
)


@get("/", include_in_schema=False, sync_to_thread=False)
def page(request: AnyRequest) -> Response[bytes | None]:
    """The page for browsers; for whoever does not ask for HTML there is nothing here."""
    if not _wants_html(request.headers.get("accept", "")):
        raise NotFoundException
    body, tag = _index()
    headers = {**_GUARDED, "cache-control": "no-cache", "etag": tag, "vary": "accept"}
    if request.headers.get("if-none-match") == tag:
        return Response(None, status_code=304, headers=headers)
    return Response(body, media_type=_HTML, headers=headers)


@get("/assets/{name:str}", include_in_schema=False, sync_to_thread=False)
def page_asset(name: FromPath[str]) -> Response[bytes]:
    """One of the page's files; its name has the hash of what is in it."""
    body = _assets().get(name)
    if body is None:
        raise NotFoundException
    headers = {"cache-control": _FOR_EVER, "x-content-type-options": "nosniff"}
    return Response(body, media_type=_MEDIA_TYPES[name.rpartition(".")[2]], headers=headers)


PAGE_ROUTES = (page, page_asset)


def _wants_html(accept: str) -> bool:
    """Browsers name it; curl and the like take anything, which is not to be taken for a wish."""
    kinds = (part.partition(";") for part in accept.lower().split(","))
    return any(
        kind.strip() == _HTML and "q=0" not in weight.replace(" ", "").split(";")
        for kind, _, weight in kinds
    )


@cache
def _index() -> tuple[bytes, str]:
    body = (_BUILT / _INDEX).read_bytes()
    return body, f'"{sha256(body).hexdigest()[:32]}"'


@cache
def _assets() -> dict[str, bytes]:
    return {one.name: one.read_bytes() for one in (_BUILT / _ASSETS).iterdir()}
