"""The table of conversations, and what is read out of it and written into it."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Float,
    Index,
    Integer,
    Row,
    Select,
    String,
    Table,
    literal,
    select,
    tuple_,
)

from vivavoce.core.call_record import CallRecord, TurnRecord
from vivavoce.errors import ConversationNotFound
from vivavoce.store.database import metadata
from vivavoce.store.pages import Place, read_cursor
from vivavoce.store.texts import indexable, json_text, possible_id, storable

LIVE = ("initiated", "in-progress", "processing")
"""What a conversation is as long as a server is at it."""

_ORDER = "conversations"

conversations = Table(
    "conversations",
    metadata,
    Column("conversation_id", String, primary_key=True),
    Column("agent_id", String, nullable=False),
    Column("agent_name", String, nullable=False),
    Column("user_id", String),
    Column("status", String, nullable=False),
    Column("started_ms", BigInteger, nullable=False),
    Column("saved_ms", BigInteger, nullable=False),
    Column("duration_s", Float, nullable=False),
    Column("message_count", Integer, nullable=False),
    Column("termination_reason", String, nullable=False),
    Column("error_code", Integer),
    Column("error_reason", String, nullable=False),
    Column("has_user_audio", Integer, nullable=False),
    Column("has_response_audio", Integer, nullable=False),
    Column("rating", Integer),
    Column("comment", String, nullable=False),
    # Long texts come last, for SQLite reads a row from its beginning.
    Column("initiation", String, nullable=False),
    Column("config", String, nullable=False),
    Column("transcript", String, nullable=False),
)
for _name in ("agent_id", "user_id", "status"):
    Index(
        f"conversations_by_{_name}",
        conversations.c[_name],
        conversations.c.started_ms,
        conversations.c.conversation_id,
    )
Index("conversations_by_start", conversations.c.started_ms, conversations.c.conversation_id)

_transcript = msgspec.json.Decoder(tuple[TurnRecord, ...])
_summary = [
    conversations.c[name]
    for name in (
        "conversation_id",
        "agent_id",
        "agent_name",
        "status",
        "started_ms",
        "duration_s",
        "message_count",
        "termination_reason",
        "rating",
    )
]


class CallSummary(msgspec.Struct, frozen=True, kw_only=True):
    """A conversation as a list has it: a `CallRecord` without its texts."""

    conversation_id: str
    agent_id: str
    agent_name: str
    status: str
    started_at: float
    duration_s: float
    message_count: int
    termination_reason: str
    rating: int | None


class CallQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which conversations are listed, newest first. Times are seconds since 1970, exclusive."""

    cursor: str | None = None
    page_size: int = 30
    agent_id: str | None = None
    user_id: str | None = None
    started_before: float | None = None
    started_after: float | None = None
    statuses: tuple[str, ...] = ()


def of_id(conversation_id: str) -> ColumnElement[bool]:
    """Which row it is: none for what can be nobody's id."""
    return conversations.c.conversation_id == possible_id(conversation_id)


def not_found(conversation_id: str) -> ConversationNotFound:
    """The refusal of an id that nothing has."""
    return ConversationNotFound(f"There is no conversation {conversation_id[:64]!r}.")


def to_row(record: CallRecord, now_s: float) -> dict[str, object]:
    """The record as its table has it, without what callers said about the call."""
    return {
        "agent_id": indexable(record.agent_id),
        "agent_name": storable(record.agent_name),
        "user_id": None if record.user_id is None else indexable(record.user_id),
        "status": record.status,
        "started_ms": round(record.started_at * 1000),
        "saved_ms": round(now_s * 1000),
        "duration_s": record.duration_s,
        "message_count": len(record.transcript),
        "termination_reason": storable(record.termination_reason),
        "error_code": record.error_code,
        "error_reason": storable(record.error_reason),
        "has_user_audio": int(record.has_user_audio),
        "has_response_audio": int(record.has_response_audio),
        "initiation": storable(record.initiation),
        "config": storable(record.config),
        "transcript": json_text(record.transcript),
    }


def from_row(row: Row[Any]) -> CallRecord:
    """The record of a row."""
    return CallRecord(
        conversation_id=row.conversation_id,
        agent_id=row.agent_id,
        agent_name=row.agent_name,
        status=row.status,
        started_at=row.started_ms / 1000,
        duration_s=row.duration_s,
        user_id=row.user_id,
        termination_reason=row.termination_reason,
        error_code=row.error_code,
        error_reason=row.error_reason,
        transcript=_transcript.decode(row.transcript),
        initiation=row.initiation,
        config=row.config,
        has_user_audio=bool(row.has_user_audio),
        has_response_audio=bool(row.has_response_audio),
        rating=row.rating,
        comment=row.comment,
    )


def summary_of(row: Row[Any]) -> CallSummary:
    """A row of `listed`."""
    return CallSummary(
        conversation_id=row.conversation_id,
        agent_id=row.agent_id,
        agent_name=row.agent_name,
        status=row.status,
        started_at=row.started_ms / 1000,
        duration_s=row.duration_s,
        message_count=row.message_count,
        termination_reason=row.termination_reason,
        rating=row.rating,
    )


def place_of(summary: CallSummary) -> Place:
    """Where it stands in the list."""
    return Place(_ORDER, round(summary.started_at * 1000), summary.conversation_id)


def listed(query: CallQuery) -> Select[Any]:
    """One row more than the page has room for. Raises InvalidParameter for a bad cursor."""
    columns = conversations.c
    wanted = select(*_summary).limit(query.page_size + 1)
    if query.agent_id is not None:
        wanted = wanted.where(columns.agent_id == indexable(query.agent_id))
    if query.user_id is not None:
        wanted = wanted.where(columns.user_id == indexable(query.user_id))
    if query.statuses:
        wanted = wanted.where(columns.status.in_(query.statuses))
    if query.started_before is not None:
        wanted = wanted.where(columns.started_ms < _milliseconds(query.started_before))
    if query.started_after is not None:
        wanted = wanted.where(columns.started_ms > _milliseconds(query.started_after))
    if query.cursor:
        start = read_cursor(query.cursor, _ORDER, int)
        place = tuple_(columns.started_ms, columns.conversation_id)
        wanted = wanted.where(place < tuple_(literal(start.key), literal(start.id)))
    return wanted.order_by(columns.started_ms.desc(), columns.conversation_id.desc())


def _milliseconds(time_s: float) -> int:
    """No more than a database has room for."""
    return round(min(max(time_s, 0.0), 1e15) * 1000)
