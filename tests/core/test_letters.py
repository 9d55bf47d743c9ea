from __future__ import annotations

import json
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivavoce.core.letters import READABLE_LETTERS, UNUSUAL, plain, speakable_letters


@pytest.mark.parametrize("alphabet", ["oov.json", "oov_gb.json"])
def test_every_accented_letter_that_is_kept_is_in_the_voices_alphabet(alphabet: str) -> None:
    asset = files("hibari").joinpath("assets", alphabet).read_text("utf-8")
    assert set(json.loads(asset)["in"]) >= READABLE_LETTERS


@pytest.mark.parametrize(
    ("cluster", "expected"),
    [
        ("e\u0301", "é"),
        ("ặ", "a"),
        ("Ħ", "H"),
        ("ŧ", "t"),
        ("x\u0336", "x"),
        ("\uff22", "B"),
        ("ﬁ", "fi"),
        ("Ⅷ", "VIII"),
        ("\U0001d407", "H"),
        ("٣", "3"),
        ("①", "1"),
        ("1\ufe0f\u20e3", "1"),
        ("\u00a0", " "),
        ("\t", " "),
        ("\r", "\n"),
        ("\u2028", "\n"),
        ("\u2011", "-"),
        ("…", "…"),
        ("½", "½"),
        ("²", "²"),
        ("\u2019", "\u2019"),
        ("\u2014", "\u2014"),
        ("。", "."),
        ("\uff01", "!"),
        ("日", "日"),
        ("Ж", "Ж"),
    ],
)
def test_a_character_becomes_the_nearest_one_the_voice_knows(cluster: str, expected: str) -> None:
    assert plain(cluster) == expected


@pytest.mark.parametrize(
    "char",
    [
        "\0",
        "\x07",
        "\x1b",
        "\x9b",
        "\u200b",
        "\u200d",
        "\u202e",
        "\u2066",
        "\ufeff",
        "\u00ad",
        chr(0xD800),
        chr(0xDFFF),
        "\ue000",
        "\ufe0f",
    ],
)
def test_what_has_no_sound_is_gone(char: str) -> None:
    assert plain(char) == ""


@given(st.characters())
def test_a_plain_character_stays_as_it_is(char: str) -> None:
    once = plain(char)
    assert UNUSUAL.sub(lambda found: plain(found[0]), once) == once


def test_no_european_letter_is_left_that_the_voice_cannot_read() -> None:
    letters = [chr(code) for code in range(0xC0, 0x180)] + ["Ə", "ə", "Ș", "ẞ", "ằ", "ỹ"]
    for letter in filter(str.isalpha, letters):
        left = list(filter(str.isalpha, plain(letter)))
        assert left
        assert all(char.isascii() or char in READABLE_LETTERS for char in left), letter


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", (0, 0)),
        ("123 !? 😀", (0, 0)),
        ("Hello", (5, 5)),
        ("naïve Łódź", (9, 9)),
        ("\uff28\uff29", (2, 2)),
        ("5 µm", (2, 2)),
        ("日本語", (0, 3)),
        ("Привет", (0, 6)),
        ("say 好", (3, 4)),
    ],
)
def test_speakable_letters_are_the_latin_ones(text: str, expected: tuple[int, int]) -> None:
    assert speakable_letters(text) == expected
