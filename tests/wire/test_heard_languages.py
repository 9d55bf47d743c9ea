"""The names of a language that is heard here."""

from __future__ import annotations

import pytest

from vivavoce.wire.heard_languages import asked_language, english_name, three_letters


@pytest.mark.parametrize(
    "given", ["en", "EN", "eng", "ENG", "en-US", "en_gb", "eng-US", " en ", "English"]
)
def test_english_is_found_in_every_spelling_that_clients_have(given: str) -> None:
    assert asked_language(given) == "en"


@pytest.mark.parametrize("given", [None, "", " ", "-US"])
def test_no_language_leaves_the_choice(given: str | None) -> None:
    assert asked_language(given) is None


def test_a_language_that_nobody_knows_keeps_its_code() -> None:
    assert asked_language("deu-CH") == "deu"
    assert three_letters("de") == "de"
    assert english_name("de") == "de"


def test_an_answer_has_the_long_code_or_the_name() -> None:
    assert three_letters("en") == "eng"
    assert english_name("en") == "english"
