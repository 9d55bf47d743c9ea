from __future__ import annotations

from vivavoce.commands import voice_checks


def test_the_model_is_the_one_that_was_installed() -> None:
    check = voice_checks.model()
    assert check.state == "ok"
    assert "sha256" in check.detail


def test_what_callers_may_send_without_effect_is_named_and_nothing_else() -> None:
    names = voice_checks.without_effect().detail.partition(": ")[2].split(", ")
    assert {"model_id", "language_code", "similarity_boost", "style"} <= set(names)
    assert not {"speed", "stability", "voice_id", "seed", "output_format"} & set(names)
