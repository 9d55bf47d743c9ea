"""Agents: what a server can be called as, each as whoever made it sent it."""

from __future__ import annotations

import asyncio
import base64
import secrets
import time
from collections.abc import Callable, Mapping

import msgspec
from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from vivavoce.errors import InvalidParameter
from vivavoce.store.agent_tables import (
    AgentQuery,
    AgentSort,
    StoredAgent,
    agents,
    from_row,
    listed,
    not_found,
    of_id,
    to_row,
)
from vivavoce.store.database import connected, transaction, upserting
from vivavoce.store.pages import Place, cursor_after

__all__ = ["DEFAULT_AGENT", "Agents", "StoredAgent"]

DEFAULT_AGENT = StoredAgent(
    agent_id="default",
    name="Default agent",
    conversation_config={
        "agent": {
            "first_message": "Hello! How can I help you?",
            "prompt": {
                "prompt": "You are a friendly voice assistant. You answer in one short sentence.",
                "built_in_tools": {"end_call": {"name": "end_call"}},
                "temperature": 0.3,
                "rules": [
                    {
                        "when": "(silence)",
                        "say": ["Are you still there?", "I am here if you need me."],
                    },
                    {
                        "when": r"\b(good[- ]?bye?|bye)\W*$",
                        "tool": "end_call",
                        "parameters": {"message": "Goodbye!", "reason": "goodbye"},
                    },
                ],
            },
        }
    },
)
"""What a server can be called as before anybody made an agent."""

# 26 letters of five bits each.
_ID_BYTES = 17
_ID_LETTERS = 26

_KINDS: dict[str, object] = {
    "name": str,
    "conversation_config": dict[str, object],
    "platform_settings": dict[str, object],
    "workflow": dict[str, object] | None,
    "tags": tuple[str, ...],
}


