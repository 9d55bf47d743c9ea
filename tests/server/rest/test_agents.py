"""Agents over REST."""

from __future__ import annotations

from typing import Any

import pytest

from vivavoce.wire.agent_config import DEFAULT_CONVERSATION_CONFIG

AGENTS = "/v1/convai/agents"
CONFIG = {
    "agent": {"first_message": "Hi.", "prompt": {"prompt": "Be kind.", "invented": [1, None]}},
    "tts": {"voice_id": "Claudio"},
    "of_tomorrow": {"a": {"b": [{"c": None}]}},
}


async def made(rest: Any, **body: object) -> str:
    reply = await rest.client.post(f"{AGENTS}/create", json={"conversation_config": CONFIG} | body)
    assert reply.status_code == 200, reply.text
    agent_id: str = reply.json()["agent_id"]
    return agent_id


async def shown(rest: Any, agent_id: str) -> Any:
    reply = await rest.client.get(f"{AGENTS}/{agent_id}")
    assert reply.status_code == 200, reply.text
    return reply.json()


async def test_an_agent_is_shown_as_it_was_sent_with_the_usual_for_the_rest(rest: Any) -> None:
    settings = {"auth": {"enable_auth": True}, "of_tomorrow": 1}
    workflow = {"nodes": {"n": {"type": "start"}}, "edges": {}}
    agent_id = await made(
        rest,
        name=" Ann ",
        tags=["a", "b", "a"],
        platform_settings=settings,
        workflow=workflow,
        of_tomorrow={"x": None},
    )
    agent = await shown(rest, agent_id)
    assert agent["agent_id"] == agent_id
    assert agent["name"] == "Ann"
    assert agent["tags"] == ["a", "b"]
    assert agent["platform_settings"] == settings
    assert agent["workflow"] == workflow
    assert agent["of_tomorrow"] == {"x": None}
    config = agent["conversation_config"]
    assert config["of_tomorrow"] == CONFIG["of_tomorrow"]
    assert config["agent"]["prompt"]["invented"] == [1, None]
    assert config["agent"]["first_message"] == "Hi."
    assert config["tts"]["voice_id"] == "Claudio"
    assert config["turn"] == DEFAULT_CONVERSATION_CONFIG["turn"]
    assert config["agent"]["language"] == "en"
    assert agent["phone_numbers"] == []
    assert agent["access_info"]["role"] == "admin"


async def test_what_is_shown_can_be_sent_back_and_changes_nothing(rest: Any) -> None:
    agent_id = await made(rest, of_tomorrow=1)
    before = await shown(rest, agent_id)
    reply = await rest.client.patch(f"{AGENTS}/{agent_id}", json=before)
    assert reply.status_code == 200
    after = reply.json()
    assert after["metadata"].pop("updated_at_unix_secs")
    assert before["metadata"].pop("updated_at_unix_secs")
    assert after == before


async def test_what_nobody_said_about_keys_is_not_said_when_it_is_sent_back(rest: Any) -> None:
    agent_id = await made(rest)
    assert (await shown(rest, agent_id))["platform_settings"] == {}


async def test_a_change_leaves_alone_what_it_does_not_name(rest: Any) -> None:
    agent_id = await made(rest, name="Ann", tags=["a"], platform_settings={"x": {"y": 1}})
    change = {
        "conversation_config": {"agent": {"prompt": {"prompt": "Be brief."}}},
        "platform_settings": {"x": {"z": 2}},
        "name": "  Bea  ",
        "tags": None,
        "workflow": None,
    }
    agent = (await rest.client.patch(f"{AGENTS}/{agent_id}", json=change)).json()
    assert agent["name"] == "Bea"
    assert agent["tags"] == ["a"]
    assert agent["platform_settings"] == {"x": {"y": 1, "z": 2}}
    config = agent["conversation_config"]
    assert config["agent"]["prompt"]["prompt"] == "Be brief."
    assert config["agent"]["prompt"]["invented"] == [1, None]
    assert config["agent"]["first_message"] == "Hi."
    assert agent == await shown(rest, agent_id)


