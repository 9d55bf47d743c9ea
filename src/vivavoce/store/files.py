"""Files that clients bring into a conversation."""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

import msgspec
from sqlalchemy import (
    Column,
    ColumnElement,
    ForeignKey,
    String,
    Table,
    and_,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from vivavoce.errors import NotFound, StoreFailed, UploadTooLarge
from vivavoce.store.conversation_tables import conversations, not_found, of_id
from vivavoce.store.database import connected, metadata, transaction
from vivavoce.store.texts import possible_id

_ID_BYTES = 12

# Of one conversation: anybody who knows its id may send some.
_MOST_FILES = 20

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
    Column("content_type", String, nullable=False),
)


class StoredFile(msgspec.Struct, frozen=True):
    """One file: where it is, and what."""

    path: Path
    content_type: str


class Files:
    """The files of all conversations, in a directory for each below `directory`.

    Nothing is made before there is a file. Every method raises StoreFailed.
    """

    def __init__(self, engine: AsyncEngine, directory: Path) -> None:
        self._engine = engine
        self._directory = directory

    async def demand_room(self, conversation_id: str) -> None:
        """Raises ConversationNotFound, or UploadTooLarge where there are 20 files already."""
        async with transaction(self._engine) as connection:
            await _demand_room(connection, conversation_id)

    async def add(self, conversation_id: str, content_type: str, file: BinaryIO) -> str:
        """Copies all of `file`, and gives the id that the copy has from now on.

        How large it may be is the caller's business. Raises what `demand_room` raises.
        """
        if not possible_id(conversation_id):
            raise not_found(conversation_id)
        file_id = f"file_{secrets.token_hex(_ID_BYTES)}"
        row = {
            "file_id": file_id,
            "conversation_id": conversation_id,
            "content_type": content_type,
        }
        path = self._path(conversation_id, file_id)
        try:
            # Before there is a row, so that every row has its file.
            await asyncio.to_thread(_copy, file, path)
            async with transaction(self._engine) as connection:
                await _demand_room(connection, conversation_id)
                await connection.execute(insert(_files).values(row))
        except OSError as error:
            path.unlink(missing_ok=True)
            raise StoreFailed("The server's disk failed.") from error
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return file_id

    async def get(self, conversation_id: str, file_id: str) -> StoredFile:
        """A file of that conversation. Raises NotFound, also for one on another server's disk."""
        query = select(_files.c.content_type).where(_is(conversation_id, file_id))
        async with connected(self._engine) as connection:
            content_type: str | None = await connection.scalar(query)
        path = self._path(conversation_id, file_id)
        if content_type is None or not await asyncio.to_thread(path.is_file):
            raise _no_file(file_id)
        return StoredFile(path, content_type)

    async def remove(self, conversation_id: str, file_id: str) -> None:
        """Takes one file back. Raises NotFound."""
        async with transaction(self._engine) as connection:
            gone = await connection.execute(delete(_files).where(_is(conversation_id, file_id)))
        if not gone.rowcount:
            raise _no_file(file_id)
        path = self._path(conversation_id, file_id)
        await asyncio.to_thread(path.unlink, missing_ok=True)

    async def kept(self) -> tuple[str, ...]:
        """The ids of all conversations for which there is a directory."""
        return await asyncio.to_thread(_names, self._directory)

    async def delete(self, conversation_ids: Iterable[str]) -> None:
        """Removes what the directories of these conversations hold; their rows go with theirs."""
        paths = [self._directory / one for one in conversation_ids if possible_id(one)]
        await asyncio.to_thread(_remove, paths)

    def _path(self, conversation_id: str, file_id: str) -> Path:
        return self._directory / conversation_id / file_id


async def _demand_room(connection: AsyncConnection, conversation_id: str) -> None:
    # Written before files are counted: whoever else brings one now waits here.
    same = update(conversations).values(saved_ms=conversations.c.saved_ms)
    held = await connection.execute(same.where(of_id(conversation_id)))
    if not held.rowcount:
        raise not_found(conversation_id)
    count = select(func.count()).where(_files.c.conversation_id == conversation_id)
    if (await connection.execute(count)).scalar_one() >= _MOST_FILES:
        raise UploadTooLarge(
            f"The conversation has {_MOST_FILES} files already, which is the most."
        )


def _is(conversation_id: str, file_id: str) -> ColumnElement[bool]:
    return and_(
        _files.c.file_id == possible_id(file_id),
        _files.c.conversation_id == possible_id(conversation_id),
    )


def _no_file(file_id: str) -> NotFound:
    return NotFound(f"The conversation has no file {file_id[:64]!r}.")


def _copy(file: BinaryIO, path: Path) -> None:
    for directory in (path.parent.parent, path.parent):
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    file.seek(0)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as copy:
        shutil.copyfileobj(file, copy)


def _names(directory: Path) -> tuple[str, ...]:
    return tuple(path.name for path in directory.glob("*"))


def _remove(paths: list[Path]) -> None:
    for path in paths:
        shutil.rmtree(path, ignore_errors=True)
