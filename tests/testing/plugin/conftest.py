"""pytest as others run it: in a process of its own, in a directory with nothing of ours."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent
from typing import NamedTuple

import pytest

_ENDS_WITHIN_S = 200.0


class Outcome(NamedTuple):
    """How a run ended, and what it printed."""

    status: int
    output: str


RunPytest = Callable[..., Outcome]


def run_in(directory: Path, *arguments: str, alone: bool = True) -> Outcome:
    """`alone` is without any plugin but ours."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "VIVAVOCE"))}
    if alone:
        environment["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
        arguments = ("-p", "vivavoce.testing.plugin", *arguments)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--tb=short", *arguments],
        cwd=directory,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=_ENDS_WITHIN_S,
    )
    return Outcome(done.returncode, done.stdout)


@pytest.fixture
def run_pytest(tmp_path: Path) -> RunPytest:
    """Runs pytest over files given by name, with `.` for `_`: `run_pytest(test_it="...")`."""

    def run(*arguments: str, alone: bool = True, **files: str) -> Outcome:
        for name, content in {"pytest_ini": "[pytest]", **files}.items():
            ending = "ini" if name == "pytest_ini" else "toml" if name == "rules" else "py"
            path = tmp_path / f"{name.removesuffix('_ini')}.{ending}"
            path.write_text(dedent(content), encoding="utf-8")
        return run_in(tmp_path, *arguments, alone=alone)

    return run
