from __future__ import annotations

import pytest

from vivavoce.core.full_stops import FullStop, read_full_stop

END, PAUSE, PART, UNKNOWN = FullStop.END, FullStop.PAUSE, FullStop.PART, FullStop.UNKNOWN


def read(text: str, *, complete: bool = False) -> FullStop:
    """The role of the full stop marked by "|" in front of it."""
    stop = text.index("|")
    text = text.replace("|", "")
    following = len(text) - len(text[stop + 1 :].lstrip())
    return read_full_stop(text, stop, following, sentence_start=0, complete=complete)


@pytest.mark.parametrize(
    "text",
    [
        "We met Dr|. Smith",
        "We met Mrs|. Who",
        "It is St|. Paul's",
        "Cats vs|. Dogs",
        "Fruit, e.g|. Apples",
        "Prof|. ",
    ],
)
def test_a_title_never_ends_a_sentence(text: str) -> None:
    assert read(text) is PART


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("It is No|. 5", PART),
        ("See fig|. 3", PART),
        ("There is no|. ", UNKNOWN),
        ("No|. I won't", END),
        ("No|. ", END),
        ("He said no|. Then he left", END),
    ],
)
def test_number_signs_shorten_only_before_a_number(text: str, role: FullStop) -> None:
    assert read(text) is role


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("He works at Apple Inc|. It is", END),
        ("He works at Apple Inc|. as a", PART),
        ("in the U.S|. Senate today", PART),
        ("in the U.S|. The Senate", END),
        ("at 5 p.m|. Then we", END),
        ("at 5 p.m|. on Monday", PART),
        ("at 5 p.m|. The", UNKNOWN),
        ("at 5 p.m|. ", UNKNOWN),
        ("apples, etc|. \u201cThere are", END),
        ("Sales Jan|. 5", UNKNOWN),
        ("Sales Jan|. 5 to", PART),
    ],
)
def test_other_abbreviations_end_a_sentence_where_the_next_word_begins_one(
    text: str, role: FullStop
) -> None:
    assert read(text) is role


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("It was J|. K. Rowling", PART),
        ("We go by plan B|. The plan", END),
        ("So do I|. Nobody knows", END),
        ("I|. M. Pei built it", PART),
    ],
)
def test_initials_end_a_sentence_only_where_the_next_word_begins_one(
    text: str, role: FullStop
) -> None:
    assert read(text) is role


@pytest.mark.parametrize(
    "text", ["1|. First", "  12|. Twelfth", "**3|. Third", "a|. Alpha", "3|. "]
)
def test_the_number_of_a_list_item_is_no_sentence(text: str) -> None:
    assert read(text) is PART


@pytest.mark.parametrize("text", ["I have 3|. You", "It was 1984|. War", "1984|. A novel"])
def test_other_numbers_end_sentences(text: str) -> None:
    assert read(text) is END


def test_before_a_small_letter_it_is_a_pause() -> None:
    assert read("so far|. and so on") is PAUSE


@pytest.mark.parametrize("text", ['so far|. "', "so far|. ("])
def test_behind_an_opening_quote_the_next_letter_is_waited_for(text: str) -> None:
    assert read(text) is UNKNOWN


@pytest.mark.parametrize("text", ["at 5 p.m|. The", 'so far|. "', "There is no|. "])
def test_nothing_is_unknown_once_the_text_is_complete(text: str) -> None:
    assert read(text, complete=True) is END
