"""Files that clients bring into a conversation."""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import BigInteger, Column, ForeignKey, Row, String, Table, delete, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from vivavoce.errors import NotFound, StoreFailed
from vivavoce.store.conversation_tables import conversations, not_found
from vivavoce.store.database import connected, metadata, transaction
from vivavoce.store.texts import possible_id, storable

_ID_BYTES = 12

_files = Table(
    "conversation_files",
    metadata,
    Column("file_id", String, primary_key=True),
    Column(
        "conversation_id",
        ForeignKey(conversations.c.conversation_id, ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("name", String, nullable=False),
    Column("content_type", String, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("added_ms", BigInteger, nullable=False),
)


class StoredFile(msgspec.Struct, frozen=True, kw_only=True):
    """One file: `path` is where its `size` bytes are."""

    file_id: str
    conversation_id: str
    name: str
    content_type: str
    size: int
    path: Path


class Files:
    """The files of all conversations, in a directory for each below `directory`.

    Nothing is made before there is a file. Every method raises StoreFailed.
    """

    def __init__(
        self, engine: AsyncEngine, directory: Path, clock: Callable[[], float] = time.time
    ) -> None:
        self._engine = engine
        self._directory = directory
        self._clock = clock

    async def add(self, conversation_id: str, name: str, content_type: str, data_path: Path) -> str:
        """Takes the file at `data_path` away, and gives the id it has from now on.

        How large it may be is the caller's business. Raises ConversationNotFound; the file is then
        where it was.
        """
        if not possible_id(conversation_id):
            raise not_found(conversation_id)
        file_id = f"file_{secrets.token_hex(_ID_BYTES)}"
        row = {
            "file_id": file_id,
            "conversation_id": conversation_id,
            "name": storable(name),
            "content_type": storable(content_type),
            "size": (await asyncio.to_thread(data_path.stat)).st_size,
            "added_ms": round(self._clock() * 1000),
        }
        try:
            async with transaction(self._engine) as connection:
                await connection.execute(insert(_files).values(row))
                # Before the row counts, so that every row has its file.
                await asyncio.to_thread(_move, data_path, self._path(conversation_id, file_id))
        except StoreFailed as error:
            if isinstance(error.__cause__, IntegrityError):
                raise not_found(conversation_id) from None
            raise
        return file_id

    async def get(self, conversation_id: str, file_id: str) -> StoredFile:
        """A file of that conversation. Raises NotFound."""
        query = select(_files).where(
            _files.c.file_id == possible_id(file_id),
            _files.c.conversation_id == possible_id(conversation_id),
        )
        async with connected(self._engine) as connection:
            row = (await connection.execute(query)).one_or_none()
        if row is None:
            raise NotFound(f"The conversation has no file {file_id[:64]!r}.")
        return self._from_row(row)

    async def of(self, conversation_id: str) -> tuple[StoredFile, ...]:
        """All files of a conversation, oldest first."""
        query = (
            select(_files)
            .where(_files.c.conversation_id == possible_id(conversation_id))
            .order_by(_files.c.added_ms, _files.c.file_id)
        )
        async with connected(self._engine) as connection:
            rows = (await connection.execute(query)).all()
        return tuple(map(self._from_row, rows))

    async def remove(self, conversation_id: str, file_id: str) -> None:
        """Takes one file back. Raises NotFound."""
        file = await self.get(conversation_id, file_id)
        async with transaction(self._engine) as connection:
            await connection.execute(delete(_files).where(_files.c.file_id == file.file_id))
        await asyncio.to_thread(file.path.unlink, missing_ok=True)

    async def kept(self) -> tuple[str, ...]:
        """The ids of all conversations for which there is a directory."""
        return await asyncio.to_thread(_names, self._directory)

    async def delete(self, conversation_ids: Iterable[str]) -> None:
        """Removes what the directories of these conversations hold; their rows go with theirs."""
        paths = [self._directory / one for one in conversation_ids if possible_id(one)]
        await asyncio.to_thread(_remove, paths)

    def _path(self, conversation_id: str, file_id: str) -> Path:
        return self._directory / conversation_id / file_id

    def _from_row(self, row: Row[Any]) -> StoredFile:
        return StoredFile(
            file_id=row.file_id,
            conversation_id=row.conversation_id,
            name=row.name,
            content_type=row.content_type,
            size=row.size,
            path=self._path(row.conversation_id, row.file_id),
        )


def _move(source: Path, target: Path) -> None:
    for directory in (target.parent.parent, target.parent):
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    shutil.move(source, target)
    os.chmod(target, 0o600)


def _names(directory: Path) -> tuple[str, ...]:
    return tuple(path.name for path in directory.glob("*"))


def _remove(paths: list[Path]) -> None:
    for path in paths:
        shutil.rmtree(path, ignore_errors=True)
