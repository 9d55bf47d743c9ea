"""Signed URLs, tokens and widgets over REST."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from vivavoce.core.limits import Limits
from vivavoce.server.call_access import Visitor, admit_caller
from vivavoce.wire.agent_auth import AgentAuth

CALL = "/v1/convai/conversation"
PRIVATE = AgentAuth(enable_auth=True)
KEY = {"xi-api-key": "sesame"}


async def agent_of(rest: Any, **auth: object) -> str:
    settings = {"auth": auth} if auth else {}
    config = {
        "agent": {"first_message": "Hi.", "language": "it"},
        "language_presets": {"de": {"overrides": {"agent": {"first_message": "Hallo."}}}},
    }
    agent = await rest.house.store.agents.create("Ann", config, settings)
    agent_id: str = agent.agent_id
    return agent_id


async def url_for(rest: Any, spelling: str = "get-signed-url", **more: Any) -> str:
    query = {"agent_id": more.pop("agent_id"), **more.pop("query", {})}
    reply = await rest.client.get(f"{CALL}/{spelling}", params=query, headers=KEY | more)
    assert reply.status_code == 200, reply.text
    assert list(reply.json()) == ["signed_url"]
    assert reply.headers["cache-control"] == "no-store"
    url: str = reply.json()["signed_url"]
    return url


@pytest.mark.parametrize("spelling", ["get-signed-url", "get_signed_url"])
async def test_a_signed_url_lets_its_bearer_call_the_agent(open_rest: Any, spelling: str) -> None:
    async with open_rest(api_keys=("sesame",)) as rest:
        agent_id = await agent_of(rest, enable_auth=True)
        parts = urlsplit(await url_for(rest, spelling, agent_id=agent_id))
        assert (parts.scheme, parts.netloc, parts.path) == ("ws", "test", CALL)
        query = dict(parse_qsl(parts.query))
        assert list(query) == ["agent_id", "conversation_signature"]
        assert query["agent_id"] == agent_id
        # As JavaScript's client adds it.
        visitor = Visitor.from_handshake({}, query | {"source": "js_sdk"}, ("convai",))
        admission = await admit_caller(rest.house, visitor, agent_id, PRIVATE)
        assert admission.caller is await rest.house.gate.admit(["sesame"])


@pytest.mark.parametrize(
    ("headers", "base"),
    [
        ({}, "ws://test"),
        ({"host": "voice.example:8443"}, "ws://voice.example:8443"),
        (
            {"x-forwarded-proto": "https", "x-forwarded-host": "voice.example"},
            "wss://voice.example",
        ),
        (
            {"x-forwarded-proto": "https", "x-forwarded-port": "8443", "host": "voice.example"},
            "wss://voice.example:8443",
        ),
        (
            {"forwarded": "proto=https;host=voice.example", "x-forwarded-prefix": "/voice"},
            "wss://voice.example/voice",
        ),
    ],
)
async def test_checklist_14_a_signed_url_leads_back_to_where_it_was_asked_for(
    open_rest: Any, headers: dict[str, str], base: str
) -> None:
    async with open_rest(api_keys=("sesame",)) as rest:
        agent_id = await agent_of(rest)
        url = await url_for(rest, agent_id=agent_id, **headers)
        assert url.startswith(f"{base}{CALL}?agent_id={agent_id}&conversation_signature=")


async def test_a_signed_url_with_a_conversations_id_is_for_that_one(open_rest: Any) -> None:
    async with open_rest(api_keys=("sesame",)) as rest:
        agent_id = await agent_of(rest)
        wanted = {"include_conversation_id": "true", "branch_id": "b", "environment": "staging"}
        url = await url_for(rest, agent_id=agent_id, query=wanted)
        query = dict(parse_qsl(urlsplit(url).query))
        assert query["conversation_id"].startswith("conv_")
        assert (query["branch_id"], query["environment"]) == ("b", "staging")
        visitor = Visitor.from_handshake({}, query)
        admission = await admit_caller(rest.house, visitor, agent_id, PRIVATE)
        assert admission.conversation_id == query["conversation_id"]


async def test_a_signed_url_needs_a_key_and_an_agent(open_rest: Any) -> None:
    async with open_rest(api_keys=("sesame",)) as rest:
        agent_id = await agent_of(rest, enable_auth=False)
        key, _ = await rest.house.store.keys.create("k", scopes=("convai_read",))
        path = f"{CALL}/get-signed-url"
        for headers, asked, status in (
            ({}, agent_id, 401),
            ({"xi-api-key": key}, agent_id, 403),
            (KEY, "agent_nobody", 404),
        ):
            reply = await rest.client.get(path, params={"agent_id": asked}, headers=headers)
            assert reply.status_code == status
        assert (await rest.client.get(path, headers=KEY)).status_code == 422


async def test_a_token_is_for_one_conversation(open_rest: Any) -> None:
    async with open_rest(api_keys=("sesame",)) as rest:
        agent_id = await agent_of(rest)
        query = {"agent_id": agent_id, "participant_name": "Ann"}
        reply = await rest.client.get(f"{CALL}/token", params=query, headers=KEY)
        told = reply.json()
        assert reply.headers["cache-control"] == "no-store"
        visitor = Visitor.from_handshake({}, {}, ("convai", f"bearer.{told['token']}"))
        admission = await admit_caller(rest.house, visitor, agent_id, PRIVATE)
        assert admission.conversation_id == told["conversation_id"]
        assert admission.caller is await rest.house.gate.admit(["sesame"])


async def test_a_page_without_a_key_has_a_token_for_a_public_agent_only(open_rest: Any) -> None:
    async with open_rest(api_keys=("sesame",)) as rest:
        statuses = []
        for auth in ({"enable_auth": False}, {}, {"enable_auth": True}):
            query = {"agent_id": await agent_of(rest, **auth), "source": "js_sdk"}
            statuses.append((await rest.client.get(f"{CALL}/token", params=query)).status_code)
        assert statuses == [200, 401, 401]
        query = {"agent_id": "agent_nobody"}
        assert (await rest.client.get(f"{CALL}/token", params=query)).status_code == 404


async def test_a_page_of_another_origin_has_no_token(rest: Any) -> None:
    agent_id = await agent_of(rest, allowlist=[{"hostname": "page.example"}])
    statuses = [
        (
            await rest.client.get(
                f"{CALL}/token", params={"agent_id": agent_id}, headers={"origin": origin}
            )
        ).status_code
        for origin in ("https://page.example", "https://other.example")
    ]
    assert statuses == [200, 403]


async def test_a_token_counts_as_a_request_of_its_key(open_rest: Any) -> None:
    async with open_rest(api_keys=("sesame",)) as rest:
        agent_id = await agent_of(rest)
        key, _ = await rest.house.store.keys.create("k", limits=Limits(requests_a_minute=1))
        headers = {"xi-api-key": key}
        path = f"{CALL}/token"
        statuses = [
            (
                await rest.client.get(path, params={"agent_id": agent_id}, headers=headers)
            ).status_code
            for _ in range(2)
        ]
        assert statuses == [200, 429]


async def test_an_id_that_nobody_has_is_the_default_agents_where_settings_say_so(
    open_rest: Any,
) -> None:
    async with open_rest(api_keys=("sesame",), unknown_agents="default") as rest:
        url = await url_for(rest, agent_id="agent_nobody")
        query = dict(parse_qsl(urlsplit(url).query))
        assert query["agent_id"] == "agent_nobody"
        visitor = Visitor.from_handshake({}, query)
        admission = await admit_caller(rest.house, visitor, "default", PRIVATE)
        assert admission.caller is await rest.house.gate.admit(["sesame"])


async def test_a_widget_knows_what_it_must_and_nothing_of_the_prompt(rest: Any) -> None:
    agent_id = await agent_of(rest)
    change = {
        "platform_settings": {"widget": {"variant": "compact", "avatar": {"color_1": "#000000"}}},
        "conversation_config": {"agent": {"prompt": {"prompt": "A secret."}}},
    }
    await rest.client.patch(f"/v1/convai/agents/{agent_id}", json=change)
    reply = await rest.client.get(f"/v1/convai/agents/{agent_id}/widget")
    assert reply.json()["agent_id"] == agent_id
    widget = reply.json()["widget_config"]
    assert widget["variant"] == "compact"
    assert widget["avatar"]["type"] == "orb"
    assert widget["avatar"]["color_1"] == "#000000"
    assert widget["language"] == "it"
    assert widget["first_message"] == "Hi."
    assert widget["supported_language_overrides"] == ["de"]
    assert widget["language_presets"] == {"de": {"first_message": "Hallo."}}
    assert (widget["text_only"], widget["use_rtc"]) == (False, False)
    assert "secret" not in reply.text


async def test_a_private_agents_widget_is_for_who_has_a_signed_url(open_rest: Any) -> None:
    async with open_rest(api_keys=("sesame",)) as rest:
        agent_id = await agent_of(rest, enable_auth=True)
        path = f"/v1/convai/agents/{agent_id}/widget"
        url = await url_for(rest, agent_id=agent_id)
        signature = dict(parse_qsl(urlsplit(url).query))["conversation_signature"]
        query = {"conversation_signature": signature}
        assert (await rest.client.get(path)).status_code == 401
        assert (await rest.client.get(path, params=query)).status_code == 200
        query = {"conversation_signature": signature[:-1]}
        assert (await rest.client.get(path, params=query)).status_code == 401
