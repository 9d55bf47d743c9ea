"""An answer cut into what can be spoken."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivavoce.core.clauses import ClauseCutter


def pieces(text: str, step: int = 1) -> list[str]:
    """As they come of a text that is fed `step` characters at a time; the rest is the last."""
    cutter = ClauseCutter()
    cut = [
        piece
        for start in range(0, len(text), step)
        for piece in cutter.feed(text[start : start + step])
    ]
    return [*cut, cutter.finish()]


@pytest.mark.parametrize("step", [1, 3, 1_000])
def test_the_first_clause_comes_early_and_then_sentences(step: int) -> None:
    text = "Well, my friend, that is a long story. It began, I think, in May. Or June?"
    assert pieces(text, step) == [
        "Well, my friend, ",
        "that is a long story. ",
        "It began, I think, in May. ",
        "Or June?",
    ]


def test_a_single_word_is_not_spoken_alone() -> None:
    assert pieces("Yes, it is. Bye.")[0] == "Yes, it is. "


def test_a_beginning_without_a_mark_is_cut_after_five_words() -> None:
    text = "one two three four five six seven eight nine ten. Bye."
    assert pieces(text)[0] == "one two three four five "


def test_a_sentence_without_an_end_is_cut_after_forty_words() -> None:
    cut = pieces("Well, then. " + "word " * 100)
    assert len(cut[1].split()) == 40


def test_a_mark_ends_nothing_until_something_follows() -> None:
    cutter = ClauseCutter()
    assert cutter.feed("It is 3.") == []
    assert cutter.feed("14 today. ") == ["It is 3.14 today. "]


@pytest.mark.parametrize(
    "text", ["Ask Dr. Who about it. Now.", "I saw J. R. there. Now.", "See No. 5 there. Now."]
)
def test_abbreviations_end_no_sentence(text: str) -> None:
    assert pieces("Well, then. " + text)[1:] == [text[:-4], "Now."]


def test_languages_without_spaces_are_cut_at_their_own_marks() -> None:
    cut = pieces("你好，我的朋友。再见。")  # noqa: RUF001
    assert cut == ["你好，", "我的朋友。", "再见。", ""]  # noqa: RUF001


def test_a_new_line_ends_a_sentence() -> None:
    cut = pieces("First of all\nSecond\n\nThird", 100)
    assert cut == ["First of all\n", "Second\n\n", "Third"]


def test_after_its_end_the_next_answer_begins_with_a_clause_again() -> None:
    cutter = ClauseCutter()
    cutter.feed("Well, then. And so on")
    assert cutter.finish() == "And so on"
    assert cutter.feed("Or not, perhaps, who knows") == ["Or not, "]
    assert cutter.finish() == "perhaps, who knows"
    assert cutter.finish() == ""


@given(st.text(alphabet="ab .,!?\n\"'5。，M", max_size=200), st.integers(1, 20))  # noqa: RUF001
def test_all_pieces_joined_are_the_text(text: str, step: int) -> None:
    assert "".join(pieces(text, step)) == text
