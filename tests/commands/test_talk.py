from __future__ import annotations

import socket
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from vivavoce.cli import app


@pytest.fixture(autouse=True)
def no_sound_devices(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setitem(sys.modules, "sounddevice", None)


@pytest.mark.parametrize(
    ("arguments", "said", "code"),
    [
        ([], "-o answer.wav", 1),
        (["-o", "answer.wav"], "--file FILE", 1),
        (["-o", "answer.txt", "--file", "x.wav"], "answer.txt", 2),
        (["-o", "answer.wav", "--file", "nothing.wav"], "cannot read nothing.wav", 1),
        (["--file", "x.wav", "--device", "1"], "--device and --file", 2),
        (["--text", "--file", "x.wav"], "no sound for --file", 2),
        (["--text", "-o", "x.wav"], "no sound for -o", 2),
        (["--text", "--half-duplex"], "no sound for --half-duplex", 2),
        (["--text", "--var", "name"], "no name=value", 2),
    ],
)
def test_a_call_that_cannot_be_is_one_line_and_an_exit_code(
    command_line: CliRunner, arguments: list[str], said: str, code: int
) -> None:
    run = command_line.invoke(app, ["talk", *arguments])
    assert run.exit_code == code
    assert said in run.stderr
    assert run.stderr.count("\n") == 1


def test_a_server_that_was_named_and_does_not_answer_is_a_failure(command_line: CliRunner) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        nobody = f"http://127.0.0.1:{listener.getsockname()[1]}"
    run = command_line.invoke(app, ["talk", "--text", "--url", nobody])
    assert run.exit_code == 1
    assert run.stderr == f"vivavoce: no server listens at {nobody}\n"
