from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivavoce.core.cut_places import Place, cut_places

SENTENCE, CLAUSE, WORD, LEANING = Place.SENTENCE, Place.CLAUSE, Place.WORD, Place.LEANING


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("Come in. Sit down!", [WORD, SENTENCE, WORD, SENTENCE]),
        ("Ask Mr. Jones today", [WORD, LEANING, WORD, SENTENCE]),
        ("He came at 5 p.m. on Monday", [LEANING, WORD, LEANING, WORD, WORD, LEANING, SENTENCE]),
        ("When it rains, stay home", [WORD, LEANING, CLAUSE, WORD, SENTENCE]),
        ("Buy apples, pears and plums", [WORD, WORD, WORD, LEANING, SENTENCE]),
        ("Some of the best", [WORD, LEANING, LEANING, SENTENCE]),
        ("It is 3.14 or", [LEANING, LEANING, WORD, SENTENCE]),
    ],
)
def test_a_word_is_followed_by_as_good_a_place_as_its_sentence_makes_it(
    text: str, places: list[Place]
) -> None:
    assert cut_places(text.split()) == places


@given(st.lists(st.text("aI.,;!?'\"-<é3", min_size=1, max_size=6), max_size=30))
def test_every_word_has_a_place_and_the_last_one_ends_it_all(words: list[str]) -> None:
    places = cut_places(words)
    assert len(places) == len(words)
    assert places[-1:] in ([], [SENTENCE])
