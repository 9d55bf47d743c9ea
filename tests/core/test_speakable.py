from __future__ import annotations

import pytest
from hibari.g2p import G2P, LINK_RE
from hibari.g2p.normalize import normalize
from hypothesis import given, settings
from hypothesis import strategies as st

from vivavoce.core.speakable import speakable

_EXAMPLES = settings(max_examples=300)

_FRAGMENTS = st.sampled_from(
    [
        *"aZ0 .,!?-'\"()[]{}<>/\\|*_~`#@$%^&=\n\t\0\x1b",
        *(
            "\u200b",
            "\u202e",
            "²",
            "½",
            "⁶",
            "①",
            "é",
            "ħ",
            "日",
            "👍🏽",
            "\u0301",
            "\ud800",
            "Ⅷ",
            "\uff21",
            "\u2212",
        ),
        *(
            "[w](/x/)",
            "](/",
            "<b>",
            "</b>",
            '<br a="1">',
            "**",
            "&lt;",
            "&amp;",
            "\x1b[31m",
            "http://a.b/",
        ),
        *(
            "9" * 20,
            "1,234,",
            "5.",
            "Dr. ",
            "5 p.m.",
            "$5.50 ",
            "3/4 ",
            "12:30",
            "2024-01-02 ",
            "1st",
            "word ",
        ),
    ]
)
_TEXTS = st.one_of(st.lists(_FRAGMENTS, max_size=25).map("".join), st.text(max_size=40))


@pytest.fixture(scope="module")
def g2p() -> G2P:
    return G2P()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\x1b[1;31mred\x1b[0m \x1b]0;title\x07text\0", "red text"),
        ("na\u200bive \u202etext\u00ad", "naive text"),
        ("lone \ud800surrogate", "lone surrogate"),
        ("caf\u00e9 cafe\u0301 \u0127al", "caf\u00e9 caf\u00e9 hal"),
        ("\uff26\uff35\uff2c\uff2c \ufb01ne", "FULL fine"),
        ("10\u2076 x\u00b2 H\u2082O 10\u207b\u00b3", "10^6 x\u00b2 H2O 10^-3"),
        ("5 \u2212 3 and \u22125", "5 minus 3 and -5"),
        ("See https://example.com/x.", "See example.com/x."),
        ("(HTTP://www.example.com/)", "(www.example.com)"),
        ("Wow!!!!! What?!?! hmm........ so,, yes……", "Wow! What?! hmm... so, yes…"),
        ("yes -- no---maybe ====", "yes \u2014 no\u2014maybe  "),
        ("5€, 1 € or 21$; $.99 and -.5", "5 euros, 1 euro or 21 dollars; $0.99 and -0.5"),
        ("**Now:** see [this](https://x.org/)", "Now: see this"),
        ("&lt;b&gt;bold&lt;/b&gt;", "bold"),
    ],
)
def test_only_what_has_a_sound_is_left(text: str, expected: str) -> None:
    assert speakable(text).text == expected


@pytest.mark.parametrize(
    "text",
    [
        "It's \u201cquite\u201d plain \u2014 isn\u2019t it? Well\u2026 yes.",
        "On 3/4/2024 at 5:30 p.m., 1,250 people paid $9.99 (50%).",
        "If a < b, see C++ and snake_case at me@example.org.",
        "1,234,567,890,123 stars",
        "From $5 to $ 6, 5 and $6, v1.5.2, a...5",
        "  two\nlines ",
        "",
    ],
)
def test_plain_text_stays_as_it_is(text: str) -> None:
    made = speakable(text)
    assert made.text == text
    assert made.origin == list(range(len(text)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("123456789012", "123456789012"),
        ("1234567890123", "1 2 3 4 5 6 7 8 9 0 1 2 3"),
        ("1,234,567,890,123,456", "1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6"),
        ("1,2,3,4,5,6,7,8,9,10,11", "1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11"),
        ("3.1415926535897", "3 point 1 4 1 5 9 2 6 5 3 5 8 9 7"),
        ("#1234567890123!", "#1 2 3 4 5 6 7 8 9 0 1 2 3!"),
    ],
)
def test_numbers_too_long_to_name_are_spelt_out(text: str, expected: str) -> None:
    assert speakable(text).text == expected


def test_every_character_knows_where_it_came_from() -> None:
    made = speakable("<b>Hi</b> caf\u0065\u0301 [x](y)")
    assert made.text == "Hi caf\u00e9 x"
    assert made.origin == [3, 4, 9, 10, 11, 12, 13, 15, 17]


def test_white_space_without_end_is_one_space() -> None:
    assert speakable("one" + " " * 1_000_000 + "two").text == "one two"


def test_markup_in_markup_is_gone_and_brackets_of_the_text_stay() -> None:
    assert speakable("**[[[one](a)](b)](c)** (and two)").text == "one (and two)"


def test_markup_nested_without_end_comes_to_an_end() -> None:
    made = speakable("[" * 200 + "word" + "](/x/)" * 200)
    assert "word" in made.text
    assert LINK_RE.search(made.text) is None


@given(_TEXTS)
@_EXAMPLES
def test_origins_never_decrease_and_lie_in_the_text(text: str) -> None:
    made = speakable(text)
    assert len(made.origin) == len(made.text)
    assert made.origin == sorted(made.origin)
    assert all(0 <= index < len(text) for index in made.origin)


@given(_TEXTS)
@_EXAMPLES
def test_making_speakable_text_speakable_changes_nothing(text: str) -> None:
    once = speakable(text).text
    assert speakable(once).text == once


@given(_TEXTS)
@_EXAMPLES
def test_nobody_can_inject_phonemes(text: str) -> None:
    assert LINK_RE.search(normalize(speakable(text).text)) is None


@given(_TEXTS)
@_EXAMPLES
def test_no_text_makes_the_voices_pronunciation_fail(g2p: G2P, text: str) -> None:
    assert isinstance(g2p(speakable(text).text), str)


@pytest.mark.parametrize(
    "text", ["<" * 400, "[" * 400, "<b " * 130, "*" * 400, "9," * 200, "&lt;" * 100]
)
def test_an_utterance_of_nothing_but_markup_is_made_speakable(text: str) -> None:
    made = speakable(text)
    assert speakable(made.text).text == made.text
