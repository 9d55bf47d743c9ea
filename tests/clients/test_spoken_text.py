from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivavoce.clients.spoken_text import Piece, SpokenText
from vivavoce.clients.words import has_voice, restart_point

_WORDS = st.text(alphabet="abcdefgh", min_size=1, max_size=7)
_SPACES = st.sampled_from([" ", "  ", ", ", ". ", "! ", " - ", "\n"])
_TEXTS = st.lists(st.tuples(_WORDS, _SPACES), min_size=1, max_size=30).map(
    lambda pairs: "".join(word + space for word, space in pairs)
)
_ANY_TEXT = st.text(alphabet=st.characters(codec="utf-8"), max_size=60)


def said(text: str, *, flush: bool = False) -> SpokenText:
    spoken = SpokenText()
    spoken.say(text)
    if flush:
        spoken.flush()
    return spoken


def in_pieces(text: str, lengths: list[int]) -> list[str]:
    pieces = []
    for length in lengths:
        pieces.append(text[:length])
        text = text[length:]
    return [*pieces, text]


@given(_TEXTS, st.data())
def test_what_is_owed_begins_with_the_first_word_not_heard_whole(
    text: str, data: st.DataObject
) -> None:
    heard = data.draw(st.integers(0, len(text)))
    lengths = data.draw(st.lists(st.integers(1, 9), max_size=8))
    spoken = said(text)
    for piece in in_pieces(text[:heard], lengths):
        spoken.heard(piece)
    start = heard
    while 0 < start < len(text) and text[start - 1].isalnum() and text[start].isalnum():
        start -= 1
    assert spoken.unspoken == (text[start:].lstrip() if has_voice(text[start:]) else "")


@given(_TEXTS)
def test_nothing_is_owed_of_what_was_heard_whole(text: str) -> None:
    spoken = said(text)
    spoken.heard(text)
    assert spoken.rest() == []


@given(st.lists(st.tuples(_TEXTS, st.booleans()), max_size=8), st.data())
def test_the_flushes_of_what_is_owed_stay_where_they_were(
    texts: list[tuple[str, bool]], data: st.DataObject
) -> None:
    spoken = SpokenText()
    for text, flush in texts:
        spoken.say(text)
        if flush:
            spoken.flush()
    heard = data.draw(st.integers(0, len(texts)))
    spoken.heard("".join(text for text, _ in texts[:heard]))
    owed, unflushed = [], ""
    for text, flush in texts[heard:]:
        unflushed += text
        if flush:
            owed.append(Piece(unflushed, flush=True))
            unflushed = ""
    assert spoken.rest() == [*owed, *([Piece(unflushed, flush=False)] if unflushed else [])]


@given(_ANY_TEXT, st.lists(_ANY_TEXT, max_size=5), st.booleans())
def test_whatever_is_heard_what_is_owed_is_the_end_of_the_text(
    text: str, heard: list[str], flush: bool
) -> None:
    spoken = said(text, flush=flush)
    for piece in heard:
        spoken.heard(piece)
    assert text.endswith(spoken.unspoken)


@given(_TEXTS, st.data())
def test_folded_white_space_and_silent_markup_are_passed_over(
    text: str, data: st.DataObject
) -> None:
    words = text.split()
    tags = ['<break time="1s"/>', "<b>", "</b>", " \n "]
    marked = "".join(f"{word} {data.draw(st.sampled_from(['', *tags]))} " for word in words)
    count = data.draw(st.integers(0, len(words)))
    spoken = said(marked)
    spoken.heard(" ".join(words[:count]))
    owed = re.sub(r"<[^<>]*>", " ", spoken.unspoken).split()
    assert [word for word in owed if has_voice(word)] == [
        word for word in words[count:] if has_voice(word)
    ]


@given(st.integers(0, 99), st.integers(1, 9))
def test_figures_read_as_words_are_found_behind_the_next_written_word(
    figure: int, count: int
) -> None:
    spoken = said(f"It costs {figure} dollars and {count} cents, they say in town.")
    spoken.heard("It costs so many dollars and a few cents,")
    assert spoken.unspoken == "they say in town."


def test_until_the_place_is_found_again_the_word_that_differs_is_owed() -> None:
    spoken = said("It costs 42 dollars.")
    spoken.heard("It costs forty")
    assert spoken.unspoken == "42 dollars."


def test_a_flush_that_is_reported_spoken_covers_what_was_read_otherwise() -> None:
    spoken = said("It costs 42. ", flush=True)
    spoken.say("Not more.")
    spoken.heard("It costs forty two. ")
    spoken.flushed()
    assert spoken.rest() == [Piece("Not more.", flush=False)]


def test_a_word_cut_in_two_by_a_flush_is_two_words() -> None:
    spoken = said("Hel", flush=True)
    spoken.say("lo there")
    spoken.heard("Hel ")
    assert spoken.unspoken == "lo there"
    spoken.heard("lo ")
    assert spoken.unspoken == "there"


@pytest.mark.parametrize(
    ("text", "heard", "owed"),
    [
        ("You don't say", "You don", "don't say"),
        ("At 12:30 sharp", "At 12", "12:30 sharp"),
        ("It is 3.14 long", "It is 3.", "3.14 long"),
        ("你好世界", "你好", "世界"),
        ("नमस्ते दुनिया", "नम", "नमस्ते दुनिया"),
        ('Wait <break time="1s"/> now', 'Wait <break time="1', '<break time="1s"/> now'),
        (
            'A <phoneme alphabet="ipa" ph="x">big word</phoneme> here',
            'A <phoneme alphabet="ipa" ph="x">big ',
            '<phoneme alphabet="ipa" ph="x">big word</phoneme> here',
        ),
        ("cats sat there", "cat sat ", "there"),
        ("cat sat there", "cats sat ", "there"),
        ("HELLO World", "hello ", "World"),
        ("one... two", "one. ", "two"),
        ("The end!", "The end", ""),
    ],
)
def test_a_cut_leaves_whole_words_and_tags(text: str, heard: str, owed: str) -> None:
    spoken = said(text)
    spoken.heard(heard)
    assert spoken.unspoken.lstrip(". ") == owed


def test_chunks_that_end_without_the_space_between_words_are_followed() -> None:
    spoken = said("one two three")
    for word in ("one", "two"):
        spoken.heard(word)
    assert spoken.unspoken == "three"


def test_text_that_comes_later_is_owed_too() -> None:
    spoken = said("one ")
    spoken.heard("one ")
    spoken.say("two")
    assert spoken.unspoken == "two"


def test_after_beginning_again_only_the_rest_was_ever_said() -> None:
    spoken = said("one two. ", flush=True)
    spoken.heard("one ")
    assert spoken.begin_again() == [Piece("two. ", flush=True)]
    assert spoken.rest() == []


def test_of_what_was_spoken_long_ago_little_is_kept() -> None:
    spoken = SpokenText()
    for number in range(5_000):
        spoken.say(f"word{number} ")
        spoken.flush()
        spoken.heard(f"word{number} ")
        spoken.flushed()
    spoken.say("the last")
    assert spoken.unspoken == "the last"
    assert len(spoken._text) < 20_000


@given(_ANY_TEXT, st.integers(0, 60))
def test_a_restart_point_is_a_fixed_point_at_or_before_the_cut(text: str, cut: int) -> None:
    cut = min(cut, len(text))
    point = restart_point(text, cut)
    assert 0 <= point <= cut
    assert restart_point(text, point) == point
