"""Programs that use a client as its users do, each run in a process of its own."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).parents[3]
_PYTHON = _ROOT / ".venv-clients" / "bin" / "python"
_PROGRAMS = Path(__file__).parent / "programs"
_NODE = Path(__file__).parents[1] / "node"

# A hang guard; each of them takes a few seconds.
_ENDS_WITHIN_S = 90.0


class Ran:
    """A program that has ended well: the directory it wrote to, and what it printed."""

    def __init__(self, directory: Path, printed: str) -> None:
        self._directory = directory
        self._printed = printed

    @property
    def told(self) -> Any:
        """The JSON that it printed."""
        return json.loads(self._printed)

    def answer(self, call: str) -> Any:
        """What came of one call; fails with the client's own words if it did."""
        outcome = self.told[call]
        assert "failure" not in outcome, outcome["failure"]
        return outcome["answer"]

    def file(self, name: str) -> bytes:
        """The content of a file that it wrote."""
        return (self._directory / name).read_bytes()


def run_python(name: str, directory: Path, environment: Mapping[str, str], *words: str) -> Ran:
    """Runs `programs/<name>.py` with the clients' own interpreter."""
    assert _PYTHON.exists(), "the clients are not installed: `make test` makes .venv-clients"
    return _run([_PYTHON, _PROGRAMS / f"{name}.py", *words], directory, environment)


def run_node(name: str, directory: Path, environment: Mapping[str, str], *words: str) -> Ran:
    """Runs `node/<name>.mjs`, beside which its packages are."""
    packages = _NODE / "node_modules" / "@elevenlabs"
    assert packages.exists(), "the Node clients are not installed: `make test` makes node_modules"
    return _run(["node", _NODE / f"{name}.mjs", *words], directory, environment)


def _run(command: list[str | Path], directory: Path, environment: Mapping[str, str]) -> Ran:
    done = subprocess.run(
        command,
        cwd=directory,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=_ENDS_WITHIN_S,
    )
    # What goes to standard error is a warning at the least.
    assert (done.returncode, done.stderr) == (0, ""), done.stderr or done.returncode
    return Ran(directory, done.stdout)
