from __future__ import annotations

import pytest

from vivavoce.core.markup import strip_markup
from vivavoce.core.traced_text import TracedText


def stripped(text: str) -> str:
    traced = TracedText(text)
    strip_markup(traced)
    return traced.text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<b>bold</b>ly", "boldly"),
        ("one<br/>two<p>three</p>", "one two three "),
        ('wait <break time="1.5s" /> here', "wait   here"),
        ('<phoneme alphabet="ipa" ph="x">word</phoneme>', "word"),
        ("<a href='/x'>link</a>", "link"),
        ("a<!-- note -->b<?xml v?>c<!DOCTYPE html>", "a b c "),
        ("<speak><s>One.</s></speak>", " One. "),
    ],
)
def test_tags_are_gone_and_blocks_leave_a_space(text: str, expected: str) -> None:
    assert stripped(text) == expected


@pytest.mark.parametrize("text", ["a < b", "a<b and c>d", "5 > 3", "<3", "< b >", "x <- y"])
def test_less_than_and_greater_than_stay(text: str) -> None:
    assert stripped(text) == text


def test_entities_are_the_characters_they_stand_for() -> None:
    assert (
        stripped("AT&amp;T &lt; &#33; &#x3f; &hellip; &nosuch; R&D;")
        == "AT&T < ! ? … &nosuch; R&D;"
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("**bold** and *fine* and ***both***", "bold and fine and both"),
        ("__bold__ and _fine_ but snake_case_name", "bold and fine but snake_case_name"),
        ("~~gone~~ `code` don`t", "gone code don't"),
        ("**only opened", "only opened"),
        ("only closed.** And", "only closed. And"),
        ("\\*starred\\* and 1\\. no", "starred and 1. no"),
        ("5*3, 2 * 4 and 2**3", "5\u00d73, 2\u00d74 and 2^3"),
        ("a * b", "a * b"),
    ],
)
def test_emphasis_is_gone_and_arithmetic_stays(text: str, expected: str) -> None:
    assert stripped(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# One\n###### Two\n#3 and C#", "One\nTwo\n#3 and C#"),
        ("- one\n* two\n  + three\n• four\n- [x] five\n-6", "one\ntwo\nthree\nfour\nfive\n-6"),
        ("1. one\n2) two", "1. one\n2) two"),
        ("> quoted\n>> twice", "quoted\ntwice"),
        ("```python\nx = 1\n```\n~~~\n", "\nx = 1\n\n\n"),
        ("a\n---\n* * *\n===\nb", "a\n\n\n\nb"),
        ("| a | b |\n|---|:-:|\n| 1 | 2 |", "a | b\n\n1 | 2"),
        ("a |\n| |\n||\n  b | | ", "a\n\n\n  b |"),
    ],
)
def test_lines_lose_their_marks(text: str, expected: str) -> None:
    assert stripped(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[label](https://example.com/x)", "label"),
        ("![picture](a.png) here", "picture here"),
        ("[word](/w\u02c8\u025cd/)", "word"),
        ("\\[word\\](/x/)", "word"),
        ("<https://example.com/x>", "https://example.com/x"),
        ("[a](b](c) d", "a d"),
        ("[a](b) [c](d [e](f", "a [c](d [e](f"),
        ("[note] and (aside)", "[note] and (aside)"),
    ],
)
def test_links_are_their_labels(text: str, expected: str) -> None:
    assert stripped(text) == expected


@pytest.mark.parametrize("unit", [" ", "\t", "| ", " -", "<p>", "[](", "<a ", "<!--"])
def test_text_that_is_nothing_but_markup_takes_no_longer_for_being_long(unit: str) -> None:
    assert stripped(unit * 300_000 + "hola").endswith("hola")


def test_blanks_without_end_keep_their_places() -> None:
    traced = TracedText(" " * 300_000 + "| hola" + " " * 300_000 + "|")
    strip_markup(traced)
    assert (traced.text, traced.origin) == ("hola", [300_002, 300_003, 300_004, 300_005])
