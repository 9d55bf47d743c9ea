"""What a key may use and has used, over HTTP."""

from __future__ import annotations

import time
from typing import Any

import pytest

from vivavoce.core.limits import Limits

_STATS = "/v1/usage/character-stats"


async def test_each_key_sees_its_own_account(open_rest: Any) -> None:
    async with open_rest(api_keys=("secret",)) as rest:
        limits = Limits(characters_a_month=500)
        key, stored = await rest.house.store.keys.create("ada", limits=limits)
        told = {}
        for shown in ("secret", key):
            (await rest.house.gate.admit([shown])).spend(len(shown))
            user = (await rest.client.get("/v1/user", headers={"xi-api-key": shown})).json()
            subscription = user["subscription"]
            told[user["user_id"]] = (
                user["first_name"],
                subscription["character_count"],
                subscription["character_limit"],
            )
    assert told == {
        "settings": ("settings", 6, 1_000_000_000),
        stored.key_id: ("ada", len(key), 500),
    }


async def test_counts_are_those_of_the_key_unless_all_are_asked_for(open_rest: Any) -> None:
    async with open_rest(api_keys=("secret",)) as rest:
        _, stored = await rest.house.store.keys.create("ada")
        hour = int(time.time()) // 3_600 * 3_600
        await rest.house.store.usage.add({("settings", hour): 5, (stored.key_id, hour): 7})
        query = {"start_unix": hour * 1000, "end_unix": hour * 1000}
        header = {"xi-api-key": "secret"}
        own = await rest.client.get(_STATS, params=query, headers=header)
        query["include_workspace_metrics"] = "true"
        all_keys = await rest.client.get(_STATS, params=query, headers=header)
    assert own.json()["usage"] == {"All": [5]}
    assert all_keys.json()["usage"] == {"All": [12]}


async def test_counts_of_all_keys_are_not_for_a_key_with_few_permissions(open_rest: Any) -> None:
    async with open_rest(api_keys=("secret",)) as rest:
        key, _ = await rest.house.store.keys.create("ada", scopes=("user_read",))
        header = {"xi-api-key": key}
        query = "start_unix=0&end_unix=1"
        own = await rest.client.get(f"{_STATS}?{query}", headers=header)
        query += "&include_workspace_metrics=true"
        all_keys = await rest.client.get(f"{_STATS}?{query}", headers=header)
    assert (own.status_code, all_keys.status_code) == (200, 403)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 422),
        ("start_unix=1.5&end_unix=2", 422),
        ("start_unix=5&end_unix=2", 400),
        ("start_unix=-5&end_unix=2", 400),
        ("start_unix=0&end_unix=99999999999999999999", 400),
        ("start_unix=0&end_unix=1700000000000&aggregation_interval=hour", 400),
        ("start_unix=0&end_unix=1&breakdown_type=voice", 400),
        ("start_unix=0&end_unix=1&unknown=1", 200),
    ],
)
async def test_a_span_that_cannot_be_counted_is_refused(rest: Any, query: str, status: int) -> None:
    reply = await rest.client.get(f"{_STATS}?{query}")
    assert reply.status_code == status


async def test_an_account_needs_the_permission_to_read_it(open_rest: Any) -> None:
    async with open_rest(api_keys=("secret",)) as rest:
        key, _ = await rest.house.store.keys.create("k", scopes=("voices_read",))
        for path in ("/v1/user", "/v1/user/subscription", f"{_STATS}?start_unix=0&end_unix=1"):
            assert (await rest.client.get(path, headers={"xi-api-key": key})).status_code == 403
