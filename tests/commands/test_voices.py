from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from vivavoce.cli import app
from vivavoce.engines.voices import espeak_languages
from vivavoce.engines.voices.catalog import (
    CATALOG,
    DEFAULT_VOICE,
    FALLBACK_VOICES,
    resolve_voice,
)


def test_every_voice_is_listed_with_what_a_caller_wants_to_know(command_line: CliRunner) -> None:
    run = command_line.invoke(app, ["voices"])
    assert run.exit_code == 0
    rows = {line.split()[0]: line.split() for line in run.stdout.splitlines() if line.strip()}
    for voice in CATALOG:
        assert rows[voice.voice_id] == [
            *(voice.voice_id, voice.name, voice.language, voice.gender, voice.licence),
            *(f"{voice.size_bytes / 1e6:.1f}", "MB"),
        ]


def test_elevenlabs_ids_are_listed_beside_the_voice_that_answers_to_them(
    command_line: CliRunner,
) -> None:
    run = command_line.invoke(app, ["voices"])
    assert ["JBFqnCBsd6RMkjVDRZzb", "George", "Claudio"] in [
        line.split() for line in run.stdout.splitlines()
    ]


def test_other_languages_are_named_and_their_voices_listed_when_all_are_asked_for(
    command_line: CliRunner,
) -> None:
    few, every = (command_line.invoke(app, ["voices", *flags]) for flags in ([], ["--all"]))
    text = " ".join(few.stdout.split())
    assert "by espeak-ng" in text
    assert "Chinese (Mandarin) zh" in text
    listed = {line.split()[0] for line in every.stdout.splitlines() if line.strip()}
    for voice in FALLBACK_VOICES:
        assert voice.voice_id in listed
        assert voice.voice_id not in few.stdout


def test_languages_that_are_not_installed_say_how_to_install_them(
    command_line: CliRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "pip install" not in command_line.invoke(app, ["voices"]).stdout
    monkeypatch.setattr(espeak_languages, "_PACKAGE", "no_such_package")
    text = " ".join(command_line.invoke(app, ["voices"]).stdout.split())
    assert "pip install 'vivavoce[languages]'" in text
    rows = json.loads(command_line.invoke(app, ["voices", "--json"]).stdout)
    assert [row["installed"] for row in rows] == [True] * len(CATALOG) + [False] * len(
        FALLBACK_VOICES
    )


def test_the_list_for_programs_says_the_same(command_line: CliRunner) -> None:
    run = command_line.invoke(app, ["voices", "--json"])
    listed = json.loads(run.stdout)
    assert [row["voice_id"] for row in listed] == [
        voice.voice_id for voice in (*CATALOG, *FALLBACK_VOICES)
    ]
    for row in listed:
        assert {"name", "language", "gender", "licence", "size_bytes"} <= row.keys()
        for identifier in row["stands_in_for"].values():
            found = resolve_voice(identifier, default=DEFAULT_VOICE, strict=True)
            assert found.voice.voice_id == row["voice_id"]
