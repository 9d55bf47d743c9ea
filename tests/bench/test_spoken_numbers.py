"""Numbers in words become numbers in digits."""

from __future__ import annotations

import pytest

from bench.spoken_numbers import in_digits


def _in_digits(text: str) -> list[str]:
    return in_digits(text.split())


@pytest.mark.parametrize(
    ("words", "digits"),
    [
        ("seven", "7"),
        ("twenty one", "21"),
        ("a hundred", "100"),
        ("one hundred and five", "105"),
        ("nineteen hundred", "1900"),
        ("one thousand two hundred and fifty", "1250"),
        ("two thousand and nine", "2009"),
        ("two million four hundred thousand", "2400000"),
        ("three billion and one", "3000000001"),
        ("3 million", "3000000"),
        ("5 hundred", "500"),
    ],
)
def test_a_number_of_any_size_is_read(words: str, digits: str) -> None:
    assert _in_digits(words) == [digits]


@pytest.mark.parametrize(
    ("words", "digits"),
    [
        ("nineteen ninety nine", "1999"),
        ("twenty twenty four", "2024"),
        ("five five five one two three four", "5551234"),
        ("555 1234", "5551234"),
        ("ten fifteen", "1015"),
        ("twelve fifty", "1250"),
    ],
)
def test_neighbouring_numbers_become_one(words: str, digits: str) -> None:
    assert _in_digits(words) == [digits]


def test_an_ordinal_becomes_its_cardinal() -> None:
    digits = _in_digits("the twenty first of the twelfth and the one hundredth and thirtieth")
    assert digits == ["the", "21", "of", "the", "12", "and", "the", "130"]


def test_a_spoken_zero_counts_between_numbers_only() -> None:
    assert _in_digits("room four oh seven") == ["room", "407"]
    assert _in_digits("seven o eight") == ["708"]
    assert _in_digits("oh seven dwarfs") == ["oh", "7", "dwarfs"]
    assert _in_digits("seven oh well") == ["7", "oh", "well"]


def test_zeros_in_front_are_kept() -> None:
    assert in_digits(["7", "05"]) == ["705"]


def test_and_between_two_numbers_joins_nothing() -> None:
    assert _in_digits("one and two") == ["1", "and", "2"]


def test_words_without_numbers_stay_as_they_are() -> None:
    digits = _in_digits("a long story and a short one hundredfold")
    assert digits == ["a", "long", "story", "and", "a", "short", "1", "hundredfold"]
    assert in_digits([]) == []
