from __future__ import annotations

from pathlib import Path

import pytest

from vivavoce.commands.installed_files import as_installed

RECORD = """\
model/a.bin,sha256=mhKQONmgCu0M9qfqBZylCoE0SQYauHhIzxoT6v3zOyw,7
model/b.bin,sha256=mhKQONmgCu0M9qfqBZylCoE0SQYauHhIzxoT6v3zOyw,7
model/c.txt,,
"""
"""With the checksum of "weights"."""


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a package called some-model is installed, as it should be."""
    installed = tmp_path / "some_model-1.2.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: some-model\nVersion: 1.2\n")
    (installed / "RECORD").write_text(RECORD)
    (tmp_path / "model").mkdir()
    for name in ("a.bin", "b.bin", "c.txt"):
        (tmp_path / "model" / name).write_bytes(b"weights")
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


def test_files_that_are_as_they_were_installed_are_named_by_their_checksums(site: Path) -> None:
    check = as_installed("model", "some-model", ("model/a.bin", "model/b.bin"))
    assert (check.name, check.state) == ("model", "ok")
    assert check.detail == "some-model 1.2, sha256 9a129038d9a00aed, 9a129038d9a00aed"


def test_a_file_that_has_changed_since_is_a_problem_with_a_remedy(site: Path) -> None:
    (site / "model/b.bin").write_bytes(b"Weights")
    check = as_installed("model", "some-model", ("model/a.bin", "model/b.bin"))
    assert check.state == "problem"
    assert check.detail == "model/b.bin is not what was installed"
    assert check.remedy.endswith("--no-deps some-model")


def test_a_file_that_is_not_there_is_a_problem(site: Path) -> None:
    (site / "model/a.bin").unlink()
    check = as_installed("model", "some-model", ("model/a.bin",))
    assert check.state == "problem"
    assert "No such file" in check.detail


@pytest.mark.parametrize("file", ["model/c.txt", "model/d.bin"])
def test_a_file_without_a_checksum_is_a_problem(site: Path, file: str) -> None:
    assert "does not list" in as_installed("model", "some-model", (file,)).detail


def test_a_package_that_is_not_installed_is_a_problem() -> None:
    check = as_installed("model", "no-such-model", ("model/a.bin",))
    assert check.state == "problem"
    assert "no-such-model is not installed" in check.detail
