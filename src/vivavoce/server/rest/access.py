"""Who asks, and whether they may."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, TypeAlias, cast

from litestar.connection import ASGIConnection
from litestar.di import NamedDependency
from litestar.handlers import BaseRouteHandler
from litestar.params import SkipValidation

from vivavoce.server.auth import Credentials
from vivavoce.server.house import House
from vivavoce.server.known_caller import KnownCaller

AnyConnection: TypeAlias = ASGIConnection[Any, Any, Any, Any]

CurrentHouse = Callable[[], House]
"""The running server. Raises ServerDraining while there is none."""

TheHouse: TypeAlias = NamedDependency[SkipValidation[House]]
"""The type of a handler's parameter `house`: the running server."""

TheCaller: TypeAlias = NamedDependency[SkipValidation[KnownCaller]]
"""The type of a handler's parameter `caller`: who asks. The handler needs a guard of `admits`."""

AsyncGuard: TypeAlias = Callable[[AnyConnection, BaseRouteHandler], Coroutine[Any, Any, None]]

HOUSE_KEY = "current_house"
"""Where the application's state keeps its `CurrentHouse`."""


def admits(permission: str, *, token_kind: str | None = None) -> AsyncGuard:
    """A guard that lets in whoever has a key for `permission`, and counts the request.

    A single-use token of `token_kind` opens it as well. Raises MissingApiKey, InvalidApiKey,
    NotAllowed, RateLimited or ServerDraining, before the body is read.
    """

    async def guard(connection: AnyConnection, _: BaseRouteHandler) -> None:
        caller = await house_of(connection).gate.admit(
            credentials(connection).candidates, token_kind=token_kind
        )
        caller.require(permission)
        caller.count_request()
        connection.scope["user"] = caller

    return guard


def credentials(connection: AnyConnection) -> Credentials:
    """Every key and token that a request shows, in its headers or its query."""
    return Credentials.from_handshake(
        connection.headers, dict(connection.query_params.multi_items())
    )


def house_of(request: AnyConnection) -> House:
    """The running server. Raises ServerDraining."""
    current_house: CurrentHouse = request.app.state[HOUSE_KEY]
    return current_house()


def caller_of(request: AnyConnection) -> KnownCaller:
    """Who asks, as a guard of `admits` found out."""
    return cast(KnownCaller, request.user)
