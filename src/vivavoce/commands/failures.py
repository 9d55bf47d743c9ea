"""What a user sees of a failure: one line on stderr, and an exit code."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import typer

from vivavoce.errors import ConfigError, StoreFailed, VivavoceError

FAILED = 1
MISUSED = 2


class CommandFailed(Exception):
    """A command cannot go on; `str(error)` says why and what to do, on one line."""

    def __init__(self, message: str, *, exit_code: int = FAILED) -> None:
        super().__init__(message)
        self.exit_code = exit_code


@contextlib.contextmanager
def one_line_failures() -> Iterator[None]:
    """Turns the failures that have a name into a line and `typer.Exit`; bugs keep a traceback."""
    try:
        yield
    except (CommandFailed, VivavoceError, BaseExceptionGroup) as error:
        cause = _first(error)
        if not isinstance(cause, CommandFailed | VivavoceError):
            raise
        typer.echo(f"vivavoce: {_said(cause)}", err=True)
        raise typer.Exit(_exit_code(cause)) from None


def _first(error: BaseException) -> BaseException:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def _said(error: Exception) -> str:
    if isinstance(error, StoreFailed) and error.__cause__ is not None:
        return f"{error} {str(error.__cause__).partition(chr(10))[0]}"
    return str(error)


def _exit_code(error: CommandFailed | VivavoceError) -> int:
    if isinstance(error, CommandFailed):
        return error.exit_code
    return MISUSED if isinstance(error, ConfigError) else FAILED
