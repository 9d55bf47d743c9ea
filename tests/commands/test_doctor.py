from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest
from typer.testing import CliRunner

from vivavoce.cli import app

NAMES = [
    *("settings", "python", "cores", "cache", "model", "graphs", "speech", "languages"),
    *("ears", "detector", "hearing", "mind", "thinking", "port", "tls"),
    *("loudspeaker", "microphone", "ffmpeg", "no effect"),
]


@pytest.fixture(autouse=True)
def free_port(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        monkeypatch.setenv("VIVAVOCE_PORT", str(listener.getsockname()[1]))


def test_a_machine_that_can_speak_and_listen_is_told_so_with_its_pace(
    command_line: CliRunner,
) -> None:
    run = command_line.invoke(app, ["doctor"])
    assert run.exit_code == 0, run.output
    lines = run.stdout.splitlines()
    assert len(lines) == len(NAMES)
    (speech,) = [line for line in lines if " speech " in line]
    assert speech.startswith("ok")
    assert "first sound after" in speech
    assert "times as fast" in speech
    (hearing,) = [line for line in lines if " hearing " in line]
    assert hearing.startswith("ok")
    assert "a sentence understood in" in hearing
    assert "times as fast" in hearing
    (thinking,) = [line for line in lines if " thinking " in line]
    assert thinking.startswith("ok")
    assert "an answer begun in" in thinking


def test_a_problem_comes_with_a_remedy_and_exit_code_1(
    command_line: CliRunner, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.touch()
    monkeypatch.setenv("VIVAVOCE_CACHE_DIR", str(in_the_way))
    run = command_line.invoke(app, ["doctor", "--json"])
    assert run.exit_code == 1
    checks = {check["name"]: check for check in json.loads(run.stdout)}
    assert checks["graphs"]["state"] == "problem"
    assert checks["graphs"]["remedy"]
    assert "speech" not in checks
    assert checks["ears"]["state"] == "ok"
    assert "hearing" not in checks


def test_settings_that_cannot_be_used_are_a_problem_and_the_rest_is_looked_at_all_the_same(
    command_line: CliRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIVAVOCE_WORKERS", "many")
    run = command_line.invoke(app, ["doctor", "--json"])
    assert run.exit_code == 1
    checks = json.loads(run.stdout)
    assert [check["name"] for check in checks] == NAMES
    assert checks[0]["state"] == "problem"
    assert "VIVAVOCE_WORKERS" in checks[0]["detail"]
