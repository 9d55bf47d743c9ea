from __future__ import annotations

# ruff: noqa: RUF001 (letters that look alike are what this is about)
import pytest

from vivavoce.core.scripts import only_latin, script_of, scripts_of


@pytest.mark.parametrize(
    ("letters", "script"),
    [
        ("aZéßøğơﬁＡ", "Latin"),
        ("πΩἀ", "Greek"),
        ("жЇѓ", "Cyrillic"),
        ("אש", "Hebrew"),
        ("سپی\u064e", "Arabic"),
        ("नि्", "Devanagari"),
        ("กั", "Thai"),
        ("안ㄱ", "Hangul"),
        ("你々〇ひカー𠮷", "Sinitic"),
        ("ሰ", "Ethiopic"),
        ("Ꮳ", "Cherokee"),
        ("ქ", "Georgian"),
    ],
)
def test_letters_and_the_signs_on_them_belong_to_their_script(letters: str, script: str) -> None:
    assert [script_of(letter) for letter in letters] == [script] * len(letters)


@pytest.mark.parametrize("char", list(" 5.,!?¿«“…。、・٣५€😀\u0301\u200d\n×"))
def test_digits_marks_spaces_and_emoji_belong_to_none(char: str) -> None:
    assert script_of(char) is None


def test_a_language_that_nothing_is_said_about_is_written_in_latin_letters() -> None:
    assert scripts_of("fi") == {"Latin"}
    assert scripts_of("ru") == {"Cyrillic"}
    assert scripts_of("sr") == {"Cyrillic", "Latin"}
    assert scripts_of("ja") == scripts_of("zh") == {"Sinitic"}


def test_text_without_another_alphabet_is_told_apart_at_a_glance() -> None:
    assert only_latin("“Smörgåsbord” — 5 € … naïve, tiếng Việt!")
    assert not only_latin("a б")
