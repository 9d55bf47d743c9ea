from __future__ import annotations

# ruff: noqa: RUF001 (letters that look alike are what this is about)
import pytest

from vivavoce.core.script_languages import language_of_script


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Доброе утро, как вы спали?", "ru"),
        ("Доброго ранку, як ся маєш? Їжак і ґанок.", "uk"),
        ("Добрай раніцы, як у цябе справы? Воўк.", "be"),
        ("Добро утро, как сте? Къде е хотелът?", "bg"),
        ("Добро јутро, како сте? Ђорђе ћути.", "sr"),
        ("Добро утро, како си? Ѓорѓи и ќерка му.", "mk"),
        ("Қайырлы таң! Қалайсыз?", "kk"),
        ("Хәерле иртә! Ничек йоклагансың?", "tt"),
        ("Кутман таң! Кандайсың?", "ky"),
        ("Ырӑ ир пултӑр!", "cv"),
        ("Хәйерле иртә, һаумыһығыҙ!", "ba"),
        ("Салом, қалайсиз? Ўзбекистон", "uz"),
    ],
)
def test_cyrillic_languages_are_told_apart_by_letters_only_one_has(
    text: str, language: str
) -> None:
    assert language_of_script("Cyrillic", text) == language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("صباح الخير، كيف حالك؟", "ar"),
        ("صبح بخیر، حال شما چطور است؟", "fa"),
        ("صبح بخیر، آپ کیسے ہیں؟", "ur"),
        ("ئەتىگەنلىك سالام، ياخشىمۇسىز؟", "ug"),
        ("صبح جو سلام، توهان ڪيئن آهيو؟ سنڌي ٻولي", "sd"),
    ],
)
def test_languages_in_arabic_letters_are_told_apart(text: str, language: str) -> None:
    assert language_of_script("Arabic", text) == language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("अच्छा, आप कैसे हैं?", "hi"),
        ("तुम्ही कसे आहात? मी बरा आहे.", "mr"),
        ("तपाईं कस्तो हुनुहुन्छ? मलाई सन्चै छ।", "ne"),
    ],
)
def test_languages_in_devanagari_are_told_apart_by_small_words(text: str, language: str) -> None:
    assert language_of_script("Devanagari", text) == language


def test_other_scripts_have_one_language_and_those_nobody_speaks_none() -> None:
    assert language_of_script("Bengali", "আমি ভালো আছি") == "bn"
    assert language_of_script("Bengali", "মই ভালে আছোঁ, আপোনাৰ খবৰ?") == "as"
    assert language_of_script("Thai", "สวัสดี") == "th"
    assert language_of_script("Khmer", "សួស្តី") is None


def test_letters_that_tell_languages_apart_only_together_may_be_many() -> None:
    assert language_of_script("Cyrillic", "ў" * 500_000) == "be"
    assert language_of_script("Cyrillic", "ә" * 500_000) == "tt"
    assert language_of_script("Cyrillic", "ў" * 500_000 + "қ") == "uz"
    assert language_of_script("Cyrillic", "ә" * 500_000 + "і") == "kk"