async def test_an_agents_id_and_times_cannot_be_chosen(rest: Any) -> None:
    agent_id = await made(rest, agent_id="mine", metadata={"created_at_unix_secs": 1})
    assert agent_id != "mine"
    change = {"agent_id": "mine", "metadata": {"created_at_unix_secs": 1}, "version_id": "v"}
    agent = (await rest.client.patch(f"{AGENTS}/{agent_id}", json=change)).json()
    assert agent["agent_id"] == agent_id
    assert agent["metadata"]["created_at_unix_secs"] > 1
    assert agent["version_id"] is None


async def test_an_agent_without_a_name_has_one(rest: Any) -> None:
    agent_id = await made(rest, name=None, tags=None, platform_settings=None, workflow=None)
    agent = await shown(rest, agent_id)
    assert agent["name"] == "New Agent"
    assert agent["tags"] == []


async def test_a_deleted_agent_is_gone(rest: Any) -> None:
    agent_id = await made(rest)
    gone = await rest.client.delete(f"{AGENTS}/{agent_id}")
    assert (gone.status_code, gone.json()) == (200, {})
    for method, path in (
        ("get", ""),
        ("delete", ""),
        ("get", "/link"),
        ("get", "/widget"),
    ):
        again = await rest.client.request(method, f"{AGENTS}/{agent_id}{path}")
        assert again.status_code == 404
        assert again.json()["detail"]["status"] == "agent_not_found"
    for method, path in (("patch", ""), ("post", "/duplicate")):
        again = await rest.client.request(method, f"{AGENTS}/{agent_id}{path}", json={})
        assert again.status_code == 404


@pytest.mark.parametrize("body", [{"name": "Bea"}, {}, {"name": None}, None])
async def test_a_duplicate_is_like_the_first_in_all_but_its_id(rest: Any, body: Any) -> None:
    agent_id = await made(rest, name="Ann", of_tomorrow=1)
    path = f"{AGENTS}/{agent_id}/duplicate"
    reply = await (rest.client.post(path) if body is None else rest.client.post(path, json=body))
    assert reply.status_code == 200, reply.text
    copy = await shown(rest, reply.json()["agent_id"])
    original = await shown(rest, agent_id)
    assert copy["agent_id"] != agent_id
    assert copy["name"] == ("Bea" if body and body["name"] else "Ann")
    for key in ("conversation_config", "platform_settings", "workflow", "tags", "of_tomorrow"):
        assert copy[key] == original[key]


async def test_agents_are_listed_in_pages(rest: Any) -> None:
    ids = {await made(rest, name=f"Agent {number}", tags=["t"]) for number in range(5)}
    found: list[str] = []
    cursor: str | None = None
    for size in (2, 2, 1):
        query = {"page_size": 2, "tags": "t"} | ({"cursor": cursor} if cursor else {})
        page = (await rest.client.get(AGENTS, params=query)).json()
        assert len(page["agents"]) == size
        found += [agent["agent_id"] for agent in page["agents"]]
        cursor = page["next_cursor"]
        assert page["has_more"] is (cursor is not None)
    assert cursor is None
    assert set(found) == ids


async def test_agents_are_found_by_name_and_sorted(rest: Any) -> None:
    for name in ("Bea", "Ann", "Bob"):
        await made(rest, name=name)
    query = {"search": "b", "sort_by": "name"}
    page = (await rest.client.get(AGENTS, params=query)).json()
    assert [agent["name"] for agent in page["agents"]] == ["Bea", "Bob"]
    [bea, _] = page["agents"]
    assert bea["voice_id"] == "Claudio"
    assert bea["last_call_time_unix_secs"] is None
    assert bea["archived"] is False
    query["sort_direction"] = "desc"
    page = (await rest.client.get(AGENTS, params=query)).json()
    assert [agent["name"] for agent in page["agents"]] == ["Bob", "Bea"]


@pytest.mark.parametrize(
    ("query", "param"),
    [
        ({"sort_by": "size"}, "sort_by"),
        ({"sort_direction": "up"}, "sort_direction"),
        ({"cursor": "x"}, "cursor"),
    ],
)
async def test_a_list_that_cannot_be_is_refused(rest: Any, query: Any, param: str) -> None:
    reply = await rest.client.get(AGENTS, params=query)
    assert reply.status_code == 400
    assert reply.json()["detail"]["param"] == param


