"""Output into a file or to stdout, and what a user is told when that fails."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from vivavoce.commands.failures import CommandFailed

STDOUT = "-"
_STDOUT_DESCRIPTOR = 1


class StdoutFailed(CommandFailed):
    """Nobody reads what is written any more, or it cannot be written."""


@contextlib.contextmanager
def writing_to(path: Path | None) -> Iterator[None]:
    """Raises CommandFailed for an OSError, and StdoutFailed without a `path`, which is stdout."""
    try:
        yield
    except OSError as error:
        said = error.strerror or error
        if path is None:
            raise StdoutFailed(f"cannot write to stdout: {said}") from error
        raise CommandFailed(f"cannot write {path}: {said}") from error


def write_to_stdout(data: bytes) -> None:
    """At once. Raises OSError."""
    # Past Python's buffer: who listens at the pipe listens now, and nothing is left to be flushed
    # into a pipe that has broken.
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(_STDOUT_DESCRIPTOR, rest) :]


@contextlib.contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """What is written is at `path` once the context ends; a failure leaves what was there.

    A pipe or a device is written into as it comes. Raises OSError.
    """
    if path.exists() and not path.is_file():
        with path.open("wb") as file:
            yield file
    else:
        with _replacing(path.resolve()) as file:
            yield file


@contextlib.contextmanager
def _replacing(path: Path) -> Iterator[BinaryIO]:
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with temporary.open("xb") as file:
            yield file
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
