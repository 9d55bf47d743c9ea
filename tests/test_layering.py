from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def linted(tree: Path) -> subprocess.CompletedProcess[str]:
    """The contracts of `pyproject.toml`, checked over the package below `tree`."""
    return subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; sys.path.insert(0, 'src'); "
            "from importlinter.cli import lint_imports_command; lint_imports_command()",
            "--no-cache",
        ],
        cwd=tree,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def test_every_room_imports_only_from_rooms_to_its_right() -> None:
    run = linted(ROOT)
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        ("engines/intruder.py", "import vivavoce.server.auth", "only from rooms to its right"),
        ("core/intruder.py", "import vivavoce.wire", "only from rooms to its right"),
        ("audio/intruder.py", "import vivavoce.config", "know no settings"),
        ("wire/intruder.py", "import asyncio", "no input or output"),
        ("errors.py", "import vivavoce.wire", "nothing else of ours"),
        ("clients/intruder.py", "import vivavoce.wire", "nothing but the errors"),
        ("clients/intruder.py", "import numpy", "no package but websockets and sounddevice"),
        ("sessions/intruder.py", "import vivavoce.clients.connection", "server needs a client"),
    ],
)
def test_an_import_against_the_rule_breaks_its_contract(
    copied: Path, module: str, line: str, contract: str
) -> None:
    path = copied / "src" / "vivavoce" / module
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    path.write_text(before + f"\n{line}\n", encoding="utf-8")
    run = linted(copied)
    assert run.returncode == 1, run.stdout + run.stderr
    broken = [row for row in run.stdout.splitlines() if " BROKEN" in row]
    assert any(contract in row for row in broken), run.stdout
