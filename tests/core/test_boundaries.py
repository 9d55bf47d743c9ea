from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vivavoce.core.boundaries import Boundary, BoundaryScanner, Cut, boundaries_of, word_ends

_PIECES = st.sampled_from(
    [
        *"aB.,;:!?<>/\"') \n-3。、…—好ก",
        *("Dr. ", "U.S. ", "p.m. ", "The ", "No. ", "5 ", "<b>", "</b>", "<br/>", "e.g. ", "J. "),
    ]
)
_TEXTS = st.lists(_PIECES, max_size=60).map("".join)


def sentences(text: str) -> list[str]:
    """`text` cut at the sentence ends that are found in it."""
    ends = [b.end for b in boundaries_of(text) if b.cut is Cut.SENTENCE]
    bounds = [0, *ends, *([len(text)] if not ends or ends[-1] < len(text) else [])]
    return [text[start:end] for start, end in pairwise(bounds)]


def clauses(text: str) -> list[str]:
    """The pieces of `text` that end in a clause end."""
    ends = [b.end for b in boundaries_of(text) if b.cut is Cut.CLAUSE]
    return [text[start:end] for start, end in pairwise((0, *ends))]


@pytest.mark.parametrize(
    "expected",
    [
        ["It rained. ", "We stayed in! ", "Did you? ", "Yes."],
        ["Really?! ", "No way!!! ", "Well."],
        ["It trails off… ", "Then it goes on."],
        ["It trails off... ", "Then it goes on."],
    ],
)
def test_a_mark_with_white_space_behind_it_ends_a_sentence(expected: list[str]) -> None:
    assert sentences("".join(expected)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "It costs $29.99 today",
        "Version 3.11.4 of it",
        "See example.com/a?b=1.5&c=d!e for more",
        "Write to me@example.org now",
        "At 10:30 or 5.30",
        "Node.js and .NET run",
        "Wait... what is it",
        "the end of it… maybe",
    ],
)
def test_a_mark_inside_a_word_or_before_a_small_letter_ends_nothing(text: str) -> None:
    assert sentences(text) == [text]


@pytest.mark.parametrize(
    "expected",
    [
        ['He said, "Go away." ', "Then he left."],
        ["(It was late.) ", "We slept."],
        ["\u201cYes!\u201d ", "\u201cNo.\u201d ", "They argued."],
        ["**It works.** ", "Next."],
        ["He asked \u2018why?\u2019 ", "Nobody knew."],
        ["「好。」", "他走了。"],
    ],
)
def test_closing_quotes_and_brackets_belong_to_the_sentence(expected: list[str]) -> None:
    assert sentences("".join(expected)) == expected


def test_a_quoted_question_inside_a_sentence_does_not_end_it() -> None:
    assert sentences('"Why?" he asked. Nobody knew.') == ['"Why?" he asked. ', "Nobody knew."]


@pytest.mark.parametrize(
    "expected",
    [
        ["今天天气很好。", "我们去公园吧！", "好吗？", "好"],  # noqa: RUF001
        ["今日はいい天気です。", "散歩に行きましょう。"],
        ["नमस्ते। ", "आप कैसे हैं?"],
        ["你好!", "再见."],
        ["这是3.5公里。", "很远。"],
    ],
)
def test_scripts_without_spaces_end_sentences_at_their_own_marks(expected: list[str]) -> None:
    assert sentences("".join(expected)) == expected


@pytest.mark.parametrize(
    "expected",
    [
        ["A heading\n", "Some text"],
        ["One paragraph\n\n", "Another"],
        ["- milk\n", "- eggs\n", "- Dr. Oetker\n", "done"],
        ["He met Dr.\n", "Nobody"],
        ["one,\n", "two\r\n", "three\u2028", "four"],
    ],
)
def test_the_end_of_a_line_ends_a_sentence(expected: list[str]) -> None:
    assert sentences("".join(expected)) == expected


def test_marks_without_a_word_are_no_sentence_of_their_own() -> None:
    assert sentences("---\n***\nTitle. ... Next") == ["---\n***\nTitle. ", "... Next"]


def test_sentences_end_between_tags_but_never_inside_one() -> None:
    expected = ['Hello.<break time="1s"/> ', "<p>One.</p>", "<p>Two.</p> ", '<a b="x. Y">Three']
    assert sentences("".join(expected)) == expected


def test_a_less_than_sign_opens_no_tag() -> None:
    assert sentences("If a < b. Then c > d.") == ["If a < b. ", "Then c > d."]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("When it rains, we stay; you go: now", ["When it rains, ", "we stay; ", "you go: "]),
        ("He came — late — and left", ["He came — ", "late — "]),
        ("He came—late", ["He came—"]),
        ("He came - late", ["He came - "]),
        ("1,000 well-known 10:30 people", []),
        ("如果下雨，我们在家、睡觉；好", ["如果下雨，", "我们在家、", "睡觉；"]),  # noqa: RUF001
        ("the dept. of it", []),
        ("so far away. and then", ["so far away. "]),
    ],
)
def test_clauses_end_at_commas_semicolons_colons_and_dashes(text: str, expected: list[str]) -> None:
    assert clauses(text) == expected


