from __future__ import annotations

import socket
from pathlib import Path

import pytest
from typer.testing import CliRunner

from vivavoce.cli import app


@pytest.fixture
def nobody() -> str:
    """An address at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return f"http://127.0.0.1:{listener.getsockname()[1]}"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["", "-o", "x.mp3"], "no text to speak"),
        ([" \n", "-o", "x.mp3"], "no text to speak"),
        (["Hello.", "-o", "x.flac"], ".mp3, .wav"),
        (["Hello.", "-o", "x.mp3", "--format", "nope"], "nope"),
        (["Hello.", "--format", "pcm_16000"], "add -o"),
        (["Hello.", "-o", "x.mp3", "--voice", "Nobody"], "vivavoce voices"),
        (["Hello.", "-o", "x.mp3", "--url", "nonsense"], "no address"),
    ],
)
def test_what_cannot_be_spoken_is_one_line_and_exit_code_2(
    command_line: CliRunner, arguments: list[str], said: str
) -> None:
    run = command_line.invoke(app, ["say", *arguments])
    assert run.exit_code == 2
    assert said in run.stderr
    assert run.stderr.count("\n") == 1


def test_a_server_that_was_named_and_does_not_answer_is_a_failure_and_leaves_no_file(
    command_line: CliRunner, nobody: str, tmp_path: Path
) -> None:
    run = command_line.invoke(
        app, ["say", "Hello.", "-o", str(tmp_path / "x.mp3"), "--url", nobody]
    )
    assert run.exit_code == 1
    assert f"no server listens at {nobody}" in run.stderr
    assert not (tmp_path / "x.mp3").exists()


@pytest.mark.parametrize(
    "arguments",
    [["say", "Hello.", "-o", "x.mp3"], ["talk", "--text"], ["agents", "list"]],
    ids=lambda arguments: arguments[0],
)
def test_the_server_may_be_named_in_the_environment_as_for_the_sdks(
    command_line: CliRunner, nobody: str, arguments: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIVAVOCE_URL", nobody)
    run = command_line.invoke(app, arguments)
    assert run.exit_code == 1
    assert f"no server listens at {nobody}" in run.stderr
