from __future__ import annotations

import socket
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from vivavoce.cli import app


@pytest.fixture(autouse=True)
def no_microphone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setitem(sys.modules, "sounddevice", None)


@pytest.mark.parametrize(
    ("arguments", "said", "code"),
    [
        ([], "--file", 1),
        (["--list-devices"], "--file", 1),
        (["--file", "nothing.wav"], "cannot read nothing.wav", 1),
        (["--file", "x.wav", "--device", "1"], "--device and --file", 2),
    ],
)
def test_what_cannot_be_listened_to_is_one_line_and_an_exit_code(
    command_line: CliRunner, arguments: list[str], said: str, code: int
) -> None:
    run = command_line.invoke(app, ["listen", *arguments])
    assert run.exit_code == code
    assert said in run.stderr
    assert run.stderr.count("\n") == 1


def test_a_silence_out_of_range_is_misuse(command_line: CliRunner) -> None:
    run = command_line.invoke(app, ["listen", "--silence", "9"])
    assert run.exit_code == 2
    assert "--silence" in run.stderr


def test_a_server_that_was_named_and_does_not_answer_is_a_failure(
    command_line: CliRunner, tmp_path: Path
) -> None:
    (tmp_path / "x.wav").write_bytes(b"RIFF")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        nobody = f"http://127.0.0.1:{listener.getsockname()[1]}"
    run = command_line.invoke(app, ["listen", "--file", str(tmp_path / "x.wav"), "--url", nobody])
    assert run.exit_code == 1
    assert f"no server listens at {nobody}" in run.stderr
    assert run.stderr.count("\n") == 1