def test_an_accent_keeps_to_the_mark_before_it() -> None:
    assert clauses("late\u2014\u0301and") == []
    assert sentences("好。\u0301好") == ["好。\u0301好"]


def test_a_mark_at_the_end_waits_for_the_next_character() -> None:
    scanner = BoundaryScanner()
    scanner.extend("It costs $29.")
    assert (scanner.settled, scanner.tail, scanner.undecided) == ([], None, True)
    scanner.extend("99. ")
    assert scanner.tail == Boundary(len("It costs $29.99. "), Cut.SENTENCE)
    scanner.extend("Good")
    assert scanner.settled == [Boundary(len("It costs $29.99. "), Cut.SENTENCE)]


def test_a_mark_that_nothing_follows_is_a_sentence_end_only_for_silence() -> None:
    scanner = BoundaryScanner()
    scanner.extend("Hello there.")
    assert scanner.tail == Boundary(12, Cut.SENTENCE, sure=False)


@pytest.mark.parametrize(
    "text", ["See Dr. ", "It is 3.", "At 5 p.m.", "He is J. ", "apples, etc. "]
)
def test_an_abbreviation_or_a_number_that_nothing_follows_is_no_sentence_end(text: str) -> None:
    scanner = BoundaryScanner()
    scanner.extend(text)
    assert scanner.tail is None
    assert scanner.last_sentence == 0


def test_nothing_is_found_behind_the_beginning_of_a_tag() -> None:
    scanner = BoundaryScanner()
    scanner.extend('One. Two <break time="1. ')
    assert scanner.limit == len("One. Two ")
    assert scanner.settled == [Boundary(5, Cut.SENTENCE)]
    scanner.extend('5s"/> three. ')
    assert scanner.limit == len(scanner.text)
    assert scanner.tail == Boundary(len(scanner.text), Cut.SENTENCE)


def test_a_tag_that_never_closes_is_text_after_all() -> None:
    scanner = BoundaryScanner()
    scanner.extend("if a <b. " + "And so on. " * 40)
    assert scanner.open_tag is None
    assert len(scanner.settled) == 40


@given(_TEXTS)
@settings(max_examples=500)
def test_text_fed_by_the_character_has_the_same_boundaries_as_in_one_piece(text: str) -> None:
    whole, trickled = BoundaryScanner(text), BoundaryScanner()
    for char in text:
        trickled.extend(char)
    assert trickled.settled == whole.settled
    assert trickled.tail == whole.tail
    assert trickled.open_tag == whole.open_tag


@given(_TEXTS, _TEXTS)
@settings(max_examples=500)
def test_later_text_takes_no_settled_boundary_back(text: str, later: str) -> None:
    scanner = BoundaryScanner(text)
    settled = list(scanner.settled)
    scanner.extend(later)
    assert scanner.settled[: len(settled)] == settled


@given(_TEXTS)
@settings(max_examples=300)
def test_boundaries_come_in_order_and_end_in_white_space_or_at_a_mark(text: str) -> None:
    ends = [boundary.end for boundary in boundaries_of(text)]
    assert ends == sorted(set(ends))
    for end in ends:
        assert not text[end - 1].isalnum()
        assert end == len(text) or not text[end].isspace()


def test_words_end_behind_their_white_space_and_tags_are_part_of_them() -> None:
    text = " one  two<b c d>three <e f> four"
    assert [text[:end] for end in word_ends(text, 0, len(text))] == [
        " one  ",
        " one  two<b c d>three ",
        " one  two<b c d>three <e f> ",
    ]


ELEMENT = "<phoneme ph='x. Y'>Dr. Who? Yes, him.</phoneme>"


def test_with_ssml_nothing_ends_inside_a_phoneme_element() -> None:
    text = f"One. {ELEMENT}, then. Two"
    assert [b.end for b in BoundaryScanner(text, ssml=True).settled] == [
        5,
        text.index(" then") + 1,
        text.index(" Two") + 1,
    ]


def test_with_ssml_an_open_phoneme_element_bars_the_way_like_a_tag() -> None:
    scanner = BoundaryScanner(f"One. {ELEMENT[:-1]}", ssml=True)
    assert (scanner.open_tag, scanner.limit) == (5, 5)
    scanner.extend(">")
    assert scanner.open_tag is None


def test_a_word_ends_nowhere_inside_a_phoneme_element() -> None:
    text = f"a {ELEMENT} b c"
    assert word_ends(text, 0, len(text)) == [2, len(text) - 3, len(text) - 1]
