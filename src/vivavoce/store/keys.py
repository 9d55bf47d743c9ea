"""API keys: what each is for and how much it may have, but never the key itself."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Collection
from typing import Any

import msgspec
from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    LargeBinary,
    Row,
    String,
    Table,
    delete,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from vivavoce.core.limits import Limits
from vivavoce.errors import InvalidParameter, NotFound
from vivavoce.store.database import connected, metadata, transaction

KEY_PREFIX = "vv_"
"""Every key made here begins so: scanners for leaked secrets look for such a mark."""

PERMISSIONS = (
    "text_to_speech",
    "speech_to_text",
    "convai_read",
    "convai_write",
    "voices_read",
    "models_read",
    "user_read",
    "pronunciation_dictionaries_read",
    "pronunciation_dictionaries_write",
)
"""What a key can be for, in ElevenLabs' words; those of its words this server has a use for."""

_SECRET_BYTES = 32
_ID_BYTES = 6

_keys = Table(
    "api_keys",
    metadata,
    Column("key_id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("digest", LargeBinary, nullable=False, unique=True),
    Column("scopes", String, nullable=False),
    Column("characters_a_month", BigInteger),
    Column("turns_at_once", BigInteger),
    Column("requests_a_minute", BigInteger),
    Column("created_at", BigInteger, nullable=False),
    Column("last_used_at", BigInteger),
    Column("revoked_at", BigInteger),
)
# A name is free again once its key is revoked.
Index(
    "api_keys_live_name",
    _keys.c.name,
    unique=True,
    sqlite_where=_keys.c.revoked_at.is_(None),
    postgresql_where=_keys.c.revoked_at.is_(None),
)


class StoredKey(msgspec.Struct, frozen=True):
    """One key as it is kept. No scopes are all of them; times are seconds since 1970, UTC.

    `last_used_at` lags behind by up to a minute.
    """

    key_id: str
    name: str
    digest: bytes
    scopes: tuple[str, ...]
    limits: Limits
    created_at: int
    last_used_at: int | None
    revoked_at: int | None


def key_digest(secret: str) -> bytes:
    """What is kept of a key or token.

    SHA-256 is enough for 256 random bits: there is no list of likely ones to try, which is all
    that a slow hash is good for, and a slow hash would cost every connection milliseconds.
    """
    # A lone surrogate can come out of JSON; it must fail to match, not to encode.
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


class Keys:
    """The table of keys. Every method raises StoreFailed."""

    def __init__(self, engine: AsyncEngine, clock: Callable[[], float]) -> None:
        self._engine = engine
        self._clock = clock

    async def create(
        self, name: str, *, scopes: Collection[str] = (), limits: Limits | None = None
    ) -> tuple[str, StoredKey]:
        """A new key, to be shown once, and what is kept of it.

        Raises InvalidParameter when a key that is not revoked has the name.
        """
        secret = KEY_PREFIX + secrets.token_hex(_SECRET_BYTES)
        limits = limits or Limits()
        key = StoredKey(
            key_id=secrets.token_hex(_ID_BYTES),
            name=name,
            digest=key_digest(secret),
            scopes=tuple(dict.fromkeys(scopes)),
            limits=limits,
            created_at=int(self._clock()),
            last_used_at=None,
            revoked_at=None,
        )
        async with transaction(self._engine) as connection:
            try:
                await connection.execute(insert(_keys).values(_to_row(key)))
            except IntegrityError:
                raise InvalidParameter(
                    f"there is a key {name} already: revoke it, or take another name", "name"
                ) from None
        return secret, key

    async def all(self) -> tuple[StoredKey, ...]:
        """Every key that is not forgotten, oldest first, revoked ones too."""
        async with connected(self._engine) as connection:
            rows = await connection.execute(
                select(_keys).order_by(_keys.c.created_at, _keys.c.name)
            )
        return tuple(_from_row(row) for row in rows)

    async def exist(self) -> bool:
        """Whether there is a key, revoked ones included."""
        async with connected(self._engine) as connection:
            return (await connection.execute(select(_keys.c.key_id).limit(1))).first() is not None

    async def revoke(self, id_or_name: str) -> StoredKey:
        """From now on the key counts no more. Raises NotFound, also when it is revoked already."""
        live = _keys.c.revoked_at.is_(None)
        called_so = or_(_keys.c.key_id == id_or_name, _keys.c.name == id_or_name)
        by_id_first = (_keys.c.key_id == id_or_name).desc()
        chosen = select(_keys.c.key_id).where(live, called_so).order_by(by_id_first).limit(1)
        async with transaction(self._engine) as connection:
            rows = await connection.execute(
                update(_keys)
                .where(live, _keys.c.key_id == chosen.scalar_subquery())
                .values(revoked_at=int(self._clock()))
                .returning(_keys)
            )
            row = rows.first()
        if row is None:
            raise NotFound(f"no key that counts has the id or name {id_or_name}")
        return _from_row(row)

    async def forget(self, key_id: str) -> None:
        """Deletes what is kept of a revoked key. Raises NotFound, also when it is not revoked."""
        async with transaction(self._engine) as connection:
            done = await connection.execute(
                delete(_keys).where(_keys.c.key_id == key_id, _keys.c.revoked_at.is_not(None))
            )
        if not done.rowcount:
            raise NotFound(f"no revoked key has the id {key_id}")

    async def touch(self, key_ids: Collection[str]) -> None:
        """These keys were used just now."""
        async with transaction(self._engine) as connection:
            await connection.execute(
                update(_keys)
                .where(_keys.c.key_id.in_(key_ids))
                .values(last_used_at=int(self._clock()))
            )


def _to_row(key: StoredKey) -> dict[str, object]:
    row = {**msgspec.structs.asdict(key), **msgspec.structs.asdict(key.limits)}
    del row["limits"]
    return {**row, "scopes": " ".join(key.scopes)}


def _from_row(row: Row[Any]) -> StoredKey:
    return StoredKey(
        key_id=row.key_id,
        name=row.name,
        digest=bytes(row.digest),
        scopes=tuple(row.scopes.split()),
        limits=Limits(row.characters_a_month, row.turns_at_once, row.requests_a_minute),
        created_at=row.created_at,
        last_used_at=row.last_used_at,
        revoked_at=row.revoked_at,
    )
