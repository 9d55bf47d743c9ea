"""The table of agents, and what is read out of it and written into it."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import msgspec
from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Row,
    Select,
    String,
    Table,
    func,
    literal,
    or_,
    select,
    tuple_,
)

from vivavoce.errors import AgentNotFound
from vivavoce.store.database import metadata
from vivavoce.store.pages import Place, read_cursor
from vivavoce.store.texts import json_text, possible_id, storable

AgentSort: TypeAlias = Literal["created_at", "updated_at", "name"]

agents = Table(
    "agents",
    metadata,
    Column("agent_id", String, primary_key=True),
    Column("name", String, nullable=False),
    # Databases fold case in different ways, and sort by different alphabets.
    Column(
        "folded_name", String().with_variant(String(collation="C"), "postgresql"), nullable=False
    ),
    Column("tags", String, nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    Column("updated_ms", BigInteger, nullable=False),
    Column("conversation_config", String, nullable=False),
    Column("platform_settings", String, nullable=False),
    Column("workflow", String, nullable=False),
    Column("extra", String, nullable=False),
)

_KEYS: dict[AgentSort, ColumnElement[Any]] = {
    "created_at": agents.c.created_ms,
    "updated_at": agents.c.updated_ms,
    "name": agents.c.folded_name,
}

_object = msgspec.json.Decoder(dict[str, object])
_workflow = msgspec.json.Decoder(dict[str, object] | None)
_tags = msgspec.json.Decoder(tuple[str, ...])


class StoredAgent(msgspec.Struct, frozen=True, kw_only=True):
    """An agent as it was sent; `extra` has the keys beside those named here.

    Times are seconds since 1970.
    """

    agent_id: str
    name: str
    conversation_config: dict[str, object] = {}
    platform_settings: dict[str, object] = {}
    workflow: dict[str, object] | None = None
    tags: tuple[str, ...] = ()
    created_at: float = 0.0
    updated_at: float = 0.0
    extra: dict[str, object] = {}


class AgentQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which agents are listed: with `search` in their names, and any of `tags` if there are any."""

    cursor: str | None = None
    page_size: int = 30
    search: str = ""
    tags: tuple[str, ...] = ()
    sort: AgentSort = "created_at"
    descending: bool = True

    @property
    def order(self) -> str:
        """What a cursor of this list says about it."""
        return f"agents {self.sort} {'down' if self.descending else 'up'}"

    def start(self) -> Place | None:
        """The place behind which the page begins. Raises InvalidParameter."""
        if not self.cursor:
            return None
        return read_cursor(self.cursor, self.order, str if self.sort == "name" else int)

    def place(self, agent: StoredAgent) -> Place:
        """Where the agent stands in the list."""
        if self.sort == "name":
            return Place(self.order, folded(agent.name), agent.agent_id)
        time = agent.created_at if self.sort == "created_at" else agent.updated_at
        return Place(self.order, round(time * 1000), agent.agent_id)

    def wants(self, agent: StoredAgent) -> bool:
        """Whether an agent that is in no table is in the list."""
        is_found = folded(self.search) in folded(agent.name)
        return is_found and (not self.tags or not set(self.tags).isdisjoint(agent.tags))


def folded(name: str) -> str:
    """The name as it is searched and sorted by."""
    return storable(name).casefold()


def of_id(agent_id: str) -> ColumnElement[bool]:
    """Which row it is: none for what can be nobody's id."""
    return agents.c.agent_id == possible_id(agent_id)


def not_found(agent_id: str) -> AgentNotFound:
    """The refusal of an id that nothing has."""
    return AgentNotFound(f"There is no agent {agent_id[:64]!r}.")


def to_row(agent: StoredAgent) -> dict[str, object]:
    """The agent as its table has it."""
    return {
        "agent_id": agent.agent_id,
        "name": storable(agent.name),
        "folded_name": folded(agent.name),
        "tags": json_text(agent.tags),
        "created_ms": round(agent.created_at * 1000),
        "updated_ms": round(agent.updated_at * 1000),
        "conversation_config": json_text(agent.conversation_config),
        "platform_settings": json_text(agent.platform_settings),
        "workflow": json_text(agent.workflow),
        "extra": json_text(agent.extra),
    }


def from_row(row: Row[Any]) -> StoredAgent:
    """The agent of a row."""
    return StoredAgent(
        agent_id=row.agent_id,
        name=row.name,
        conversation_config=_object.decode(row.conversation_config),
        platform_settings=_object.decode(row.platform_settings),
        workflow=_workflow.decode(row.workflow),
        tags=_tags.decode(row.tags),
        created_at=row.created_ms / 1000,
        updated_at=row.updated_ms / 1000,
        extra=_object.decode(row.extra),
    )


def listed(query: AgentQuery) -> Select[Any]:
    """One row more than the page has room for. Raises InvalidParameter for a bad cursor."""
    wanted = select(agents).limit(query.page_size + 1)
    if query.search:
        wanted = wanted.where(agents.c.folded_name.contains(folded(query.search), autoescape=True))
    if query.tags:
        wanted = wanted.where(or_(*map(_is_tagged, query.tags)))
    key = _KEYS[query.sort]
    start = query.start()
    if start is not None:
        place = tuple_(key, agents.c.agent_id)
        left = tuple_(literal(start.key), literal(start.id))
        wanted = wanted.where(place < left if query.descending else place > left)
    order = (key, agents.c.agent_id)
    return wanted.order_by(*(one.desc() if query.descending else one.asc() for one in order))


def _is_tagged(tag: str) -> ColumnElement[bool]:
    """Unlike LIKE, this minds case. Quotation marks within a tag have a backslash before them."""
    return func.replace(agents.c.tags, json_text(tag), "") != agents.c.tags
