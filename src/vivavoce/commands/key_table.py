"""Keys as a table on the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from vivavoce.commands.key_store import KeyUse
from vivavoce.core.limits import Limits

_ID_WIDTH = 12
_DAY_WIDTH = 10
_SCOPE_WIDTH = 14


def print_keys(uses: Iterable[KeyUse]) -> None:
    """Oldest first; revoked ones say so."""
    table = Table(box=box.SIMPLE, pad_edge=False)
    # Ids are for copying, however narrow the terminal.
    table.add_column("id", no_wrap=True, min_width=_ID_WIDTH)
    table.add_column("name", style="bold", overflow="fold")
    table.add_column("for", min_width=_SCOPE_WIDTH, overflow="fold")
    table.add_column("characters this month")
    table.add_column("at most")
    table.add_column("last used", min_width=_DAY_WIDTH)
    for use in uses:
        table.add_row(*map(Text, _cells(use)), style="dim" if use.key.revoked_at else None)
    Console(highlight=False).print(table)


def _cells(use: KeyUse) -> tuple[str, ...]:
    key = use.key
    return (
        key.key_id,
        key.name,
        "\n".join(key.scopes) or "everything",
        _characters(use),
        "\n".join(_limits(key.limits)),
        f"revoked {_day(key.revoked_at)}" if key.revoked_at else _day(key.last_used_at),
    )


def _characters(use: KeyUse) -> str:
    most = use.key.limits.characters_a_month
    return str(use.characters) if most is None else f"{use.characters} of {most}"


def _limits(limits: Limits) -> Iterator[str]:
    if limits.turns_at_once is not None:
        yield f"{limits.turns_at_once} at once"
    if limits.requests_a_minute is not None:
        yield f"{limits.requests_a_minute} a minute"


def _day(unix_s: int | None) -> str:
    if unix_s is None:
        return "never"
    return datetime.fromtimestamp(unix_s, UTC).strftime("%Y-%m-%d")
