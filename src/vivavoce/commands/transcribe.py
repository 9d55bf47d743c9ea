"""`vivavoce transcribe`."""

from __future__ import annotations

from typing import Annotated

import typer

from vivavoce.commands.failures import FAILED, one_line_failures


def transcribe(
    files: Annotated[
        list[str], typer.Argument(help="Files with sound or video of any kind; - is stdin.")
    ],
    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-o",
            help="File for the text, or a directory for that of several files.",
            show_default="stdout",
        ),
    ] = None,
    format: Annotated[
        str | None,
        typer.Option(
            help="txt, srt, vtt or json, which has the times of all words.",
            show_default="by suffix",
        ),
    ] = None,
    language: Annotated[
        str | None, typer.Option(help="What is spoken, such as en.", show_default="English")
    ] = None,
    no_verbatim: Annotated[
        bool, typer.Option("--no-verbatim", help="Leave out “uh”, “um” and the like.")
    ] = False,
) -> None:
    """Write down what is said in files, on this machine and without a server."""
    with one_line_failures():
        from vivavoce.commands.transcribing import Transcribable, transcribe_all

        wishes = Transcribable(
            files=tuple(files),
            output=output,
            form=format,
            language=language,
            verbatim=not no_verbatim,
        )
        if transcribe_all(wishes):
            raise typer.Exit(FAILED)
