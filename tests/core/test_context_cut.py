from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivavoce.core.context_cut import cut_in_context
from vivavoce.core.text_buffer import Cut, TextBuffer

SENTENCE, CLAUSE, WORD = Cut.SENTENCE, Cut.CLAUSE, Cut.WORD


@pytest.mark.parametrize(
    ("text", "next_text", "cut"),
    [
        ("It rained.", "We stayed in.", SENTENCE),
        ("It rained. ", " We stayed in.", SENTENCE),
        ("Ask Dr.", "Smith about it.", WORD),
        ("Ask Dr. ", "Smith about it.", WORD),
        ("It is by J.", "Smith.", WORD),
        ("See No.", "5 for more.", WORD),
        ("We met at 5 p.m.", "The sun was low.", SENTENCE),
        ("We met at 5 p.m.", "and went home.", WORD),
        ("Really?", "she asked.", SENTENCE),
        ("apples, pears,", "plums", CLAUSE),
        ("He stood up;", "then he sat.", CLAUSE),
        ("in the middle of", "a sentence", WORD),
        ("in the middle of", "", WORD),
        ("It rained.", "", SENTENCE),
        ("It rained.", " \n", SENTENCE),
        ("你好", "世界。", CLAUSE),
        ("你好。", "世界。", SENTENCE),
    ],
)
def test_the_text_that_follows_tells_how_a_text_ends(text: str, next_text: str, cut: Cut) -> None:
    assert cut_in_context(text, next_text) is cut


_TEXTS = st.lists(
    st.sampled_from(["Dr. ", "It rained. ", "apples, ", "No.", "word", " ", "3.", "…", "<b>"]),
    min_size=1,
    max_size=8,
).map("".join)


@given(_TEXTS)
def test_without_text_to_follow_it_is_as_the_buffer_says_at_the_end(text: str) -> None:
    buffer = TextBuffer()
    buffer.feed(text, now=0.0)
    utterances = buffer.finish()
    if utterances:
        assert cut_in_context(utterances[-1].text, "") is utterances[-1].cut
