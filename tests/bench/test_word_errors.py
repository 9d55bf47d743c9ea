"""What counts as a word error, and what is only another spelling."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.word_errors import WordErrors, differences, overall_rate, word_error_rate, word_errors


@pytest.mark.parametrize(
    ("reference", "hypothesis"),
    [
        ("Hello, World!", "hello world"),
        ("a real-time test", "a realtime test"),
        ("by the sea shore", "by the seashore"),
        ("Okay, let's go.", "OK let\u2019s go"),
        ("Mr. Brown and Dr. Green", "mister brown and doctor green"),
        ("you're late, I won't wait", "you are late I will not wait"),
        ("twenty-five degrees Celsius", "25°C"),
        ("twenty percent less", "20% less"),
        ("five dollars and fifty cents", "$5.50"),
        ("five dollars", "$5.00"),
        ("three million dollars", "$3 million"),
        ("three point one four", "3.14"),
        ("one thousand two hundred and fifty people", "1,250 people"),
        ("nineteen ninety-nine", "1999"),
        ("March fourteenth, at nine AM", "March 14th at 9 a.m."),
        ("at half past ten fifteen o'clock", "at half past 10:15"),
        ("eight forty-five AM", "8.45 a.m."),
        ("nine o'clock", "9:00"),
        ("the US team", "the U.S. team"),
        ("part three", "Part III"),
        ("salt and pepper", "salt & pepper"),
        ("the neighbour's favourite colour", "the neighbor's favorite color"),
        ("four grey theatres, 100 metres on", "four gray theaters 100 meters on"),
    ],
)
def test_another_spelling_is_no_error(reference: str, hypothesis: str) -> None:
    assert word_error_rate(reference, hypothesis) == 0


@pytest.mark.parametrize(
    ("reference", "hypothesis", "errors"),
    [
        ("the cat sat", "the hat sat", 1),
        ("the cat sat", "the sat", 1),
        ("the cat sat", "the cat sat down", 1),
        ("the cat sat", "", 3),
        ("call five five five", "call 556", 1),
        ("eighteen people", "eighty people", 1),
        ("fifteen dollars", "15 euros", 1),
    ],
)
def test_a_word_wrong_missing_or_added_is_one_error(
    reference: str, hypothesis: str, errors: int
) -> None:
    assert word_errors(reference, hypothesis).errors == errors


def test_the_rate_is_per_word_of_the_reference() -> None:
    assert word_errors("one two buckle my shoe", "12 buckle your shoe") == WordErrors(1, 4)
    assert word_error_rate("one two buckle my shoe", "12 buckle your shoe") == 0.25
    assert word_error_rate("yes", "no no no") == 3


def test_the_rate_of_many_texts_is_that_of_all_their_words() -> None:
    assert overall_rate([WordErrors(1, 2), WordErrors(0, 6)]) == 0.125


def test_what_was_heard_instead_is_shown() -> None:
    found = differences("It was the spring of hope, we say.", "it was a spring of hope")
    assert found == [(["the"], ["a"]), (["we", "say"], [])]


def test_a_reference_without_words_is_refused() -> None:
    with pytest.raises(ValueError, match="no words"):
        word_error_rate("…", "you")


@given(st.text(max_size=60))
def test_every_text_is_its_own_perfect_transcript(text: str) -> None:
    assert word_errors(text, text).errors == 0


@given(st.lists(st.sampled_from(["alpha", "bravo", "charlie", "delta"]), min_size=1, max_size=8))
def test_silence_in_return_is_an_error_a_word(words: list[str]) -> None:
    assert word_errors(" ".join(words), "") == WordErrors(len(words), len(words))
