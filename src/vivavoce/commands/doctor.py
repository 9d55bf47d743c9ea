"""`vivavoce doctor`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from vivavoce.commands.failures import FAILED

if TYPE_CHECKING:
    from vivavoce.commands.check import Check

_STYLES = {"ok": "green", "warning": "yellow", "problem": "bold red"}
_NAME_WIDTH = 12


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Say what works on this machine, and what to do about the rest. Exits 1 on a problem."""
    import msgspec

    from vivavoce.commands.examination import examine

    checks = []
    for check in examine():
        checks.append(check)
        if not as_json:
            _print(check)
    if as_json:
        typer.echo(json.dumps(msgspec.to_builtins(checks), indent=2))
    if any(check.state == "problem" for check in checks):
        raise typer.Exit(FAILED)


def _print(check: Check) -> None:
    from rich.console import Console
    from rich.text import Text

    line = Text()
    line.append(f"{check.state:<9}", style=_STYLES[check.state])
    line.append(f"{check.name:<{_NAME_WIDTH}} ", style="bold")
    line.append(check.detail)
    if check.remedy:
        line.append(f"; {check.remedy}", style="dim")
    Console(highlight=False).print(line, soft_wrap=True)
