from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version

from typer.testing import CliRunner

from vivavoce.cli import app


def test_the_version_is_that_of_the_installed_package(command_line: CliRunner) -> None:
    run = command_line.invoke(app, ["--version"])
    assert run.exit_code == 0
    assert run.stdout.strip() == f"vivavoce {version('vivavoce')}"


def test_help_names_every_command(command_line: CliRunner) -> None:
    run = command_line.invoke(app, ["--help"])
    assert run.exit_code == 0
    for name in ("serve", "say", "listen", "transcribe", "voices", "doctor", "keys"):
        assert name in run.stdout


def test_an_option_that_does_not_exist_is_refused_without_a_traceback(
    command_line: CliRunner,
) -> None:
    run = command_line.invoke(app, ["serve", "--prot", "1"])
    assert run.exit_code == 2
    assert "--prot" in run.stderr
    assert "Traceback" not in run.stderr


def test_the_command_line_imports_nothing_heavy_before_a_command_runs() -> None:
    heavy = ["numpy", "litestar", "uvicorn", "onnxruntime", "websockets", "hibari", "structlog"]
    heavy += ["sqlalchemy", "msgspec"]
    run = subprocess.run(
        [
            sys.executable,
            "-c",
            f"import sys, vivavoce.cli; print([name for name in {heavy} if name in sys.modules])",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.strip() == "[]"
