from __future__ import annotations

# ruff: noqa: RUF001 (letters that look alike are what this is about)
import pytest

from vivavoce.core.pronunciation import Pronunciation
from vivavoce.engines.voices.espeak_text import Form, Spelled, for_library, has_speech, readable
from vivavoce.engines.voices.japanese import KanaReader


def shown(text: str, *pronunciations: Pronunciation) -> str:
    return readable(text, pronunciations).text


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("**Hola** <b>amigo</b>", "Hola amigo"),
        ("hola\x00\x01 amigo\u200b", "hola amigo"),
        ("\x1b[31mhola\x1b[0m", "hola"),
        ("hola\ud800 amigo", "hola amigo"),
        ("hola 😀 amigo 👩\u200d💻 ❤\ufe0f", "hola  amigo  "),
        ("25 °C, 5 €, ¡ya!", "25 °C, 5 €, ¡ya!"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("क्\u200dष", "क्\u200dष"),
        ("３時 ＡＢ ｶﾞ。", "3時 AB ガ。"),
        ("hola_amigo", "hola amigo"),
        ("véase https://ejemplo.es/a", "véase ejemplo.es/a"),
        ("&amp; [texto](http://x.y)", "& texto"),
    ],
)
def test_only_what_has_a_sound_is_read(text: str, read: str) -> None:
    assert shown(text) == read


def test_a_pronunciation_stands_in_the_place_of_what_it_is_for() -> None:
    traced = readable("La OMS dice", [Pronunciation(3, 6, "organización mundial", ipa="x")])
    assert traced.text == "La organización mundial dice"
    assert traced.origin == [0, 1, 2, *[3] * 20, *range(6, 11)]


def test_pronunciations_at_both_ends_and_side_by_side_all_count() -> None:
    said = [Pronunciation(0, 1, "uno"), Pronunciation(1, 2, ""), Pronunciation(3, 4, "tres")]
    assert shown("abcd", *said) == "unoctres"


@pytest.mark.parametrize("text", ["hola", "5", "%", "€", "你", "°", "+"])
def test_letters_digits_and_signs_with_a_name_are_speech(text: str) -> None:
    assert has_speech(text)


@pytest.mark.parametrize("text", ["", " ", "!!!", "-----", "¿?", "…", "* * *", '"'])
def test_marks_are_not(text: str) -> None:
    assert not has_speech(text)


def spelled(text: str, language: str, kana: KanaReader | None = None) -> Spelled:
    found = for_library(text, language, kana)
    assert len(found.text) == len(found.origin) == len(found.sounding)
    assert found.origin == sorted(found.origin)
    return found


def test_words_that_the_library_would_cut_come_in_pieces() -> None:
    for text in ("ba" * 200, "x" * 100, "สวัสดีครับ" * 30, "नमस्ते" * 50, "안녕" * 60):
        pieces = spelled(text, "es").text.split(" ")
        assert "".join(pieces) == text
        assert max(map(len, pieces)) <= 40
    assert spelled("x" * 20, "es").text == "x" * 12 + " " + "x" * 8


def test_a_number_nobody_could_follow_is_spelt() -> None:
    assert spelled("1234567890123", "es").text.split() == list("1234567890123")
    assert spelled("123456789012", "es").text == "123456789012"


def test_chinese_characters_without_a_syllable_are_phonemes_that_take_the_time_of_one() -> None:
    found = spelled("大熊[[猫]]", "zh")
    assert found.form is Form.PHONEMES
    assert found.text == "大[[S;'ong35]][猫]]"
    assert found.sounding == "大.\0\0\0\0\0\0\0\0\0\0\0[猫]]"


def test_english_words_are_marked_for_a_language_that_would_spell_them() -> None:
    found = spelled("Это R&D <ok>", "ky")
    assert found.form is Form.XML
    assert found.text == 'Это <voice xml:lang="en-us">R and D  ok</voice> '
    assert found.sounding.replace("\0", "") == "Это R and D  ok "
    assert spelled("Это R&D", "ru").form is Form.PLAIN


def test_japanese_is_put_in_kana_and_its_english_words_are_marked() -> None:
    found = spelled("今日はPythonです", "ja", KanaReader())
    assert found.text == 'キョーワ<voice xml:lang="en-us">Python</voice>デス'
    assert spelled("きょうは", "ja", None).text == "きょうは"
