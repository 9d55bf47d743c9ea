from __future__ import annotations

import socket

import pytest
from typer.testing import CliRunner

from vivavoce.cli import app


def test_a_change_of_nothing_is_misuse(command_line: CliRunner) -> None:
    run = command_line.invoke(app, ["agents", "set", "default"])
    assert run.exit_code == 2
    assert "nothing to change" in run.stderr


@pytest.mark.parametrize(
    "arguments",
    [["list"], ["show", "a"], ["create"], ["set", "a", "--prompt", "x"], ["delete", "a"]],
)
def test_a_server_that_does_not_answer_is_one_line(
    command_line: CliRunner, arguments: list[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        nobody = f"http://127.0.0.1:{listener.getsockname()[1]}"
    run = command_line.invoke(app, ["agents", *arguments, "--url", nobody])
    assert run.exit_code == 1
    assert run.stderr == f"vivavoce: no server listens at {nobody}\n"
