"""Agents in a database."""

from __future__ import annotations

import asyncio
import re

import pytest

from tests.store.conftest import Clock
from vivavoce.engines.minds.rules import match
from vivavoce.errors import AgentNotFound, InvalidParameter
from vivavoce.store.agents import DEFAULT_AGENT, Agents, StoredAgent
from vivavoce.store.store import Store, open_store
from vivavoce.wire.agent_config import read_agent_config


@pytest.fixture
def agents(store: Store) -> Agents:
    return store.agents


async def listed_names(agents: Agents, page_size: int = 2, **asked: object) -> list[str]:
    """All pages, one after the other."""
    names: list[str] = []
    cursor: str | None = None
    while True:
        page, cursor = await agents.list(cursor, page_size, **asked)  # type: ignore[arg-type]
        assert len(page) <= page_size
        names += [agent.name for agent in page]
        if cursor is None:
            return names


async def made_in_turn(agents: Agents, clock: Clock, *names: str) -> None:
    for name in names:
        clock.now += 1
        await agents.create(name, {})


async def test_an_agent_is_found_as_it_was_made(agents: Agents, clock: Clock) -> None:
    made = await agents.create(
        "Ann",
        {"agent": {"prompt": {"prompt": "Be brief.", "temperature": 0.0, "llm": None}}, "new": [1]},
        {"auth": {"enable_auth": True}},
        {"nodes": {}},
        ("a", "b"),
        {"later_key": {"x": 2**70}},
    )
    assert re.fullmatch(r"agent_[a-z2-7]{26}", made.agent_id)
    assert made.created_at == made.updated_at == clock.now
    assert await agents.get(made.agent_id) == made
    assert made.conversation_config["new"] == [1]
    assert made.extra == {"later_key": {"x": 2**70}}


async def test_texts_that_a_database_refuses_are_kept_but_for_what_it_refuses(
    agents: Agents,
) -> None:
    made = await agents.create("a\0b\ud800", {"a\udc00": ["\0", "\udfff"]}, tags=("\ud800",))
    assert made.name == "a\ufffdb\ufffd"
    assert made.conversation_config == {"a\ufffd": ["\ufffd", "\ufffd"]}
    assert (await agents.update(made.agent_id, {"x": "\0"})).extra == {"x": "\0"}


async def test_a_change_is_merged_into_objects_and_replaces_all_else(
    agents: Agents, clock: Clock
) -> None:
    made = await agents.create(
        "Ann", {"agent": {"language": "en", "list": [1, 2]}, "tts": {"speed": 1}}, extra={"x": {}}
    )
    clock.now += 60
    changed = await agents.update(
        made.agent_id,
        {
            "name": "Bea",
            "conversation_config": {"agent": {"list": [3], "first_message": None}, "tts": None},
            "tags": ["new"],
            "x": {"y": 1},
        },
    )
    assert changed == await agents.get(made.agent_id)
    assert (changed.name, changed.tags, changed.extra) == ("Bea", ("new",), {"x": {"y": 1}})
    assert changed.conversation_config == {
        "agent": {"language": "en", "list": [3], "first_message": None},
        "tts": None,
    }
    assert (changed.created_at, changed.updated_at) == (made.created_at, clock.now)


async def test_null_takes_away_nothing_but_a_workflow(agents: Agents) -> None:
    made = await agents.create("Ann", {"a": 1}, {"b": 2}, {"c": 3}, ("d",))
    nothing = dict.fromkeys(("name", "conversation_config", "platform_settings", "tags"))
    changed = await agents.update(made.agent_id, {**nothing, "workflow": None})
    assert (changed.name, changed.conversation_config) == ("Ann", {"a": 1})
    assert (changed.platform_settings, changed.tags) == ({"b": 2}, ("d",))
    assert changed.workflow is None


