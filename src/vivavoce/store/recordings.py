"""The sound of conversations: a file for each, whole or not there."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
from collections.abc import Iterable
from pathlib import Path

import structlog

from vivavoce.store.recording import Recording
from vivavoce.store.texts import possible_id

MEDIA_TYPE = "audio/mpeg"

_WHOLE = ".mp3"
_PART = ".part"

_log = structlog.get_logger(__name__)


class Recordings:
    """All recordings, in `directory`, which is made for its owner only when there is a first."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        # Encoding takes a core: those of calls that end together wait for each other.
        self._encoding = asyncio.Semaphore(1)

    def record(self, conversation_id: str) -> Recording:
        """The recording of a conversation that begins now; nothing is written yet."""
        if not possible_id(conversation_id):
            raise ValueError("a conversation's id is letters, digits, - and _")
        whole = self._file(conversation_id)
        return Recording(whole, whole.with_suffix(_PART), self._encoding)

    def path(self, conversation_id: str) -> Path | None:
        """The finished recording, if there is one: MP3, caller on the left, agent on the right."""
        if not possible_id(conversation_id):
            return None
        path = self._file(conversation_id)
        return path if path.is_file() else None

    async def delete(self, conversation_ids: Iterable[str]) -> None:
        """Removes the recordings of these conversations, where there are any."""
        paths = [self._file(one) for one in conversation_ids if possible_id(one)]
        await asyncio.to_thread(_unlink, paths)

    async def kept(self) -> tuple[str, ...]:
        """The ids of all conversations that have a finished recording."""
        return await asyncio.to_thread(_stems, self._directory)

    async def sweep(self) -> None:
        """Removes what servers that were killed left behind; to be called when one starts."""
        await asyncio.to_thread(_sweep, self._directory)

    def _file(self, conversation_id: str) -> Path:
        return self._directory / (conversation_id + _WHOLE)


def _stems(directory: Path) -> tuple[str, ...]:
    return tuple(path.stem for path in directory.glob("*" + _WHOLE))


def _unlink(paths: list[Path]) -> None:
    for path in paths:
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            _log.error("recording cannot be removed", path=str(path), error=str(error))


def _sweep(directory: Path) -> None:
    for path in directory.glob("*" + _PART):
        with contextlib.suppress(OSError), path.open("rb") as file:
            # One that is being written has the lock of its writer, who may be another server.
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.unlink(path)
