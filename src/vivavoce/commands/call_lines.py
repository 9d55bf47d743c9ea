"""A call on stdout: who says what, a line each; the last one changes while it is being said."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Final, Literal, Protocol

import typer
from rich.console import Console
from rich.text import Text

from vivavoce.commands.last_line import LastLine
from vivavoce.commands.output_file import write_to_stdout, writing_to

Side = Literal["you", "agent"]

_STYLES: Final = {"you": "bold cyan", "agent": "bold green"}
_CUT_OFF: Final = " --"
"""Ends what was interrupted, where nothing can be struck out."""


class ShownLines(Protocol):
    """Where a call is shown."""

    def passing(self, side: Side, text: str) -> None:
        """What is being said; the next call replaces it, and so does the line it becomes."""

    def said(self, side: Side, text: str, *, unsaid: str = "") -> None:
        """What has been said; `unsaid` is what an interrupted agent would have gone on with.

        Raises CommandFailed when it cannot be written.
        """

    def aside(self, text: str) -> None:
        """About what has just been said: how long it took."""

    def note(self, text: str) -> None:
        """Something else that the user should know."""


class CallLines:
    """`ShownLines`: what has been said on stdout, what is being said only on a terminal.

    All else is on stderr.
    """

    def __init__(self, console: Console, last_line: LastLine) -> None:
        self._console = console
        self._last_line = last_line
        self._shown = ""

    def passing(self, side: Side, text: str) -> None:
        """See `ShownLines.passing`."""
        if text and text != self._shown:
            self._shown = text
            self._last_line.show(_labelled(side, Text(text, style="dim")))

    def said(self, side: Side, text: str, *, unsaid: str = "") -> None:
        """See `ShownLines.said`."""
        self._hide()
        with writing_to(None):
            if self._console.is_terminal:
                words = Text(text)
                if unsaid:
                    words.append(f" {unsaid.strip()}", style="dim strike")
                self._console.print(_labelled(side, words), soft_wrap=True)
            else:
                cut = _CUT_OFF if unsaid else ""
                write_to_stdout(f"{side}: {' '.join(text.split())}{cut}\n".encode())

    def aside(self, text: str) -> None:
        """See `ShownLines.aside`."""
        self._hide()
        typer.echo(typer.style(f"  {text}", dim=True), err=True)

    def note(self, text: str) -> None:
        """See `ShownLines.note`."""
        self._hide()
        typer.echo(f"vivavoce: {text}", err=True)

    def _hide(self) -> None:
        self._shown = ""
        self._last_line.hide()


@contextlib.contextmanager
def call_lines() -> Iterator[CallLines]:
    """Lines on stdout; a passing one that is left over at the end vanishes."""
    console = Console(highlight=False)
    with LastLine(console) as last_line:
        yield CallLines(console, last_line)


def _labelled(side: Side, words: Text) -> Text:
    return Text.assemble((f"{side}: ", _STYLES[side]), words)
