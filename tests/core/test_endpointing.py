"""How long a pause may be before a turn has ended, by what was said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivavoce.core.endpointing import Ending, EndingReason, ending, silence_wanted

_EAGERNESS = ("eager", "normal", "patient")
_SOME_WORDS = (
    "if i my name is um five 555 j. o. and, the what do you want? can tell me milk, when it does"
    " yes. no thank you. to a@b rains... - 1982 third of may"
)
_WORDS = st.sampled_from(_SOME_WORDS.split())
_TEXTS = st.text() | st.lists(_WORDS).map(" ".join)


@pytest.mark.parametrize(
    "said",
    [
        *("What time do you open to-morrow?", "How much does it cost?", "How are you?"),
        *("Who wrote Romeo and Juliet?", "How long does delivery take?", "What's your name?"),
        *("Can you help me, please?", "Is there a bus to the airport?", "Where are you from?"),
        *("Can you tell me what time it is?", "What is it for?", "Does it work?"),
        *("Yes, please.", "No, thank you.", "That's all.", "Thank you very much.", "Okay, great."),
        *("What happened in nineteen sixty nine?", "Did you call 555 1234?"),
        "I need help. Do you speak Spanish?",
    ],
)
def test_questions_with_all_their_parts_and_thanks_end_a_turn_soonest(said: str) -> None:
    assert ending(said).silence_s == 0.2, ending(said)


@pytest.mark.parametrize("said", ["Yes.", "No,", "Hello.", "Okay.", "Thanks!", "Good-bye."])
def test_one_word_is_a_turn_unless_it_begins_one(said: str) -> None:
    assert ending(said) == Ending(0.5, EndingReason.ANSWER)


@pytest.mark.parametrize("said", ["Hello?", "Why?", "Really?"])
def test_one_word_that_asks_is_a_turn(said: str) -> None:
    assert silence_wanted(said) == 0.3


def test_a_reason_alone_is_half_a_sentence() -> None:
    assert ending("Because of the storm.").reason is EndingReason.CLAUSE
    assert silence_wanted("Because of the storm, we are late.") <= 0.3


@pytest.mark.parametrize(
    "said",
    [
        *("I live in Boston.", "My laptop is broken.", "Turn it on.", "Turn off the lights."),
        *("Yes, I do.", "I don't know where they are.", "I think so.", "The blue one."),
        *("We leave on the fifth of May.", "I was born in 1982.", "At 9:30.", "At 5pm."),
        *("It costs twenty dollars.", "If it rains, we stay at home.", "If I pay can I come?"),
        *("When I get home I'll call you.", "I don't know.", "Let me know.", "Can you do that"),
        *(
            "It's late, isn't it",
            "I told her.",
            "That is what I need.",
            "Do as you like.",
            "Tuesday",
        ),
        "I'd like milk, bread and some butter.",
    ],
)
def test_statements_end_a_turn_after_the_usual_silence(said: str) -> None:
    assert ending(said).silence_s == 0.3, ending(said)


@pytest.mark.parametrize("mark", ["", ".", ",", "?"])
@pytest.mark.parametrize(
    "said",
    [
        *("I called yesterday and", "I'd like the red one, but", "I'll come if", "so that"),
        *("Please send it to", "A flight from Boston to", "I have a problem with", "the third of"),
        *("Is there a", "How do I get to the", "This is my", "Mr", "It's", "I'm", "My name's"),
        *("My number is", "My name is", "The best time would be", "What time do you"),
        *("I want to", "I want", "I'd like", "Can you", "Can you please", "Could you tell me"),
        *("Do you have", "Where can I find", "Is there", "Is it", "I was wondering", "I think"),
        *("Do you know", "I'd like to know", "How much does it", "I", "If you", "john dot"),
    ],
)
def test_a_sentence_that_dangles_is_waited_for_whatever_its_mark(said: str, mark: str) -> None:
    assert ending(said + mark).reason is EndingReason.HANGING, ending(said + mark)
    assert silence_wanted(said + mark) == 1.5


@pytest.mark.parametrize(
    "said",
    [
        *("Um.", "Uh,", "So,", "Well", "I think it's, um.", "To Chicago, uh."),
        *("You know,", "Let me see.", "Well, you know", "Hold on", "Just a moment.", "One second."),
    ],
)
def test_somebody_who_is_thinking_is_waited_for(said: str) -> None:
    assert ending(said).reason is EndingReason.HESITATION


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("My number is 555.", EndingReason.DIGITS),
        ("It's five, five, five.", EndingReason.DIGITS),
        ("It's 555-867-", EndingReason.DIGITS),
        ("My card number is 4111. 2222.", EndingReason.DIGITS),
        ("My zip code is nine oh two", EndingReason.DIGITS),
        ("It's 555-867-5309 212", EndingReason.LONG_NUMBER),
        ("For 12.", EndingReason.NUMBER),
        ("Twenty five", EndingReason.NUMBER),
        ("on the third", EndingReason.NUMBER),
        ("On March", EndingReason.NUMBER),
        ("J. O. H.", EndingReason.SPELLING),
        ("That's spelled j-o h-n", EndingReason.SPELLING),
        ("B as in boy,", EndingReason.SPELLING),
        ("M as in Mary. See as in Charlie.", EndingReason.SPELLING),
        ("If I cancel today.", EndingReason.CLAUSE),
        ("And when I log into my account,", EndingReason.CLAUSE),
        ("Unless it rains.", EndingReason.CLAUSE),
        ("After I paid", EndingReason.CLAUSE),
        ("As soon as we are home.", EndingReason.CLAUSE),
        ("red, blue", EndingReason.LIST),
        ("I'd like milk, bread.", EndingReason.LIST),
        ("I live in Boston...", EndingReason.TRAILING_OFF),
        ("I live in Boston \u2014", EndingReason.TRAILING_OFF),
        ("I live in Boston,", EndingReason.COMMA),
        ("Is the pool?", EndingReason.PERHAPS_HANGING),
        ("I live in", EndingReason.PERHAPS_HANGING),
        ("My order.", EndingReason.PERHAPS_HANGING),
    ],
)
def test_what_may_go_on_is_waited_for(said: str, reason: EndingReason) -> None:
    assert ending(said).reason is reason
    assert silence_wanted(said) >= 0.6


def test_only_the_last_sentence_counts() -> None:
    assert ending("I want to. How much does it cost?").reason is EndingReason.FINISHED
    assert ending("How much does it cost? And.").reason is EndingReason.HESITATION


def test_eagerness_stretches_the_wait_and_patience_has_a_least() -> None:
    waits = {
        said: [silence_wanted(said, eagerness=one) for one in _EAGERNESS]
        for said in ("Why is the sky blue?", "I live in Boston.", "I want to")
    }
    assert waits["Why is the sky blue?"] == [0.2, 0.2, 0.6]
    assert waits["I live in Boston."] == [0.2, 0.3, 0.6]
    assert waits["I want to"] == [1.0, 1.5, 2.5]


@pytest.mark.parametrize(
    ("said", "seconds"), [("Ich will die", 0.3), ("Ja,", 0.6), ("Und dann\u2026", 1.2), ("", 0.3)]
)
def test_of_other_languages_only_the_marks_are_known(said: str, seconds: float) -> None:
    assert silence_wanted(said, language="de") == seconds


def test_languages_with_a_region_are_the_same_language() -> None:
    assert silence_wanted("I want to", language="en-GB") == 1.5


@given(_TEXTS, st.sampled_from(_EAGERNESS), st.sampled_from(["en", "ja"]))
def test_every_text_has_a_silence_within_bounds(text: str, eagerness: str, language: str) -> None:
    assert 0.2 <= silence_wanted(text, eagerness=eagerness, language=language) <= 2.5


@given(_TEXTS)
def test_the_eager_never_wait_longer_than_the_patient(text: str) -> None:
    waits = [silence_wanted(text, eagerness=one) for one in _EAGERNESS]
    assert waits == sorted(waits)


@given(st.lists(_WORDS).map(" ".join), st.text(" \t\n", max_size=4))
def test_case_and_trailing_space_do_not_matter(text: str, space: str) -> None:
    assert ending(text + space) == ending(text) == ending(text.upper())


@given(st.lists(_WORDS).map(" ".join))
def test_nothing_that_was_said_before_lets_a_dangling_end_pass(text: str) -> None:
    assert silence_wanted(f"{text} my name is") >= 0.6
    assert silence_wanted(f"{text} the") == 1.5
