"""Voices over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from vivavoce.engines.voices.catalog import CATALOG, PREMADE


async def test_every_listed_voice_is_found_by_its_id_and_by_its_name(rest: Any) -> None:
    listed = (await rest.client.get("/v1/voices")).json()["voices"]
    for voice in listed:
        for identifier in (voice["voice_id"], voice["name"]):
            assert (await rest.client.get(f"/v1/voices/{identifier}")).json() == voice


async def test_every_premade_voice_is_answered_for(rest: Any) -> None:
    for voice in CATALOG:
        for name, voice_id in PREMADE[voice.name].items():
            for identifier in (name, voice_id):
                found = (await rest.client.get(f"/v1/voices/{identifier}")).json()
                assert found["voice_id"] == voice.voice_id
            search = (await rest.client.get(f"/v2/voices?search={name}")).json()["voices"]
            assert voice.voice_id in [one["voice_id"] for one in search]


async def test_a_voice_that_nobody_is_is_404_though_speech_would_fall_back(rest: Any) -> None:
    assert not rest.house.settings.strict_voices
    for path in ("/v1/voices/nobody", "/v1/voices/nobody/settings", "/v1/voices/%00"):
        reply = await rest.client.get(path)
        assert reply.status_code == 404
        assert reply.json()["detail"]["status"] == "voice_not_found"


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("page_size=0", 422),
        ("page_size=101", 422),
        ("page_size=many", 422),
        ("sort=size", 400),
        ("sort_direction=up", 400),
        ("next_page_token=nobody", 400),
        ("sort=created_at_unix&unknown=1&high_quality=true", 200),
    ],
)
async def test_a_search_refuses_what_it_cannot_do_and_ignores_what_it_does_not_know(
    rest: Any, query: str, status: int
) -> None:
    assert (await rest.client.get(f"/v2/voices?{query}")).status_code == status


async def test_voices_need_the_permission_to_read_them(open_rest: Any) -> None:
    async with open_rest(api_keys=("secret",)) as rest:
        key, _ = await rest.house.store.keys.create("k", scopes=("models_read",))
        for path in ("/v1/voices", "/v2/voices", "/v1/voices/Rachel", "/v1/voices/Rachel/settings"):
            assert (await rest.client.get(path, headers={"xi-api-key": key})).status_code == 403
            assert (await rest.client.get(path)).status_code == 401
