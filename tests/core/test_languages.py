from __future__ import annotations

# ruff: noqa: RUF001 (letters that look alike are what this is about)
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivavoce.core.languages import language_runs


def runs(text: str, home: str = "en") -> list[tuple[str, str]]:
    return [(run.text, run.language) for run in language_runs(text, home)]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("你好，今天天气很好。", "zh"),
        ("今日は天気がいいですね。", "ja"),
        ("コーヒー", "ja"),
        ("안녕하세요 여러분", "ko"),
        ("مرحبا كيف حالك", "ar"),
        ("Привет, как дела?", "ru"),
        ("Καλημέρα κόσμε", "el"),
        ("שלום, מה שלומך?", "he"),
        ("नमस्ते, आप कैसे हैं?", "hi"),
        ("สวัสดีครับ", "th"),
        ("বাংলা ভাষা", "bn"),
        ("வணக்கம்", "ta"),
        ("నమస్కారం", "te"),
        ("გამარჯობა", "ka"),
        ("Բարեւ ձեզ", "hy"),
        ("ሰላም ነው", "am"),
    ],
)
def test_a_text_in_another_script_is_in_the_language_of_that_script(
    text: str, language: str
) -> None:
    assert runs(text) == [(text, language)]


def test_a_sentence_changes_language_where_its_letters_do() -> None:
    assert runs('He wrote "Привет" twice, and 你好 once.') == [
        ('He wrote "', "en"),
        ('Привет" ', "ru"),
        ("twice, and ", "en"),
        ("你好 ", "zh"),
        ("once.", "en"),
    ]


def test_digits_and_marks_stay_with_what_they_follow_and_open_what_follows_them() -> None:
    assert runs("«Привет» — 100 %! How are you?") == [
        ("«Привет» — 100 %! ", "ru"),
        ("How are you?", "en"),
    ]
    assert runs("50 000 рублей") == [("50 000 рублей", "ru")]


def test_kana_anywhere_make_all_chinese_characters_japanese() -> None:
    assert runs("東京 (Tokyo, capital of Japan) は大きい") == [
        ("東京 (", "ja"),
        ("Tokyo, capital of Japan) ", "en"),
        ("は大きい", "ja"),
    ]
    assert runs("漢字", "ja") == [("漢字", "ja")]


def test_kana_in_a_chinese_text_are_japanese_only_where_they_stand() -> None:
    assert runs("他说 hello，我说こんにちは", "zh") == [
        ("他说 hello，", "zh"),
        ("我说こんにちは", "ja"),
    ]


@pytest.mark.parametrize("text", ["the π meson decays", "5 µm is small", "α", "a Ж-shaped thing"])
def test_a_single_letter_used_as_a_sign_stays_with_the_sentence(text: str) -> None:
    assert runs(text) == [(text, "en")]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("我用 Python 写代码。", "zh"),
        ("OK，没问题。", "zh"),
        ("Привет, John! Как дела?", "ru"),
        ("你好<b>世界</b>吧", "zh"),
    ],
)
def test_a_latin_word_or_a_tag_in_a_foreign_sentence_goes_along(text: str, language: str) -> None:
    assert runs(text) == [(text, language)]


def test_an_english_sentence_keeps_its_last_word_after_a_foreign_one() -> None:
    assert runs("She said 你好 yesterday") == [
        ("She said ", "en"),
        ("你好 ", "zh"),
        ("yesterday", "en"),
    ]


def test_what_is_in_letters_of_the_home_language_is_at_home() -> None:
    for text, home in [
        ("Доброе утро", "uk"),
        ("سلام چطوری", "ar"),
        ("Bonjour à tous", "de"),
        ("Da li је то", "sr"),
        ("漢字", "yue"),
    ]:
        assert runs(text, home) == [(text, home)]


def test_some_latin_words_stay_with_a_voice_of_another_script_and_a_sentence_does_not() -> None:
    assert runs("Мой Samsung Galaxy сломался", "ru") == [("Мой Samsung Galaxy сломался", "ru")]
    assert runs("Он сказал: you are welcome to stay with us.", "ru") == [
        ("Он сказал: ", "ru"),
        ("you are welcome to stay with us.", "en"),
    ]
    assert runs("Он сказал: guten Morgen, wie geht es Ihnen?", "ru")[1][1] == "de"


def test_letters_that_nobody_speaks_stay_at_home() -> None:
    assert runs("Khmer is ខ្មែរ here") == [("Khmer is ខ្មែរ here", "en")]


@pytest.mark.parametrize("text", ["", " ", "123 !?", "😀", "<br/>"])
def test_text_without_letters_is_one_run_at_home(text: str) -> None:
    assert runs(text, "ru") == runs(text, "ru")[:1] == [(text, "ru")]


_LETTERS = st.sampled_from("aZé бЇ π你カ안م한क ‑.,1<b>😀\u200d\ud800\u0301")


@given(st.text(_LETTERS | st.characters(), max_size=60), st.sampled_from(["en", "zh", "ru", "ja"]))
def test_runs_joined_are_the_text_and_neighbours_differ(text: str, home: str) -> None:
    found = language_runs(text, home)
    assert "".join(run.text for run in found) == text
    assert len(found) >= 1
    assert all(a.language != b.language for a, b in pairwise(found))
