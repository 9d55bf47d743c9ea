"""Recorded sound: files, and what comes through a pipe."""

from __future__ import annotations

import asyncio
import contextlib
import os
import stat
import tempfile
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import BinaryIO, ParamSpec, TypeVar

from vivavoce.commands.failures import CommandFailed
from vivavoce.commands.streamed_input import streamed_bytes

P = ParamSpec("P")
T = TypeVar("T")

STDIN = "-"
_STDIN_DESCRIPTOR = 0


def check_input(name: str) -> None:
    """Raises CommandFailed for a file that cannot be opened, or a terminal in place of a pipe."""
    if name == STDIN:
        if os.isatty(_STDIN_DESCRIPTOR):
            raise CommandFailed("there is no sound on stdin: it is a terminal")
        return
    try:
        mode = Path(name).stat().st_mode
    except OSError as error:
        raise CommandFailed(f"cannot read {name}: {error.strerror}") from error
    if stat.S_ISDIR(mode):
        raise CommandFailed(f"cannot read {name}: it is a directory")
    if not os.access(name, os.R_OK):
        raise CommandFailed(f"cannot read {name}: you may not")


@contextlib.asynccontextmanager
async def seekable_input(name: str) -> AsyncIterator[BinaryIO]:
    """All that is in the file called `name`; `-` is stdin. Raises OSError.

    What comes through a pipe is kept in a file without a name meanwhile: many formats are read
    from their end.
    """
    source = os.dup(_STDIN_DESCRIPTOR) if name == STDIN else os.open(name, os.O_RDONLY)
    with os.fdopen(source, "rb") as file:
        if stat.S_ISREG(os.fstat(source).st_mode):
            yield file
            return
        with tempfile.TemporaryFile() as kept:
            async for data in streamed_bytes(source):
                await in_thread(kept.write, data)
            kept.seek(0)
            yield kept


async def in_thread(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Like `asyncio.to_thread`, but the thread has ended when this does, even if it is cancelled:
    what it works on can be closed."""
    working = asyncio.create_task(asyncio.to_thread(function, *args, **kwargs))
    try:
        return await asyncio.shield(working)
    except asyncio.CancelledError:
        await asyncio.wait([working])
        raise
