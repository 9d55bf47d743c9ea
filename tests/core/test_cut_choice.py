from __future__ import annotations

import pytest

from vivavoce.core.boundaries import BoundaryScanner, Cut
from vivavoce.core.cut_choice import choose_cut, reach


def choice(text: str, *, eager: bool = False) -> tuple[str, Cut] | None:
    """What would be spoken of `text`, and how it would end."""
    cut = choose_cut(BoundaryScanner(text), eager=eager)
    return (text[: cut.end], cut.cut) if cut else None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. When it rains all day, we st", ("One. ", Cut.SENTENCE)),
        ("When it rains all day, we stay at ho", ("When it rains all day, ", Cut.CLAUSE)),
        ("When it rains all day we st", ("When it rains all day ", Cut.WORD)),
        ("When it rains all day; ", ("When it rains all day; ", Cut.CLAUSE)),
        ("One two thr", None),
        ("Whenitrains", None),
        ("a" * 1000, ("a" * 800, Cut.FORCED)),
    ],
)
def test_the_best_kind_of_boundary_wins_over_the_last(
    text: str, expected: tuple[str, Cut] | None
) -> None:
    assert choice(text) == expected


def test_a_clause_end_far_behind_what_one_utterance_holds_is_passed_over() -> None:
    text = "When it rains all day, " + "we stay at home " * 40
    assert choice(text) == (text, Cut.WORD)


def test_only_an_eager_choice_takes_the_last_mark_for_what_it_seems() -> None:
    assert choice("When it rains we stay.") is None
    assert choice("When it rains we stay.", eager=True) == ("When it rains we stay.", Cut.SENTENCE)


def test_nothing_is_chosen_behind_the_beginning_of_a_tag() -> None:
    assert choice('Somebody walked here <break time="1 s ') == ("Somebody walked here ", Cut.WORD)


def test_reach_is_where_the_last_word_ends() -> None:
    assert reach(BoundaryScanner("one two thr")) == 8
    assert reach(BoundaryScanner("one two.")) == 8
    assert reach(BoundaryScanner("今天，明")) == 3  # noqa: RUF001
    assert reach(BoundaryScanner("one")) == 0
