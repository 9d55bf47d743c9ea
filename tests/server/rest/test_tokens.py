"""Single-use tokens over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from vivavoce.errors import InvalidApiKey
from vivavoce.server.rest.tokens import TOKEN_PERMISSIONS

_PATH = "/v1/single-use-token"


@pytest.mark.parametrize("kind", TOKEN_PERMISSIONS)
async def test_a_token_stands_for_the_key_at_the_doors_of_its_kind(
    open_rest: Any, kind: str
) -> None:
    async with open_rest(api_keys=("secret",)) as rest:
        reply = await rest.client.post(f"{_PATH}/{kind}", headers={"xi-api-key": "secret"})
        assert reply.status_code == 200
        token = reply.json()["token"]
        owner = await rest.house.gate.admit(["secret"])
        assert await rest.house.gate.admit([token], token_kind=kind) is owner
        for other in {None, *TOKEN_PERMISSIONS} - {kind}:
            with pytest.raises(InvalidApiKey):
                await rest.house.gate.admit([token], token_kind=other)


async def test_a_key_makes_no_token_for_what_it_is_not_for_itself(open_rest: Any) -> None:
    async with open_rest(api_keys=("secret",)) as rest:
        key, _ = await rest.house.store.keys.create("k", scopes=("text_to_speech",))
        made = {
            kind: (
                await rest.client.post(f"{_PATH}/{kind}", headers={"xi-api-key": key})
            ).status_code
            for kind in TOKEN_PERMISSIONS
        }
    assert made == {"tts_websocket": 200, "realtime_scribe": 403, "batch_scribe": 403}


async def test_a_token_does_not_make_another(open_rest: Any) -> None:
    async with open_rest(api_keys=("secret",)) as rest:
        path = f"{_PATH}/tts_websocket"
        reply = await rest.client.post(path, headers={"xi-api-key": "secret"})
        again = await rest.client.post(path, headers={"xi-api-key": reply.json()["token"]})
    assert again.status_code == 401


async def test_an_unknown_kind_of_token_is_refused_with_those_there_are(rest: Any) -> None:
    reply = await rest.client.post(f"{_PATH}/convai")
    assert reply.status_code == 400
    assert "tts_websocket" in reply.json()["detail"]["message"]
