from __future__ import annotations

from pathlib import Path

import pytest

from vivavoce.commands import ears_checks
from vivavoce.commands.voice_checks import SpokenSample
from vivavoce.config import Settings


def test_the_models_are_those_that_were_installed() -> None:
    for check in (ears_checks.ears(), ears_checks.detector()):
        assert check.state == "ok"
        assert "sha256" in check.detail


def test_ears_that_understand_something_else_are_a_warning_with_both_texts(tmp_path: Path) -> None:
    silence = SpokenSample("Good morning.", bytes(48_000), 24_000)
    check = ears_checks.hearing(Settings(cache_dir=tmp_path), silence)
    assert check.state == "warning"
    assert check.detail.startswith("'Good morning.' was heard as ")
    assert check.remedy


def test_ears_that_cannot_be_loaded_are_a_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.touch()
    silence = SpokenSample("Good morning.", bytes(48_000), 24_000)
    check = ears_checks.hearing(Settings(cache_dir=in_the_way), silence)
    assert check.state == "problem"
    assert check.remedy
