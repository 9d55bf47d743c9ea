"""Conversations as REST describes them."""

from __future__ import annotations

import pytest

from vivavoce.errors import InvalidParameter
from vivavoce.wire.conversations import (
    Feedback,
    call_successful,
    rating_of,
    score_of,
    statuses_of,
)


@pytest.mark.parametrize(
    ("status", "success"),
    [
        ("initiated", "unknown"),
        ("in-progress", "unknown"),
        ("processing", "unknown"),
        ("done", "success"),
        ("failed", "failure"),
    ],
)
def test_a_call_has_ended_well_or_not_once_it_has_ended(status: str, success: str) -> None:
    assert call_successful(status) == success


@pytest.mark.parametrize(
    ("given", "rating", "comment"),
    [
        (Feedback(feedback="like"), 5, ""),
        (Feedback(feedback="dislike", comment=" No. "), 1, "No."),
        (Feedback(rating=2), 2, ""),
        (Feedback(feedback="like", rating=2), 2, ""),
        (Feedback(comment="c" * 2_000), None, "c" * 2_000),
    ],
)
def test_a_thumb_is_the_highest_rating_or_the_lowest(
    given: Feedback, rating: int | None, comment: str
) -> None:
    assert rating_of(given) == (rating, comment)


@pytest.mark.parametrize(
    ("given", "param"),
    [
        (Feedback(), "feedback"),
        (Feedback(comment="  "), "feedback"),
        (Feedback(rating=0), "rating"),
        (Feedback(rating=6, feedback="like"), "rating"),
        (Feedback(rating=1, comment="c" * 2_001), "comment"),
    ],
)
def test_feedback_that_is_none_is_refused(given: Feedback, param: str) -> None:
    with pytest.raises(InvalidParameter) as refused:
        rating_of(given)
    assert refused.value.param == param


def test_a_rating_stands_for_a_thumb_but_for_the_one_in_the_middle() -> None:
    assert [score_of(rating) for rating in range(1, 6)] == [
        "dislike",
        "dislike",
        None,
        "like",
        "like",
    ]


@pytest.mark.parametrize(
    ("success", "excluded", "statuses"),
    [
        (None, (), ()),
        ("", ("of_tomorrow",), ()),
        ("success", (), ("done",)),
        ("failure", (), ("failed",)),
        ("unknown", ("initiated",), ("in-progress", "processing")),
        (None, ("in-progress", "processing"), ("initiated", "done", "failed")),
    ],
)
def test_calls_are_meant_by_how_they_ended_and_what_they_are_not(
    success: str | None, excluded: tuple[str, ...], statuses: tuple[str, ...]
) -> None:
    assert statuses_of(success, excluded) == statuses


def test_no_list_is_asked_for_that_no_call_can_be_in() -> None:
    with pytest.raises(InvalidParameter, match="left"):
        statuses_of("failure", ("failed",))
    with pytest.raises(InvalidParameter, match="call_successful"):
        statuses_of("perhaps", ())
