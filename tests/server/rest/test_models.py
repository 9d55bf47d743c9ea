"""Models over HTTP."""

from __future__ import annotations

from typing import Any


async def test_models_tell_the_limit_of_the_settings(open_rest: Any) -> None:
    async with open_rest(max_pending_characters=777) as rest:
        models = (await rest.client.get("/v1/models?unknown=1")).json()
    assert isinstance(models, list)
    assert {model["maximum_text_length_per_request"] for model in models} == {777}
    assert all(model["languages"][0]["language_id"] == "en" for model in models)


async def test_models_need_the_permission_to_read_them(open_rest: Any) -> None:
    async with open_rest(api_keys=("secret",)) as rest:
        key, _ = await rest.house.store.keys.create("k", scopes=("voices_read",))
        reply = await rest.client.get("/v1/models", headers={"xi-api-key": key})
    assert reply.status_code == 403
