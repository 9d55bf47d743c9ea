"""The methods of a path that has several, each with a handler of its own."""

from __future__ import annotations

from litestar import Response, route
from litestar.enums import HttpMethod
from litestar.handlers import HTTPRouteHandler


def options_of(path: str, *methods: str) -> HTTPRouteHandler:
    """A handler that tells them; Litestar's own tells those of the handler it meets first.

    It goes before the others of its path, or Litestar makes one.
    """
    allow = ", ".join(sorted({*methods, "OPTIONS"}))

    @route(path, http_method=HttpMethod.OPTIONS, include_in_schema=False, sync_to_thread=False)
    def tell_methods() -> Response[None]:
        return Response(None, status_code=204, headers={"allow": allow})

    return tell_methods
