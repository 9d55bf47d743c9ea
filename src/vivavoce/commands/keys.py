"""`vivavoce keys`: the keys that a server asks for, made and ended while it runs."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vivavoce.commands.failures import one_line_failures

if TYPE_CHECKING:
    from vivavoce.commands.key_store import KeyUse
    from vivavoce.config import Settings

keys = typer.Typer(
    help="The keys that callers show: who may come in, and how much each may have.",
    no_args_is_help=True,
)

_Config = Annotated[
    Path | None, typer.Option(help="TOML file of settings, the one the server has.")
]
_Key = Annotated[str, typer.Argument(metavar="ID_OR_NAME")]


@keys.command()
def create(
    name: Annotated[str, typer.Argument(help="What to call it: who it is for.")],
    scope: Annotated[
        list[str] | None,
        typer.Option(help="What it is for, say text_to_speech; can be repeated. None is all."),
    ] = None,
    characters: Annotated[
        int | None, typer.Option(min=1, help="Characters a calendar month, UTC.")
    ] = None,
    concurrent: Annotated[int | None, typer.Option(min=1, help="Generations at once.")] = None,
    requests_per_minute: Annotated[
        int | None, typer.Option(min=1, help="Requests, and contexts of a socket, in 60 seconds.")
    ] = None,
    config: _Config = None,
) -> None:
    """Make a key and print it. It is not kept, so it cannot be shown again."""
    from vivavoce.core.limits import Limits

    with one_line_failures():
        from vivavoce.commands.key_store import create_key

        secret, key = create_key(
            _settings(config),
            name,
            scope or (),
            Limits(characters, concurrent, requests_per_minute),
        )
    typer.echo(f"Key {key.name} ({key.key_id}). Keep it now: it is not shown again.", err=True)
    typer.echo(secret)


@keys.command("list")
def list_(
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    config: _Config = None,
) -> None:
    """List the keys, revoked ones too, with what they may have and have used."""
    with one_line_failures():
        from vivavoce.commands.key_store import list_keys

        uses = list_keys(_settings(config))
    if as_json:
        typer.echo(json.dumps([_row(use) for use in uses], indent=2))
        return
    from vivavoce.commands.key_table import print_keys

    print_keys(uses)


@keys.command()
def revoke(id_or_name: _Key, config: _Config = None) -> None:
    """End a key: within a second it lets nobody in. What it began may end."""
    with one_line_failures():
        from vivavoce.commands.key_store import revoke_key

        key = revoke_key(_settings(config), id_or_name)
    typer.echo(f"Key {key.name} ({key.key_id}) is revoked.", err=True)


@keys.command()
def forget(key_id: Annotated[str, typer.Argument(metavar="ID")], config: _Config = None) -> None:
    """Delete a revoked key. A server that starts without any key lets everyone in."""
    with one_line_failures():
        from vivavoce.commands.key_store import forget_key

        forget_key(_settings(config), key_id)
    typer.echo(f"Key {key_id} is forgotten.", err=True)


def _settings(config: Path | None) -> Settings:
    from vivavoce.config import load_settings

    return load_settings(config, os.environ, {})


def _row(use: KeyUse) -> dict[str, object]:
    key = use.key
    return {
        "id": key.key_id,
        "name": key.name,
        "scopes": list(key.scopes),
        "characters_a_month": key.limits.characters_a_month,
        "characters_this_month": use.characters,
        "concurrent": key.limits.turns_at_once,
        "requests_per_minute": key.limits.requests_a_minute,
        "created_at": key.created_at,
        "last_used_at": key.last_used_at,
        "revoked_at": key.revoked_at,
    }
