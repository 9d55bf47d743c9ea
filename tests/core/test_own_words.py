"""The agent's words, back as a transcript of the microphone."""

from __future__ import annotations

import pytest

from vivavoce.core.own_words import is_own_words

SAID = (
    "Thanks. I see that your parcel left our warehouse on Tuesday, and it should arrive by Friday."
)


@pytest.mark.parametrize(
    "heard",
    [
        "Thanks. I see that your parcel left our warehouse.",
        "warehouse on Tuesday and it",
        "Our cell left our warehouse on Tuesday and it comes",
        "house on Tuesday, and it com",
        "thanks i see that your part",
    ],
)
def test_a_stretch_of_what_was_said_is_recognised_though_it_is_misheard_or_half_heard(
    heard: str,
) -> None:
    assert is_own_words(heard, SAID)


@pytest.mark.parametrize("heard", ["", "...", "Friday?", "By Friday?", "Thanks."])
def test_a_word_or_two_may_always_be_the_callers(heard: str) -> None:
    assert not is_own_words(heard, SAID)


@pytest.mark.parametrize(
    "heard",
    [
        "No wait, I meant the other one.",
        "That is not what I asked.",
        "Friday by comes and it",
        "Thanks. I see, but I need it on Wednesday at the latest.",
    ],
)
def test_what_the_agent_did_not_say_in_this_order_is_the_callers(heard: str) -> None:
    assert not is_own_words(heard, SAID)


def test_one_other_word_that_matters_makes_it_the_callers() -> None:
    assert not is_own_words("That is wrong.", "Yes, that is right. It covers two years.")


@pytest.mark.parametrize(
    ("heard", "said"),
    [
        ("7, 4, 9, 2, 1", "Let me read that back to you. Seven, four, nine, two, one, one."),
        ("It takes about 20 minutes", "It takes about twenty minutes by bus."),
        ("on Monday at 10:15", "The next one is on Monday at ten fifteen."),
        ("room 409 on the left", "Room four zero nine, on the left."),
    ],
)
def test_numbers_are_compared_as_they_are_read(heard: str, said: str) -> None:
    assert is_own_words(heard, said)


def test_nothing_is_the_agents_before_it_has_said_anything() -> None:
    assert not is_own_words("Hello, is anybody there?", "")


def test_letters_that_repeat_do_not_make_it_agree() -> None:
    assert not is_own_words("no no no no no no", "On and on, now and then.")