@pytest.mark.parametrize(
    ("key", "value"),
    [("name", 1), ("conversation_config", "x"), ("workflow", [1]), ("tags", "x"), ("tags", [1])],
)
async def test_a_value_of_the_wrong_kind_is_refused_by_name(
    agents: Agents, key: str, value: object
) -> None:
    made = await agents.create("Ann", {"a": 1})
    with pytest.raises(InvalidParameter, match=key):
        await agents.update(made.agent_id, {"name": "Bea", key: value})
    assert await agents.get(made.agent_id) == made


async def test_changes_at_the_same_time_are_all_kept(database: str) -> None:
    async with open_store(database) as one, open_store(database) as another:
        made = await one.agents.create("Ann", {})
        await asyncio.gather(
            *(
                agents.update(made.agent_id, {"conversation_config": {f"{name}{n}": n}})
                for n in range(5)
                for name, agents in (("a", one.agents), ("b", another.agents))
            )
        )
        kept = (await one.agents.get(made.agent_id)).conversation_config
    assert kept == {f"{name}{n}": n for n in range(5) for name in "ab"}


@pytest.mark.parametrize("unknown", ["nobody", "", "a\0b", "\ud800", "x" * 300])
async def test_unknown_ids_are_not_found_whatever_they_look_like(
    agents: Agents, unknown: str
) -> None:
    with pytest.raises(AgentNotFound):
        await agents.get(unknown)
    with pytest.raises(AgentNotFound):
        await agents.update(unknown, {})
    with pytest.raises(AgentNotFound):
        await agents.delete(unknown)
    with pytest.raises(AgentNotFound):
        await agents.duplicate(unknown)


async def test_a_duplicate_is_another_agent_with_the_same_settings(
    agents: Agents, clock: Clock
) -> None:
    made = await agents.create("Ann", {"a": 1}, extra={"b": 2})
    clock.now += 1
    same, named = await agents.duplicate(made.agent_id), await agents.duplicate(made.agent_id, "B")
    assert len({made.agent_id, same.agent_id, named.agent_id}) == 3
    assert (same.name, named.name) == ("Ann", "B")
    assert (same.conversation_config, same.extra) == ({"a": 1}, {"b": 2})
    assert same.created_at == same.updated_at == clock.now


async def test_a_deleted_agent_is_gone(agents: Agents) -> None:
    made = await agents.create("Ann", {})
    await agents.delete(made.agent_id)
    with pytest.raises(AgentNotFound):
        await agents.get(made.agent_id)
    assert await listed_names(agents) == [DEFAULT_AGENT.name]


class TestTheDefault:
    """The agent that every server has."""

    async def test_it_is_what_the_server_gives_until_somebody_changes_it(
        self, database: str, clock: Clock
    ) -> None:
        given = StoredAgent(agent_id="default", name="House", conversation_config={"a": {"b": 1}})
        async with open_store(database, clock=clock, default_agent=given) as store:
            assert await store.agents.get("default") == given
            changed = await store.agents.update("default", {"conversation_config": {"a": {"c": 2}}})
            assert changed.conversation_config == {"a": {"b": 1, "c": 2}}
            assert changed.name == "House"
        async with open_store(database, clock=clock) as store:
            assert await store.agents.get("default") == changed
            assert await listed_names(store.agents) == ["House"]

    async def test_deleting_it_brings_back_what_it_was(self, agents: Agents) -> None:
        await agents.update("default", {"name": "Ours"})
        await agents.delete("default")
        assert await agents.get("default") == DEFAULT_AGENT
        await agents.delete("default")

    async def test_processes_that_change_it_first_at_the_same_time_both_succeed(
        self, database: str
    ) -> None:
        async with open_store(database) as one, open_store(database) as another:
            await asyncio.gather(
                one.agents.update("default", {"x": 1}), another.agents.update("default", {"y": 2})
            )
            assert (await one.agents.get("default")).extra == {"x": 1, "y": 2}

    async def test_it_is_listed_once_wherever_it_belongs(
        self, agents: Agents, clock: Clock
    ) -> None:
        await made_in_turn(agents, clock, "A", "E")
        by_name = {"sort": "name", "descending": False}
        assert await listed_names(agents, 1, **by_name) == ["A", "Default agent", "E"]
        assert await listed_names(agents, 1) == ["E", "A", "Default agent"]
        assert await listed_names(agents, 1, descending=False) == ["Default agent", "A", "E"]
        clock.now += 1
        await agents.update("default", {})
        assert await listed_names(agents, 1, sort="updated_at") == ["Default agent", "E", "A"]

    async def test_it_is_listed_only_where_it_is_asked_for(self, agents: Agents) -> None:
        assert await listed_names(agents, search="fault") == ["Default agent"]
        assert await listed_names(agents, search="other") == []
        assert await listed_names(agents, tags=("x",)) == []