@pytest.mark.parametrize("size", [0, 101])
async def test_a_page_has_one_to_a_hundred_agents(rest: Any, size: int) -> None:
    assert (await rest.client.get(AGENTS, params={"page_size": size})).status_code == 422


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"conversation_config": None},
        {"conversation_config": []},
        {"conversation_config": {}, "platform_settings": 1},
        {"conversation_config": {}, "name": 1},
        {"conversation_config": {}, "tags": [1]},
        {"conversation_config": {}, "workflow": "w"},
    ],
)
async def test_an_agent_of_a_wrong_shape_is_refused(rest: Any, body: Any) -> None:
    reply = await rest.client.post(f"{AGENTS}/create", json=body)
    assert reply.status_code == 422
    assert reply.json()["detail"][0]["loc"][0] == "body"


@pytest.mark.parametrize(
    ("body", "param"), [({"name": "n" * 1_001}, "name"), ({"tags": ["t" * 1_001]}, "tags")]
)
async def test_names_and_tags_have_limits(rest: Any, body: Any, param: str) -> None:
    agent_id = await made(rest)
    new = {"conversation_config": {}, **body}
    for reply in (
        await rest.client.post(f"{AGENTS}/create", json=new),
        await rest.client.patch(f"{AGENTS}/{agent_id}", json=body),
    ):
        assert reply.status_code == 400
        assert reply.json()["detail"]["param"] == param


async def test_reading_and_writing_need_keys_for_them(open_rest: Any) -> None:
    async with open_rest(api_keys=("secret",)) as rest:
        reader, _ = await rest.house.store.keys.create("r", scopes=("convai_read",))
        writer, _ = await rest.house.store.keys.create("w", scopes=("convai_write",))
        body = {"conversation_config": {}}
        path = f"{AGENTS}/create"
        statuses = [
            (await rest.client.post(path, json=body, headers={"xi-api-key": key})).status_code
            for key in ("", reader, writer)
        ]
        assert statuses == [401, 403, 200]
        statuses = [
            (await rest.client.get(AGENTS, headers={"xi-api-key": key})).status_code
            for key in ("", reader, writer)
        ]
        assert statuses == [401, 200, 403]


async def test_secrets_are_for_keys_that_may_change_the_agent(open_rest: Any) -> None:
    async with open_rest(api_keys=("secret",)) as rest:
        reader, _ = await rest.house.store.keys.create("r", scopes=("convai_read",))
        prompt = {"custom_llm": {"url": "https://llm.example/", "api_key": "hunter2"}}
        created = await rest.client.post(
            f"{AGENTS}/create",
            json={"conversation_config": {"agent": {"prompt": prompt}}},
            headers={"xi-api-key": "secret"},
        )
        path = f"{AGENTS}/{created.json()['agent_id']}"
        shown = {
            key: (await rest.client.get(path, headers={"xi-api-key": key})).json()
            for key in ("secret", reader)
        }
    custom = [one["conversation_config"]["agent"]["prompt"]["custom_llm"] for one in shown.values()]
    assert [one["api_key"] for one in custom] == ["hunter2", "[hidden]"]
    assert custom[1]["url"] == "https://llm.example/"


async def test_there_is_no_link_to_share(rest: Any) -> None:
    agent_id = await made(rest)
    reply = await rest.client.get(f"{AGENTS}/{agent_id}/link")
    assert reply.json() == {"agent_id": agent_id, "token": None}


@pytest.mark.parametrize("rule", [{"when": "(", "say": "Hm."}, {"when": "(a+)+$", "say": "Hm."}])
async def test_rules_that_could_never_match_are_refused_by_name(rest: Any, rule: Any) -> None:
    config = {"agent": {"prompt": {"rules": [rule]}}}
    reply = await rest.client.post(f"{AGENTS}/create", json={"conversation_config": config})
    assert reply.status_code == 400
    detail = reply.json()["detail"]
    assert detail["param"] == "conversation_config.agent.prompt.rules"
    agent_id = await made(rest)
    reply = await rest.client.patch(f"{AGENTS}/{agent_id}", json={"conversation_config": config})
    assert reply.status_code == 400
