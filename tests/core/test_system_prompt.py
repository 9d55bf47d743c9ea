"""The first message of every prompt."""

from __future__ import annotations

import pytest

from vivavoce.core.system_prompt import knowledge_left_out, system_prompt
from vivavoce.errors import MissingVariable


def test_placeholders_are_filled() -> None:
    assert system_prompt("You serve {{name}}.", {"name": "Ann"}) == "You serve Ann."


def test_a_secret_never_gets_into_it() -> None:
    with pytest.raises(MissingVariable, match="secret__key"):
        system_prompt("{{secret__key}}", {"secret__key": "k"})


def test_knowledge_follows_under_a_heading() -> None:
    prompt = system_prompt("Be kind.", {}, ["Open from 9.", " ", "Closed on Sundays.\n"])
    assert prompt == "Be kind.\n\n# Knowledge base\n\nOpen from 9.\n\nClosed on Sundays."


def test_braces_in_knowledge_are_no_placeholders() -> None:
    assert "{{name}}" in system_prompt("", {}, ["Write {{name}}."])


def test_knowledge_that_does_not_fit_is_cut_between_two_words() -> None:
    prompt = system_prompt("", {}, ["one two", "three four"], most_knowledge=16)
    assert prompt.endswith("one two\n\nthree")
    assert knowledge_left_out(["one two", "three four"], 16) == 3


@pytest.mark.parametrize(("most", "kept"), [(7, "one two"), (6, "one"), (3, "one"), (2, "on")])
def test_the_cut_keeps_whole_words_where_it_can(most: int, kept: str) -> None:
    prompt = system_prompt("", {}, ["one two three"], most_knowledge=most)
    assert prompt == f"# Knowledge base\n\n{kept}"


def test_text_without_spaces_is_cut_at_the_limit() -> None:
    assert system_prompt("", {}, ["字" * 20], most_knowledge=5).endswith("\n" + "字" * 5)


def test_nothing_is_left_out_of_what_fits() -> None:
    assert knowledge_left_out(["short"]) == 0
