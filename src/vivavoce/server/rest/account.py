"""What a key may use, and what it has used."""

from __future__ import annotations

from typing import Annotated

from litestar import get
from litestar.params import FromQuery, QueryParameter

from vivavoce.server.known_caller import KnownCaller
from vivavoce.server.rest.access import TheCaller, TheHouse, admits
from vivavoce.server.rest.catalogue import installed_voices
from vivavoce.server.rest.errors import error_responses
from vivavoce.wire.account import UNLIMITED, CharacterStats, Subscription, User, usage_query

_WORKSPACE = "vivavoce"
_TIME = "Seconds or milliseconds since 1970."


@get("/v1/user", guards=[admits("user_read")], responses=error_responses(), tags=["account"])
async def get_user(caller: TheCaller) -> User:
    """Whose key was shown; a server without keys knows one user, who is anyone."""
    return User(
        user_id=caller.key_id or caller.name,
        workspace_id=_WORKSPACE,
        subscription=_subscription(caller),
        first_name=caller.name,
    )


@get(
    "/v1/user/subscription",
    guards=[admits("user_read")],
    responses=error_responses(),
    tags=["account"],
)
async def get_subscription(caller: TheCaller) -> Subscription:
    """Characters that the key has used this calendar month, UTC, and how many it may."""
    return _subscription(caller)


@get(
    "/v1/usage/character-stats",
    guards=[admits("user_read")],
    responses=error_responses(),
    tags=["account"],
)
async def get_character_stats(
    house: TheHouse,
    caller: TheCaller,
    start_unix: Annotated[int, QueryParameter(description=_TIME)],
    end_unix: Annotated[int, QueryParameter(description=_TIME)],
    include_workspace_metrics: FromQuery[bool] = False,
    breakdown_type: FromQuery[str | None] = None,
    aggregation_interval: FromQuery[str | None] = None,
    aggregation_bucket_size: FromQuery[int | None] = None,
    metric: FromQuery[str | None] = None,
) -> CharacterStats:
    """Characters spoken for the key over time, or for all keys together."""
    query = usage_query(
        start_unix,
        end_unix,
        interval=aggregation_interval,
        bucket_seconds=aggregation_bucket_size,
        breakdown=breakdown_type,
        metric=metric,
    )
    if include_workspace_metrics:
        caller.require("workspace_analytics_full_read")
    totals = await house.store.usage.totals(
        query.start_unix,
        query.end_unix,
        query.interval,
        key_id=None if include_workspace_metrics else caller.key_id,
    )
    return CharacterStats(
        time=tuple(start for start, _ in totals),
        usage={"All": tuple(characters for _, characters in totals)},
    )


ACCOUNT_ROUTES = (get_user, get_subscription, get_character_stats)


def _subscription(caller: KnownCaller) -> Subscription:
    limit = caller.characters_limit
    return Subscription(
        character_count=caller.characters_used,
        character_limit=UNLIMITED if limit is None else limit,
        next_character_count_reset_unix=caller.resets_at,
        voice_limit=len(installed_voices()),
    )
