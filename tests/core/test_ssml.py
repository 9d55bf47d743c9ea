# ruff: noqa: RUF001 - look-alikes are what the IPA is made of

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivavoce.core.pronunciation import Pronunciation
from vivavoce.core.ssml import Part, phoneme_spans, split_breaks

_PIECES = st.sampled_from(
    [
        *("Hello ", "a", ". ", "<", ">", "<b>", '"', " ", "\n"),
        *("<break/>", '<break time="1s"/>', "<break time='9s' />", "<break time=20ms>", "</break>"),
        *('<phoneme alphabet="ipa" ph="x">', "</phoneme>", "word"),
    ]
)
_TEXTS = st.lists(_PIECES, max_size=20).map("".join)


@pytest.mark.parametrize(
    ("tag", "pause_ms"),
    [
        ('<break time="1.5s"/>', 1500),
        ("<break time='250ms' />", 250),
        ("<break time=2s/>", 2000),
        ('<break time="0.75 S">', 750),
        ('<BREAK TIME="+.5s"></BREAK>', 500),
        ('<break time="1"/>', 1000),
        ('<break time="45s"/>', 3000),
        ('<break time="99999ms"/>', 3000),
        ("<break/>", 750),
        ("<break>", 750),
        ('<break time=""/>', 750),
        ('<break time="soon"/>', 750),
        ('<break strength="x-strong"/>', 1250),
        ('<break strength="weak" time="2s"/>', 2000),
        ('<break strength="weak" time="?"/>', 500),
    ],
)
def test_a_break_lasts_as_long_as_it_says(tag: str, pause_ms: int) -> None:
    assert split_breaks(f"One {tag} two") == [
        Part(f"One {tag} ", pause_ms),
        Part("two", None),
    ]


def test_text_without_breaks_is_one_part() -> None:
    assert split_breaks("One two. ") == [Part("One two. ", None)]
    assert split_breaks("") == [Part("", None)]


@pytest.mark.parametrize(
    "text", ["breaks", "<breaker/>", "< break/>", "<break", "<br/>", '<break time="1s" oops/>']
)
def test_what_only_looks_like_a_break_is_none(text: str) -> None:
    assert split_breaks(text) == [Part(text, None)]


def test_breaks_in_a_row_are_one_of_three_seconds_at_most() -> None:
    first, second = split_breaks('One <break time="1s"/> <break time="700ms"/>two')
    assert (first.pause_ms, second.text) == (1700, "two")
    assert split_breaks('One <break time="2s"/><break time="2s"/>')[0].pause_ms == 3000


@pytest.mark.parametrize("tag", ['<break time="0s"/>', '<break strength="none"/>'])
def test_a_break_of_no_length_cuts_nothing(tag: str) -> None:
    assert split_breaks(f"One {tag} two") == [Part(f"One {tag} two", None)]


def test_a_break_at_the_beginning_is_a_part_with_nothing_to_say() -> None:
    parts = split_breaks(' <break time="1s"/> Hello.')
    assert parts == [Part(' <break time="1s"/> ', 1000), Part("Hello.", None)]
    assert [part.is_blank for part in parts] == [True, False]


def test_marks_and_other_tags_are_nothing_to_say_either() -> None:
    assert [Part(text, None).is_blank for text in ("<b>…</b>", "- ", "<b>1</b>")] == [
        True,
        True,
        False,
    ]


@given(_TEXTS)
def test_the_parts_joined_are_the_text_and_only_the_last_may_have_no_break(text: str) -> None:
    parts = split_breaks(text)
    assert "".join(part.text for part in parts) == text
    assert all(part.pause_ms is not None for part in parts[:-1])
    assert all(0 < part.pause_ms <= 3000 for part in parts if part.pause_ms is not None)
    assert all(part.text for part in parts) or text == ""


def spans(text: str) -> list[tuple[str, str, str | None]]:
    """What of `text` stands for which words, read as what."""
    return [(text[one.start : one.end], one.words, one.ipa) for one in phoneme_spans(text)]


def test_the_whole_element_stands_for_its_words() -> None:
    text = 'Mr. <phoneme alphabet="cmu-arpabet" ph="M AE1 D IH0 S AH0 N">Madison</phoneme>, hi'
    assert phoneme_spans(text) == [Pronunciation(4, 78, "Madison", "ˈmædɪsən")]


@pytest.mark.parametrize(
    ("element", "words", "ipa"),
    [
        ('<phoneme alphabet="ipa" ph="laɪv">live</phoneme>', "live", "laɪv"),
        ("<phoneme ph='laɪv' alphabet='ipa'>live</phoneme>", "live", "laɪv"),
        ("<PHONEME alphabet=ipa ph=laɪv>live</Phoneme >", "live", "laɪv"),
        ('<phoneme ph="laɪv">live</phoneme>', "live", "laɪv"),
        (
            '<phoneme alphabet="ipa" ph="&#712;n&#x6f;&#x28A;">R &amp; D\n </phoneme>',
            "R & D",
            "ˈnoʊ",
        ),
        ('<phoneme alphabet="x-sampa" ph="laIv">live</phoneme>', "live", None),
        ('<phoneme alphabet="ipa" ph="">live</phoneme>', "live", None),
        ('<phoneme alphabet="cmu-arpabet" ph="laɪv">live</phoneme>', "live", None),
        ("<phoneme>live</phoneme>", "live", None),
    ],
)
def test_an_element_is_read_as_its_phonemes_if_they_are_readable(
    element: str, words: str, ipa: str | None
) -> None:
    assert spans(f"a {element} b") == [(element, words, ipa)]


@pytest.mark.parametrize(
    "text",
    [
        '<phoneme alphabet="ipa" ph="x"/>',
        '<phoneme alphabet="ipa" ph="x"> </phoneme>',
        '<phoneme alphabet="ipa" ph="x">word',
        '<phoneme alphabet="ipa" ph="x">a <b>word</b></phoneme>',
        '<phonemes ph="x">word</phonemes>',
        '<phoneme ph="x">' + "word " * 80 + "</phoneme>",
    ],
)
def test_what_is_no_whole_element_around_words_is_plain_text(text: str) -> None:
    assert phoneme_spans(text) == []


@given(_TEXTS)
def test_elements_are_found_in_order_and_apart(text: str) -> None:
    found = phoneme_spans(text)
    bounds = [at for one in found for at in (one.start, one.end)]
    assert bounds == sorted(bounds)
    assert all(text[one.start : one.end].startswith("<phoneme") for one in found)
