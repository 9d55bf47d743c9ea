"""A live transcript on stdout: what is settled line by line, the rest on a line that changes."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import typer
from rich.console import Console
from rich.text import Text

from vivavoce.commands.last_line import LastLine
from vivavoce.commands.output_file import write_to_stdout, writing_to


class LiveLines:
    """`TranscriptLines` on stdout; partial ones only on a terminal."""

    def __init__(self, last_line: LastLine) -> None:
        self._last_line = last_line

    def partial(self, text: str) -> None:
        """See `TranscriptLines.partial`."""
        self._last_line.show(Text(text, style="dim"))

    def committed(self, text: str) -> None:
        """See `TranscriptLines.committed`."""
        self._last_line.hide()
        with writing_to(None):
            write_to_stdout(f"{text}\n".encode())

    def note(self, text: str) -> None:
        """Something else that the user should know, on stderr."""
        self._last_line.hide()
        typer.echo(f"vivavoce: {text}", err=True)


@contextlib.contextmanager
def live_lines() -> Iterator[LiveLines]:
    """Lines on stdout; a partial one that is left over at the end vanishes."""
    with LastLine(Console(highlight=False)) as last_line:
        yield LiveLines(last_line)
