from __future__ import annotations

import pytest

from vivavoce.core.boundaries import Cut
from vivavoce.core.phrasing import best_word_end, inside_list, leans, word_cut


def at(text: str) -> tuple[str, int]:
    """`text` without its "|", and where that stood."""
    return text.replace("|", ""), text.index("|")


@pytest.mark.parametrize(
    "text",
    [
        "We sell apples, |pears and plums",
        "We sell apples, pears, |plums and cherries",
        "We sell apples, pears, |and plums",
        "We sell apples, |ripe pears, and",
        "苹果、|梨",
    ],
)
def test_a_comma_between_short_items_is_inside_a_list(text: str) -> None:
    assert inside_list(*at(text))


@pytest.mark.parametrize(
    "text",
    [
        "When it rained all day, |we stayed at home",
        "We went out to the garden, |and then it rained",
        "We went out; |apples, pears",
        "We went out all the same, |",
        "如果明天下雨，|我们就在家",  # noqa: RUF001
    ],
)
def test_a_comma_between_clauses_is_not(text: str) -> None:
    assert not inside_list(*at(text))


@pytest.mark.parametrize("text", ["to the |edge", "of |it", "Dr. |Who", "5\u00a0|km", "AND |so"])
def test_small_words_lean_on_the_next_one(text: str) -> None:
    assert leans(*at(text))


@pytest.mark.parametrize("text", ["long grass |to", "(yes) |and", "walked |"])
def test_other_words_do_not(text: str) -> None:
    assert not leans(*at(text))


def test_the_best_word_end_is_the_last_that_does_not_lean() -> None:
    text = "walked up to the "
    assert best_word_end(text, [7, 10, 13, 17]) == 10


def test_where_every_word_leans_the_last_end_is_taken() -> None:
    text = "of the in a to the "
    assert best_word_end(text, [3, 7, 10, 12, 15, 19]) == 19


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("apples, |", Cut.CLAUSE),
        ("apples |", Cut.WORD),
        ("สวัสดีครับ |", Cut.CLAUSE),
        ("한국어 |", Cut.WORD),
    ],
)
def test_a_word_cut_is_named_by_what_it_ends(text: str, cut: Cut) -> None:
    assert word_cut(*at(text)) is cut
