"""The command `vivavoce`. Each subcommand imports what it needs when it runs, and no sooner."""

from __future__ import annotations

import os
from typing import Annotated

import typer

# Before anything imports numpy: what is multiplied here is small, and a second thread only spins.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from vivavoce.commands.agents import agents
from vivavoce.commands.doctor import doctor
from vivavoce.commands.keys import keys
from vivavoce.commands.listen import listen
from vivavoce.commands.say import say
from vivavoce.commands.serve import serve
from vivavoce.commands.talk import talk
from vivavoce.commands.transcribe import transcribe
from vivavoce.commands.voices import voices

app = typer.Typer(
    name="vivavoce",
    help="A voice server for the ElevenLabs WebSocket protocol, on this machine's own CPU.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(serve)
app.command()(say)
app.command()(listen)
app.command()(talk)
app.command()(transcribe)
app.command()(voices)
app.command()(doctor)
app.add_typer(agents, name="agents")
app.add_typer(keys, name="keys")


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"vivavoce {version('vivavoce')}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version and exit."
        ),
    ] = False,
) -> None:
    """Options that stand before any subcommand."""


def main() -> None:
    """Runs the command line; exits 0, 1 for what failed, 2 for what was asked wrongly."""
    app()
