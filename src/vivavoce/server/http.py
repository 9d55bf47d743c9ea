"""What is answered over plain HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import msgspec
from litestar import Litestar, Response, get

Status = Literal["ok", "starting", "draining"]


class Health(msgspec.Struct, frozen=True):
    """Whether new work may be sent here, and how many connections there are."""

    status: Status
    connections: int


def http_app(health: Callable[[], Health]) -> Litestar:
    """The REST side of the server."""

    @get("/healthz", sync_to_thread=False)
    def healthz() -> Response[Health]:
        """200 when this server can speak and takes new work, 503 when it cannot or will not."""
        now = health()
        return Response(now, status_code=200 if now.status == "ok" else 503)

    return Litestar(route_handlers=[healthz], openapi_config=None, logging_config=None)
