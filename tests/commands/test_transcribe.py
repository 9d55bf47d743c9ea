from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from vivavoce.cli import app


@pytest.mark.parametrize(
    ("arguments", "said", "code"),
    [
        (["x.wav", "--format", "pdf"], "txt, srt, vtt, json", 2),
        (["x.wav", "-o", "x.doc"], "the suffix names no format", 2),
        (["x.wav", "y.wav", "-o", "both.txt"], "name a directory", 2),
        (["x.wav", "-o", "x.wav", "--format", "txt"], "would be replaced", 2),
        (["nothing.wav"], "cannot read nothing.wav", 1),
        (["."], "it is a directory", 1),
    ],
)
def test_what_cannot_be_written_down_is_one_line_and_an_exit_code(
    command_line: CliRunner, arguments: list[str], said: str, code: int
) -> None:
    run = command_line.invoke(app, ["transcribe", *arguments])
    assert run.exit_code == code
    assert said in run.stderr
    assert run.stderr.count("\n") == 1


def test_without_a_file_it_says_what_is_missing(command_line: CliRunner) -> None:
    run = command_line.invoke(app, ["transcribe"])
    assert run.exit_code == 2
    assert "files" in run.stderr


def test_a_cache_that_cannot_be_made_is_told_before_anything_is_loaded(
    command_line: CliRunner, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.touch()
    monkeypatch.setenv("VIVAVOCE_CACHE_DIR", str(in_the_way / "cache"))
    run = command_line.invoke(app, ["transcribe", str(in_the_way)])
    assert run.exit_code == 2
    assert "VIVAVOCE_CACHE_DIR" in run.stderr
