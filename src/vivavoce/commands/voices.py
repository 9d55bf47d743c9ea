"""`vivavoce voices`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.table import Table

    from vivavoce.engines.base import Voice


def voices(
    every: Annotated[
        bool, typer.Option("--all", help="The fallback voices for other languages too.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For programs; always all.")] = False,
) -> None:
    """List the voices, and the ElevenLabs voices that each of them stands in for."""
    from vivavoce.engines.voices.catalog import CATALOG, FALLBACK_VOICES, PREMADE

    if as_json:
        rows = [_row(voice) for voice in (*CATALOG, *FALLBACK_VOICES)]
        typer.echo(json.dumps(rows, indent=2))
        return
    from rich.console import Console

    console = Console(highlight=False)
    console.print(_voices(CATALOG))
    console.print()
    console.print(_stand_ins({voice: PREMADE[voice.name] for voice in CATALOG}))
    console.print()
    console.print(_other_languages(), markup=False)
    if every:
        console.print(_fallback_voices(FALLBACK_VOICES))


def _row(voice: Voice) -> dict[str, object]:
    from vivavoce.engines.voices.catalog import ESPEAK, PREMADE
    from vivavoce.engines.voices.espeak_languages import is_installed

    return {
        "voice_id": voice.voice_id,
        "name": voice.name,
        "language": voice.language,
        "gender": voice.gender,
        "description": voice.description,
        "licence": voice.licence,
        "size_bytes": voice.size_bytes,
        "installed": voice.engine != ESPEAK or is_installed(),
        "stands_in_for": PREMADE.get(voice.name, {}),
    }


def _other_languages() -> str:
    from vivavoce.engines.voices.espeak_languages import INSTALL, LANGUAGES, is_installed

    how = "" if is_installed() else f", not installed yet: {INSTALL}"
    names = ", ".join(sorted(f"{language.name} {language.code}" for language in LANGUAGES))
    return f"{len(LANGUAGES)} more languages, by espeak-ng{how}\n{names}"


def _voices(catalog: tuple[Voice, ...]) -> Table:
    table = _table("id", "name", "language", "gender", "licence", "size")
    for voice in catalog:
        size = f"{voice.size_bytes / 1e6:.1f} MB"
        table.add_row(voice.voice_id, voice.name, voice.language, voice.gender, voice.licence, size)
    return table


def _fallback_voices(voices: tuple[Voice, ...]) -> Table:
    table = _table("id", "name", "language")
    for voice in voices:
        table.add_row(voice.voice_id, voice.name, voice.language)
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
