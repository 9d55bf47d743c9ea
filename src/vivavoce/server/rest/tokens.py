"""Tokens for pages in a browser, which must not see a key."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import cast

from litestar import post
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath

from vivavoce.errors import InvalidParameter
from vivavoce.server.rest.access import AnyConnection, TheCaller, TheHouse, admits
from vivavoce.server.rest.errors import error_responses
from vivavoce.wire.account import SingleUseToken

TOKEN_PERMISSIONS = {
    "tts_websocket": "text_to_speech",
    "realtime_scribe": "speech_to_text",
    "batch_scribe": "speech_to_text",
}
"""Every kind of token, and what a key must be for to make one: no door that it does not open."""


async def admits_to_its_kind(connection: AnyConnection, handler: BaseRouteHandler) -> None:
    """A guard that asks for the permission which the token will stand for."""
    permission = TOKEN_PERMISSIONS.get(connection.path_params["token_type"])
    if permission is None:
        raise InvalidParameter(
            f"The token type must be one of {', '.join(TOKEN_PERMISSIONS)}.", param="token_type"
        )
    await cast(Awaitable[None], admits(permission)(connection, handler))


@post(
    "/v1/single-use-token/{token_type:str}",
    guards=[admits_to_its_kind],
    status_code=200,
    responses=error_responses(),
    tags=["tokens"],
)
async def create_token(
    house: TheHouse, caller: TheCaller, token_type: FromPath[str]
) -> SingleUseToken:
    """A token that stands for the key for 15 minutes, at the doors of its type."""
    return SingleUseToken(await house.store.tokens.issue(token_type, caller.key_id))


TOKEN_ROUTES = (create_token,)