class TestPages:
    """The list, a page at a time."""

    @pytest.mark.parametrize("page_size", [1, 2, 3, 4, 5, 30])
    async def test_every_agent_is_on_one_page_in_the_order_asked_for(
        self, agents: Agents, clock: Clock, page_size: int
    ) -> None:
        await made_in_turn(agents, clock, "b", "Ä", "c", "B")
        default = DEFAULT_AGENT.name
        assert await listed_names(agents, page_size) == ["B", "c", "Ä", "b", default]
        by_name = await listed_names(agents, page_size, sort="name")
        assert by_name[:3] == ["Ä", default, "c"]
        assert sorted(by_name[3:]) == ["B", "b"]

    async def test_names_are_searched_for_whatever_their_case(
        self, agents: Agents, clock: Clock
    ) -> None:
        await made_in_turn(agents, clock, "Straße 1", "100% safe", "1000 safe", "a_b", "aXb")
        assert await listed_names(agents, search="STRASSE") == ["Straße 1"]
        assert await listed_names(agents, search="100%") == ["100% safe"]
        assert await listed_names(agents, search="A_B") == ["a_b"]

    async def test_tags_are_found_exactly_as_they_are(self, agents: Agents) -> None:
        for name, tags in (("one", ("vip", "x")), ("two", ("VIP", 'a"vip"b')), ("three", ("y",))):
            await agents.create(name, {}, tags=tags)
        assert await listed_names(agents, tags=("vip",)) == ["one"]
        assert sorted(await listed_names(agents, tags=("vip", "y"))) == ["one", "three"]
        assert await listed_names(agents, tags=('a"vip"b',)) == ["two"]

    async def test_a_cursor_of_another_list_or_of_none_is_refused(self, agents: Agents) -> None:
        await agents.create("Ann", {})
        _, cursor = await agents.list(page_size=1)
        assert cursor is not None
        for bad in ("nonsense", "é", "W10=", cursor[:-8]):
            with pytest.raises(InvalidParameter, match="cursor"):
                await agents.list(bad)
        with pytest.raises(InvalidParameter, match="cursor"):
            await agents.list(cursor, sort="name")
        with pytest.raises(InvalidParameter, match="cursor"):
            await agents.list(cursor, descending=False)


@pytest.mark.parametrize(
    ("said", "tool"),
    [
        ("Good-bye.", "end_call"),
        ("Good-by,", "end_call"),
        ("Thank you and goodbye!", "end_call"),
        ("Okay, bye bye.", "end_call"),
        ("Stand by.", None),
        ("How do you say goodbye in French?", None),
    ],
)
def test_the_default_agent_hangs_up_however_our_ears_spell_goodbye(
    said: str, tool: str | None
) -> None:
    matched = match(read_agent_config(DEFAULT_AGENT.conversation_config).rules, said)
    assert (None if matched is None else matched.tool) == tool


def test_the_default_agent_asks_whether_the_caller_is_still_there() -> None:
    matched = match(read_agent_config(DEFAULT_AGENT.conversation_config).rules, "...")
    assert matched is not None
    assert matched.says == ("Are you still there?", "I am here if you need me.")
