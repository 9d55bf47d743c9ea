"""Single-use tokens: what a browser shows in place of a key that it must not see."""

from __future__ import annotations

import secrets
from collections.abc import Callable

import msgspec
from sqlalchemy import BigInteger, Column, LargeBinary, String, Table, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncEngine

from vivavoce.store.database import connected, metadata, transaction
from vivavoce.store.keys import key_digest

TOKEN_PREFIX = "vvt_"

_LIFETIME_S = 15 * 60
_SECRET_BYTES = 32

# Those of a busy quarter of an hour, at some 300 bytes each; any other is read from the table.
_REMEMBERED = 10_000

_tokens = Table(
    "single_use_tokens",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("kind", String, nullable=False),
    Column("key_id", String, nullable=False),
    Column("expires_at", BigInteger, nullable=False, index=True),
)


class _Token(msgspec.Struct, frozen=True):
    kind: str
    key_id: str
    expires_at: int


class Tokens:
    """The table of tokens, and in memory those that were issued or shown last.

    A token counts for as often as it is shown within its lifetime: clients that lose their
    connection show the one they have again. Every method raises StoreFailed.
    """

    def __init__(self, engine: AsyncEngine, clock: Callable[[], float]) -> None:
        self._engine = engine
        self._clock = clock
        self._remembered: dict[bytes, _Token] = {}

    async def issue(self, kind: str, key_id: str) -> str:
        """A token for doors of that kind and the caller with that `key_id`; 15 min long."""
        secret = TOKEN_PREFIX + secrets.token_hex(_SECRET_BYTES)
        digest, now = key_digest(secret), int(self._clock())
        token = _Token(kind, key_id, now + _LIFETIME_S)
        async with transaction(self._engine) as connection:
            await connection.execute(delete(_tokens).where(_tokens.c.expires_at <= now))
            await connection.execute(
                insert(_tokens).values(digest=digest, **msgspec.structs.asdict(token))
            )
        self._remember(digest, token)
        return secret

    async def key_id(self, secret: str, kind: str) -> str | None:
        """Whose token this is; None when it is none, is of another kind, or has expired.

        No query is made for one that was issued or shown here not long ago.
        """
        if not secret.startswith(TOKEN_PREFIX):
            return None
        digest = key_digest(secret)
        token = self._remembered.get(digest) or await self._read(digest)
        if token is None or token.kind != kind or token.expires_at <= self._clock():
            return None
        return token.key_id

    async def _read(self, digest: bytes) -> _Token | None:
        async with connected(self._engine) as connection:
            found = await connection.execute(select(_tokens).where(_tokens.c.digest == digest))
            row = found.first()
        if row is None:
            return None
        token = _Token(row.kind, row.key_id, row.expires_at)
        self._remember(digest, token)
        return token

    def _remember(self, digest: bytes, token: _Token) -> None:
        while len(self._remembered) >= _REMEMBERED:
            del self._remembered[next(iter(self._remembered))]
        self._remembered[digest] = token
