"""Conversations: written down while they are held, and looked at afterwards."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from vivavoce.core.call_record import CallRecord
from vivavoce.store.conversation_tables import (
    LIVE,
    CallQuery,
    CallSummary,
    conversations,
    from_row,
    listed,
    not_found,
    of_id,
    place_of,
    summary_of,
    to_row,
)
from vivavoce.store.database import connected, transaction
from vivavoce.store.pages import cursor_after
from vivavoce.store.texts import indexable, possible_id, storable

__all__ = ["CallSummary", "Conversations"]

# One transaction must not keep the other writers waiting.
_PRUNED_AT_ONCE = 200

# Databases refuse statements with too many columns or parameters: SQLite those with 2,000.
_IDS_AT_ONCE = 500

_ABANDONED = "The server stopped during the conversation."
_ABANDONED_CODE = 1011


class Conversations:
    """All conversations of a server. `clock` gives seconds since 1970.

    Every method raises StoreFailed.
    """

    def __init__(self, engine: AsyncEngine, clock: Callable[[], float] = time.time) -> None:
        self._engine = engine
        self._clock = clock

    async def begin(self, record: CallRecord) -> None:
        """Writes down a conversation that nothing is known of yet."""
        row = await asyncio.to_thread(to_row, record, self._clock())
        row["conversation_id"] = record.conversation_id
        row |= {"rating": record.rating, "comment": storable(record.comment)}
        async with transaction(self._engine) as connection:
            await connection.execute(insert(conversations).values(row))

    async def save(self, record: CallRecord) -> None:
        """Writes the whole record again, but for what callers said about the call.

        A conversation that somebody deleted meanwhile stays deleted.
        """
        row = await asyncio.to_thread(to_row, record, self._clock())
        where = of_id(record.conversation_id)
        async with transaction(self._engine) as connection:
            await connection.execute(update(conversations).where(where).values(row))

    async def get(self, conversation_id: str) -> CallRecord:
        """One conversation. Raises ConversationNotFound."""
        query = select(conversations).where(of_id(conversation_id))
        async with connected(self._engine) as connection:
            row = (await connection.execute(query)).one_or_none()
        if row is None:
            raise not_found(conversation_id)
        return await asyncio.to_thread(from_row, row)

    async def list(
        self,
        agent_id: str | None = None,
        cursor: str | None = None,
        page_size: int = 30,
        *,
        call_start_before: float | None = None,
        call_start_after: float | None = None,
        user_id: str | None = None,
        statuses: tuple[str, ...] = (),
    ) -> tuple[tuple[CallSummary, ...], str | None]:
        """One page, newest first, and what asks for the next, if there is one.

        Times are seconds since 1970, exclusive; no `statuses` are all. Raises InvalidParameter for
        a cursor of another list, or none.
        """
        query = CallQuery(
            cursor=cursor,
            page_size=page_size,
            agent_id=agent_id,
            user_id=user_id,
            started_before=call_start_before,
            started_after=call_start_after,
            statuses=statuses,
        )
        async with connected(self._engine) as connection:
            rows = (await connection.execute(listed(query))).all()
        shown = tuple(map(summary_of, rows[:page_size]))
        more = len(rows) > len(shown)
        return shown, cursor_after(place_of(shown[-1])) if more else None

    async def delete(self, conversation_id: str) -> None:
        """Forgets it, and its rows elsewhere, but not its sound. Raises ConversationNotFound."""
        async with transaction(self._engine) as connection:
            gone = await connection.execute(delete(conversations).where(of_id(conversation_id)))
        if not gone.rowcount:
            raise not_found(conversation_id)

    async def rate(self, conversation_id: str, rating: int | None, comment: str = "") -> None:
        """What a caller thinks of the call. Raises ConversationNotFound."""
        async with transaction(self._engine) as connection:
            rated = await connection.execute(
                update(conversations)
                .where(of_id(conversation_id))
                .values(rating=rating, comment=storable(comment))
            )
        if not rated.rowcount:
            raise not_found(conversation_id)

    async def last_call_times(self, agent_ids: Collection[str]) -> dict[str, float]:
        """When the newest call of each agent that had one began, in seconds since 1970."""
        ids = list(dict.fromkeys(agent_ids))
        times: dict[str, float] = {}
        for first in range(0, len(ids), _IDS_AT_ONCE):
            some = ids[first : first + _IDS_AT_ONCE]
            # One look into the index for each; grouping would read every call of each.
            newest = [
                select(func.max(conversations.c.started_ms))
                .where(conversations.c.agent_id == indexable(agent_id))
                .scalar_subquery()
                .label(f"newest_{number}")
                for number, agent_id in enumerate(some)
            ]
            async with connected(self._engine) as connection:
                row = (await connection.execute(select(*newest))).one()
            times |= {
                agent_id: started_ms / 1000
                for agent_id, started_ms in zip(some, row, strict=True)
                if started_ms is not None
            }
        return times

    async def unknown(self, conversation_ids: Collection[str]) -> tuple[str, ...]:
        """Those of the ids that no conversation has."""
        ids = list(conversation_ids)
        known: set[str] = set()
        for first in range(0, len(ids), _IDS_AT_ONCE):
            some = map(possible_id, ids[first : first + _IDS_AT_ONCE])
            query = select(conversations.c.conversation_id).where(
                conversations.c.conversation_id.in_(some)
            )
            async with connected(self._engine) as connection:
                known.update((await connection.execute(query)).scalars())
        return tuple(one for one in ids if one not in known)

    async def prune(self, older_than: float) -> tuple[str, ...]:
        """Forgets what ended and began before that, in seconds since 1970; the ids that went."""
        old = (
            select(conversations.c.conversation_id)
            .where(
                conversations.c.started_ms < round(older_than * 1000),
                conversations.c.status.not_in(LIVE),
            )
            .limit(_PRUNED_AT_ONCE)
        )
        gone: list[str] = []
        while True:
            async with transaction(self._engine) as connection:
                rows = await connection.execute(
                    delete(conversations)
                    .where(conversations.c.conversation_id.in_(old))
                    .returning(conversations.c.conversation_id)
                )
                some = rows.scalars().all()
            gone += some
            if len(some) < _PRUNED_AT_ONCE:
                return tuple(gone)

    async def abandon_unfinished(self, silent_s: float = 0.0) -> int:
        """What a server that was killed left in progress failed; how many that are.

        Of servers on one database, none may be at work on a conversation that was not saved for
        `silent_s`; where one is after all, its next `save` puts that right.
        """
        async with transaction(self._engine) as connection:
            abandoned = await connection.execute(
                update(conversations)
                .where(
                    conversations.c.status.in_(LIVE),
                    conversations.c.saved_ms <= round((self._clock() - silent_s) * 1000),
                )
                .values(
                    status="failed",
                    termination_reason=_ABANDONED,
                    error_code=_ABANDONED_CODE,
                    error_reason=_ABANDONED,
                )
            )
        return abandoned.rowcount
