from __future__ import annotations

from pathlib import Path

import pytest

from vivavoce.commands import voice_checks
from vivavoce.config import Settings
from vivavoce.engines.voices import espeak_languages
from vivavoce.runtime import polyglot


def test_the_model_is_the_one_that_was_installed() -> None:
    check = voice_checks.model()
    assert check.state == "ok"
    assert "sha256" in check.detail


def test_what_callers_may_send_without_effect_is_named_and_nothing_else() -> None:
    names = voice_checks.without_effect().detail.partition(": ")[2].split(", ")
    assert {"model_id", "similarity_boost", "style"} <= set(names)
    assert not {"speed", "stability", "voice_id", "seed", "output_format", "language_code"} & set(
        names
    )


def test_languages_that_are_installed_have_been_tried(tmp_path: Path) -> None:
    check = voice_checks.languages(Settings(cache_dir=tmp_path))
    assert check.state == "ok"
    assert str(len(espeak_languages.LANGUAGES)) in check.detail


def test_languages_that_are_not_installed_are_a_warning_with_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(espeak_languages, "_PACKAGE", "no_such_package")
    check = voice_checks.languages(Settings(cache_dir=tmp_path))
    assert (check.state, check.remedy) == ("warning", "pip install 'vivavoce[languages]'")


def test_languages_that_are_installed_and_cannot_be_loaded_are_a_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(polyglot, "ESPEAK_LOADER", "vivavoce.no_such_module:load")
    check = voice_checks.languages(Settings(cache_dir=tmp_path))
    assert check.state == "problem"
    assert "pip install" in check.remedy
