"""Secrets of the server's own, which all processes on one database share."""

from __future__ import annotations

import secrets

from sqlalchemy import Column, LargeBinary, String, Table, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from vivavoce.errors import StoreFailed
from vivavoce.store.database import connected, metadata, transaction

_SECRET_BYTES = 32

_secrets = Table(
    "server_secrets",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", LargeBinary, nullable=False),
)


class ServerSecrets:
    """Random bytes by name, made when they are first asked for, and the same from then on."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._remembered: dict[str, bytes] = {}

    async def get(self, name: str) -> bytes:
        """The 32 bytes of that name; of all processes that ask at once, one makes them.

        Raises StoreFailed.
        """
        if name not in self._remembered:
            self._remembered[name] = await self._read(name) or await self._make(name)
        return self._remembered[name]

    async def _read(self, name: str) -> bytes | None:
        async with connected(self._engine) as connection:
            found = await connection.execute(
                select(_secrets.c.value).where(_secrets.c.name == name)
            )
            row = found.first()
        return None if row is None else bytes(row.value)

    async def _make(self, name: str) -> bytes:
        made = secrets.token_bytes(_SECRET_BYTES)
        try:
            async with transaction(self._engine) as connection:
                await connection.execute(insert(_secrets).values(name=name, value=made))
        except StoreFailed as error:
            if not isinstance(error.__cause__, IntegrityError):
                raise
            theirs = await self._read(name)
            if theirs is None:
                raise
            return theirs
        return made
