from __future__ import annotations

import re

import pytest

from vivavoce.engines.minds.spoken_answer import SpokenAnswer


def tokens(text: str) -> list[str]:
    """A word a token, its space in front of it, marks by themselves."""
    return re.findall(r"\s*\w+|\s*[^\w\s]|\s+", text)


def spoken(text: str, *, most: int = 1_000, cut: bool = False) -> str:
    answer = SpokenAnswer(most)
    return "".join(answer.add(token) for token in tokens(text)) + answer.end(cut=cut)


def test_an_answer_comes_out_word_by_word() -> None:
    answer = SpokenAnswer(100)
    assert [answer.add(token) for token in ("The", " capital", " is", " Paris", ".")] == [
        *("The", " capital", " is", " Paris", ".")
    ]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Hello</s>", "Hello"),
        ("Hello.<|im_end|>", "Hello."),
        ("<|im_start|>Hello.", "Hello."),
        ("Hello \N{WAVING HAND SIGN}\N{EMOJI MODIFIER FITZPATRICK TYPE-3} there", "Hello there"),
        ("Yes! \N{SMILING FACE WITH SMILING EYES}", "Yes!"),
        ("I \N{HEAVY BLACK HEART}\N{VARIATION SELECTOR-16} you", "I you"),
        ("- Apples are red.", "Apples are red."),
        ("1. Apples are red.", "Apples are red."),
        ("* **Apples** are `red`.", "Apples are red."),
        ("## Apples", "Apples"),
        ("\N{BULLET} Apples", "Apples"),
        ("  Apples ", "Apples"),
    ],
)
def test_what_cannot_be_spoken_does_not_come_out(written: str, said: str) -> None:
    assert spoken(written) == said


@pytest.mark.parametrize(
    "written",
    [
        "12 times 8 is 96.",
        "42",
        "It is 20°C, so 3 < 4.",
        "It costs 3.50 euros.",
        "A well-known fact.",
    ],
)
def test_numbers_and_marks_that_belong_to_the_text_stay(written: str) -> None:
    assert spoken(written) == written


def test_an_answer_of_markers_alone_says_nothing() -> None:
    assert spoken("1. ") == ""
    assert spoken(" - ") == ""


def test_an_answer_that_the_limit_cuts_ends_with_its_last_sentence() -> None:
    text = "One is first. Two is second. Three is"
    assert spoken(text, most=8, cut=True) == "One is first. Two is second."


def test_without_a_whole_sentence_it_ends_with_its_last_clause() -> None:
    text = "When it rains in the mountains, the river rises, and then"
    assert spoken(text, most=8, cut=True) == "When it rains in the mountains, the river rises."


def test_a_sentence_said_at_once_is_not_followed_by_half_a_one() -> None:
    assert spoken("One two. Three four, five", most=6, cut=True) == "One two."


def test_a_run_on_ends_with_its_last_whole_word() -> None:
    assert spoken("and the rain and the rain and the ra", most=6, cut=True) == (
        "and the rain and the rain and the"
    )


def test_an_answer_that_ends_by_itself_is_whole_whatever_it_ends_with() -> None:
    assert spoken("One two three, four five", most=4) == "One two three, four five"


def test_near_the_limit_a_number_is_not_taken_for_the_end_of_a_sentence() -> None:
    answer = SpokenAnswer(2)
    said = [answer.add(token) for token in ("It", " is", " 3", ".", "5", " now", ".", " And")]
    assert said == ["It", "", "", "", "", "", "", " is 3.5 now."]
