from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from vivavoce.core.traced_text import TracedText, always, group, nothing


def test_untouched_text_comes_from_itself() -> None:
    text = TracedText("abc")
    text.rewrite(re.compile("x"), nothing)
    assert (text.text, text.origin) == ("abc", [0, 1, 2])


def test_what_is_dropped_leaves_no_trace() -> None:
    text = TracedText("a--b-c")
    text.rewrite(re.compile("-+"), nothing)
    assert (text.text, text.origin) == ("abc", [0, 3, 5])


def test_new_characters_come_from_where_the_match_began() -> None:
    text = TracedText("a&b")
    text.rewrite(re.compile("&"), always(" and "))
    assert (text.text, text.origin) == ("a and b", [0, 1, 1, 1, 1, 1, 2])


def test_a_kept_group_keeps_its_places() -> None:
    text = TracedText("x(yz)w")
    text.rewrite(re.compile(r"\((\w+)\)"), group(1))
    assert (text.text, text.origin) == ("xyzw", [0, 2, 3, 5])


def test_new_characters_behind_a_kept_span_come_from_what_follows_it() -> None:
    text = TracedText("123")
    text.rewrite(re.compile("123"), lambda _: ((0, 1), " ", (1, 3), "!"))
    assert (text.text, text.origin) == ("1 23!", [0, 1, 1, 2, 2])


@given(st.text(alphabet="ab-()1", max_size=30))
def test_origins_never_decrease_whatever_is_rewritten(source: str) -> None:
    text = TracedText(source)
    text.rewrite(re.compile(r"\((\w*)\)"), group(1))
    text.rewrite(re.compile("1"), always("one "))
    text.rewrite(re.compile("a+"), nothing)
    text.rewrite(re.compile("b(-*)"), lambda found: ("<", found.span(1), ">"))
    assert len(text.origin) == len(text.text)
    assert text.origin == sorted(text.origin)
    assert all(0 <= index < len(source) for index in text.origin)
