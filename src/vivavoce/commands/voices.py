"""`vivavoce voices`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.table import Table

    from vivavoce.engines.base import Voice


def voices(
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """List the voices, and the ElevenLabs voices that each of them stands in for."""
    from vivavoce.engines.voices.catalog import CATALOG, PREMADE

    if as_json:
        rows = [_row(voice, PREMADE[voice.name]) for voice in CATALOG]
        typer.echo(json.dumps(rows, indent=2))
        return
    from rich.console import Console

    console = Console(highlight=False)
    console.print(_voices(CATALOG))
    console.print()
    console.print(_stand_ins({voice: PREMADE[voice.name] for voice in CATALOG}))


def _row(voice: Voice, stands_in_for: dict[str, str]) -> dict[str, object]:
    return {
        "voice_id": voice.voice_id,
        "name": voice.name,
        "language": voice.language,
        "gender": voice.gender,
        "description": voice.description,
        "licence": voice.licence,
        "size_bytes": voice.size_bytes,
        "stands_in_for": stands_in_for,
    }


def _voices(catalog: tuple[Voice, ...]) -> Table:
    table = _table("id", "name", "language", "gender", "licence", "size")
    for voice in catalog:
        size = f"{voice.size_bytes / 1e6:.1f} MB"
        table.add_row(voice.voice_id, voice.name, voice.language, voice.gender, voice.licence, size)
    return table


def _stand_ins(stand_ins: dict[Voice, dict[str, str]]) -> Table:
    table = _table("ElevenLabs id", "ElevenLabs name", "spoken by")
    for voice, premade in stand_ins.items():
        for name, voice_id in premade.items():
            table.add_row(voice_id, name, voice.name)
        table.add_section()
    return table


def _table(*headings: str) -> Table:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE, pad_edge=False)
    for heading in headings:
        table.add_column(heading, no_wrap=True, style="bold" if heading == "name" else None)
    return table
