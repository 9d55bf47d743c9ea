"""The tables of pronunciation dictionaries, and what is read out of them."""

from __future__ import annotations

import asyncio
import base64
import re
from typing import Annotated, Any, TypeAlias

import msgspec
from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    ForeignKey,
    Integer,
    Row,
    Select,
    String,
    Table,
    UniqueConstraint,
    and_,
    func,
    insert,
    literal,
    select,
    tuple_,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from vivavoce.errors import DictionaryNotFound, InvalidParameter
from vivavoce.store.database import metadata
from vivavoce.wire.dictionaries import DictionaryMetadata, DictionaryRule, ListQuery, Locator

Rules: TypeAlias = tuple[DictionaryRule, ...]

dictionaries = Table(
    "pronunciation_dictionaries",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("description", String),
    Column("created_by", String, nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    Column("archived_ms", BigInteger),
    # How many there are, so also the number of the newest.
    Column("versions", Integer, nullable=False),
)
versions = Table(
    "pronunciation_dictionary_versions",
    metadata,
    Column("id", String, primary_key=True),
    Column("dictionary_id", ForeignKey(dictionaries.c.id), nullable=False),
    Column("number", Integer, nullable=False),
    Column("rules_count", Integer, nullable=False),
    Column("rules", String, nullable=False),
    UniqueConstraint("dictionary_id", "number"),
)

_ID = re.compile("[A-Za-z0-9]{1,64}")

# A version may have megabytes of rules, and none is ever deleted.
_DICTIONARIES_MAX = 1_000
_VERSIONS_MAX = 100
_decoder = msgspec.json.Decoder(Rules)


class _Cursor(msgspec.Struct, array_like=True, frozen=True):
    """The last row of a page, by what the list is sorted by."""

    by_name: bool
    descending: bool
    # No more than databases have room for: 64 bits, and texts without NUL.
    key: (
        Annotated[str, msgspec.Meta(pattern=r"\A[^\0]*\Z")]
        | Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
    )
    id: Annotated[str, msgspec.Meta(pattern=rf"\A{_ID.pattern}\Z")]


def of_id(dictionary_id: str) -> ColumnElement[bool]:
    """Which row it is: none for what can be nobody's id, because databases refuse some texts."""
    return dictionaries.c.id == (dictionary_id if _ID.fullmatch(dictionary_id) else "")


def described(*more: ColumnElement[Any]) -> Select[Any]:
    """Each dictionary with its newest version."""
    newest = and_(
        versions.c.dictionary_id == dictionaries.c.id,
        versions.c.number == dictionaries.c.versions,
    )
    newest_columns = (versions.c.id.label("version_id"), versions.c.rules_count)
    return select(dictionaries, *newest_columns, *more).join(versions, newest)


def metadata_of(row: Row[Any]) -> DictionaryMetadata:
    """A row of `described`, as the protocol has it."""
    return DictionaryMetadata(
        id=row.id,
        latest_version_id=row.version_id,
        latest_version_rules_num=row.rules_count,
        name=row.name,
        created_by=row.created_by,
        creation_time_unix=row.created_ms // 1000,
        archived_time_unix=None if row.archived_ms is None else row.archived_ms // 1000,
        description=row.description,
    )


def listed(query: ListQuery) -> Select[Any]:
    """One row more than the page has room for. Raises InvalidParameter for a bad cursor."""
    key: ColumnElement[Any] = dictionaries.c.created_ms
    if query.by_name:
        key = func.lower(dictionaries.c.name)
    place = tuple_(key, dictionaries.c.id)
    wanted = described(key.label("key")).limit(query.page_size + 1)
    if not query.include_archived:
        wanted = wanted.where(dictionaries.c.archived_ms.is_(None))
    if query.cursor:
        last = _read_cursor(query)
        left = tuple_(literal(last.key), literal(last.id))
        wanted = wanted.where(place < left if query.descending else place > left)
    order = (key, dictionaries.c.id)
    return wanted.order_by(*(one.desc() if query.descending else one.asc() for one in order))


def cursor_after(query: ListQuery, last: Row[Any]) -> str:
    """What asks for the page after `last`, a row of `listed`."""
    cursor = _Cursor(query.by_name, query.descending, last.key, last.id)
    return base64.urlsafe_b64encode(msgspec.json.encode(cursor)).decode()


async def find_version(
    connection: AsyncConnection, locator: Locator, *, archived: bool = False
) -> str:
    """The id of the version that is meant, also of an archived dictionary if `archived`.

    Raises DictionaryNotFound.
    """
    dictionary_id, version_id = locator.pronunciation_dictionary_id, locator.version_id
    is_it = versions.c.number == dictionaries.c.versions
    if version_id is not None:
        is_it = versions.c.id == (version_id if _ID.fullmatch(version_id) else "")
    row = (
        await connection.execute(
            select(versions.c.id, dictionaries.c.archived_ms)
            .join(dictionaries, versions.c.dictionary_id == dictionaries.c.id)
            .where(of_id(dictionary_id), is_it)
        )
    ).one_or_none()
    if row is None:
        raise not_found(dictionary_id, version_id)
    if row.archived_ms is not None and not archived:
        raise DictionaryNotFound(f"The pronunciation dictionary {dictionary_id} is archived.")
    return str(row.id)


async def last_version(connection: AsyncConnection, dictionary_id: str) -> tuple[int, str]:
    """Number and id of the newest version that is written. Raises DictionaryNotFound."""
    row = (
        await connection.execute(
            select(versions.c.number, versions.c.id)
            .join(dictionaries, versions.c.dictionary_id == dictionaries.c.id)
            .where(of_id(dictionary_id))
            .order_by(versions.c.number.desc())
            .limit(1)
        )
    ).one_or_none()
    if row is None:
        raise not_found(dictionary_id)
    return row.number, row.id


async def refuse_when_full(connection: AsyncConnection) -> None:
    """Raises InvalidParameter when there are as many dictionaries as there may be."""
    count = await connection.scalar(select(func.count()).select_from(dictionaries))
    if (count or 0) >= _DICTIONARIES_MAX:
        raise InvalidParameter(
            f"There are {_DICTIONARIES_MAX:,} pronunciation dictionaries, archived ones included, "
            "and there cannot be more: change the rules of one that is not needed.",
            param="name",
        )


async def add_version(
    connection: AsyncConnection, dictionary_id: str, number: int, version_id: str, rules: Rules
) -> None:
    """Writes a version down. Raises InvalidParameter when there are too many."""
    if number > _VERSIONS_MAX:
        raise InvalidParameter(
            f"The dictionary has {_VERSIONS_MAX} versions and cannot have more: make a new one of "
            "its newest rules.",
            param="rules",
        )
    encoded = await asyncio.to_thread(msgspec.json.encode, rules)
    row = {
        "id": version_id,
        "dictionary_id": dictionary_id,
        "number": number,
        "rules_count": len(rules),
        "rules": encoded.decode(),
    }
    await connection.execute(insert(versions).values(row))


async def read_rules(connection: AsyncConnection, version_id: str) -> Rules:
    """The rules of a version that exists."""
    query = select(versions.c.rules).where(versions.c.id == version_id)
    text = (await connection.execute(query)).scalar_one()
    return await asyncio.to_thread(_decoder.decode, text)


def not_found(dictionary_id: str, version_id: str | None = None) -> DictionaryNotFound:
    """The refusal of an id that nothing has."""
    which = f"pronunciation dictionary {dictionary_id[:64]!r}"
    if version_id is not None:
        which += f" with a version {version_id[:64]!r}"
    return DictionaryNotFound(f"There is no {which}.")


def _read_cursor(query: ListQuery) -> _Cursor:
    refusal = InvalidParameter("The cursor is none of this list's.", param="cursor")
    try:
        raw = base64.urlsafe_b64decode(query.cursor or "")
        cursor = msgspec.json.decode(raw, type=_Cursor)
    except ValueError:
        raise refusal from None
    is_same_list = (cursor.by_name, cursor.descending) == (query.by_name, query.descending)
    if not is_same_list or isinstance(cursor.key, str) is not query.by_name:
        raise refusal
    return cursor