class Agents:
    """All agents of a server, whoever made them. `clock` gives seconds since 1970.

    `default` is there from the start: it stands in the table once somebody changes it, and is as
    it was again once somebody deletes it. Every method raises StoreFailed.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        clock: Callable[[], float] = time.time,
        default: StoredAgent = DEFAULT_AGENT,
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._default = default

    async def create(
        self,
        name: str,
        conversation_config: Mapping[str, object],
        platform_settings: Mapping[str, object] | None = None,
        workflow: Mapping[str, object] | None = None,
        tags: tuple[str, ...] = (),
        extra: Mapping[str, object] | None = None,
    ) -> StoredAgent:
        """A new agent with an id of its own."""
        now = self._clock()
        made = StoredAgent(
            agent_id=_new_id(),
            name=name,
            conversation_config=dict(conversation_config),
            platform_settings=dict(platform_settings or {}),
            workflow=None if workflow is None else dict(workflow),
            tags=tags,
            created_at=now,
            updated_at=now,
            extra=dict(extra or {}),
        )
        return await self._insert(made)

    async def get(self, agent_id: str) -> StoredAgent:
        """One agent. Raises AgentNotFound."""
        async with connected(self._engine) as connection:
            return await self._read(connection, agent_id)

    async def update(self, agent_id: str, changes: Mapping[str, object]) -> StoredAgent:
        """The agent with `changes`, keyed as in the protocol, merged into it.

        Objects are merged at every depth, lists replaced, and null is a value like any other; but
        what an agent cannot be without (`name`, `tags`, the two objects) stays as it is where null
        is given. Raises AgentNotFound, and InvalidParameter for a value of the wrong kind.
        """
        async with transaction(self._engine) as connection:
            if agent_id == self._default.agent_id:
                inserting = upserting(connection, agents).values(to_row(self._default))
                await connection.execute(inserting.on_conflict_do_nothing())
            # Written before it is read: whoever else changes this agent now waits here.
            await connection.execute(
                update(agents).where(of_id(agent_id)).values(updated_ms=agents.c.updated_ms)
            )
            changed = _changed(await self._read(connection, agent_id), changes)
            changed = msgspec.structs.replace(changed, updated_at=self._clock())
            await connection.execute(update(agents).where(of_id(agent_id)).values(to_row(changed)))
            return await self._read(connection, agent_id)

    async def delete(self, agent_id: str) -> None:
        """Forgets it; the default one is as it was at first. Raises AgentNotFound."""
        async with transaction(self._engine) as connection:
            gone = await connection.execute(delete(agents).where(of_id(agent_id)))
        if not gone.rowcount and agent_id != self._default.agent_id:
            raise not_found(agent_id)

    async def duplicate(self, agent_id: str, name: str | None = None) -> StoredAgent:
        """A new agent that is like another in all but its id, and its name if one is given.

        Raises AgentNotFound.
        """
        model = await self.get(agent_id)
        now = self._clock()
        return await self._insert(
            msgspec.structs.replace(
                model,
                agent_id=_new_id(),
                name=model.name if name is None else name,
                created_at=now,
                updated_at=now,
            )
        )

    async def list(
        self,
        cursor: str | None = None,
        page_size: int = 30,
        search: str = "",
        *,
        tags: tuple[str, ...] = (),
        sort: AgentSort = "created_at",
        descending: bool = True,
    ) -> tuple[tuple[StoredAgent, ...], str | None]:
        """One page, and what asks for the next, if there is one.

        With `search` in their names, and any of `tags` if there are any. Raises InvalidParameter
        for a cursor of another list, or none.
        """
        query = AgentQuery(
            cursor=cursor,
            page_size=page_size,
            search=search,
            tags=tags,
            sort=sort,
            descending=descending,
        )
        async with connected(self._engine) as connection:
            rows = (await connection.execute(listed(query))).all()
            # A hundred configurations may take long to read.
            written = await asyncio.to_thread(lambda: [*map(from_row, rows)])
            found = [*written, *await self._unwritten_default(connection, query)]
        found.sort(key=lambda agent: _rank(query, agent), reverse=descending)
        shown = tuple(found[:page_size])
        more = len(found) > len(shown)
        return shown, cursor_after(query.place(shown[-1])) if more else None

    async def _insert(self, agent: StoredAgent) -> StoredAgent:
        async with transaction(self._engine) as connection:
            await connection.execute(insert(agents).values(to_row(agent)))
            return await self._read(connection, agent.agent_id)

    async def _read(self, connection: AsyncConnection, agent_id: str) -> StoredAgent:
        row = (await connection.execute(select(agents).where(of_id(agent_id)))).one_or_none()
        if row is not None:
            return from_row(row)
        if agent_id == self._default.agent_id:
            return self._default
        raise not_found(agent_id)

    async def _unwritten_default(
        self, connection: AsyncConnection, query: AgentQuery
    ) -> tuple[StoredAgent, ...]:
        """The default agent, if it is in no table and belongs behind the start of the page."""
        default, start = self._default, query.start()
        if start is not None:
            rank, first = _rank(query, default), _rank_of(start)
            if rank >= first if query.descending else rank <= first:
                return ()
        if not query.wants(default):
            return ()
        written = select(agents.c.agent_id).where(of_id(default.agent_id))
        is_written = (await connection.execute(written)).first() is not None
        return () if is_written else (default,)


def merged(old: Mapping[str, object], changes: Mapping[str, object]) -> dict[str, object]:
    """`old` with `changes`: objects merged at every depth, all else replaced, also by null."""
    new = dict(old)
    for key, value in changes.items():
        before = new.get(key)
        if isinstance(before, dict) and isinstance(value, dict):
            new[key] = merged(before, value)
        else:
            new[key] = value
    return new


def _changed(agent: StoredAgent, changes: Mapping[str, object]) -> StoredAgent:
    """Raises InvalidParameter for a value of the wrong kind."""
    fields = msgspec.structs.asdict(agent)
    for key, value in changes.items():
        if key in _KINDS and (value is not None or key == "workflow"):
            fields[key] = _checked(key, merged(fields, {key: value})[key])
    unnamed = {key: value for key, value in changes.items() if key not in _KINDS}
    return msgspec.structs.replace(agent, **{**fields, "extra": merged(agent.extra, unnamed)})


def _checked(key: str, value: object) -> object:
    try:
        checked: object = msgspec.convert(value, _KINDS[key])
    except msgspec.ValidationError as error:
        raise InvalidParameter(f"An agent's {key} cannot be so: {error}", param=key) from None
    return checked


def _rank(query: AgentQuery, agent: StoredAgent) -> tuple[int, str, str]:
    return _rank_of(query.place(agent))


def _rank_of(place: Place) -> tuple[int, str, str]:
    """Places of one list in its order: their keys are all numbers, or all texts."""
    if isinstance(place.key, int):
        return place.key, "", place.id
    return 0, place.key, place.id


def _new_id() -> str:
    letters = base64.b32encode(secrets.token_bytes(_ID_BYTES)).decode().lower()
    return f"agent_{letters[:_ID_LETTERS]}"
