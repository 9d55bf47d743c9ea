from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivavoce.core.characters import char_weight, is_grapheme_boundary, is_spaceless, weight


@pytest.mark.parametrize(
    "cluster",
    [
        "e\u0301",
        "a\u0336",
        "👍🏽",
        "👩\u200d👩\u200d👧",
        "❤\ufe0f",
        "🇩🇪",
        "क्ष",
        "각",
        "กำ",
        "เก",
        "\r\n",
        "\ud83d\ude00",
        "🏴\U000e0067\U000e0062\U000e007f",
        "1\ufe0f\u20e3",
    ],
)
def test_one_user_character_has_no_boundary_inside(cluster: str) -> None:
    text = f"x{cluster}x"
    inside = [i for i in range(2, len(text) - 1) if is_grapheme_boundary(text, i)]
    assert inside == []


@pytest.mark.parametrize(
    ("text", "index"),
    [
        ("ab", 1),
        ("e\u0301a", 2),
        ("🇩🇪🇫🇷", 2),
        ("好好", 1),
        ("한국", 1),
        (" \u0301", 1),
        ("ab", 0),
        ("ab", 2),
    ],
)
def test_between_two_user_characters_there_is_a_boundary(text: str, index: int) -> None:
    assert is_grapheme_boundary(text, index)


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        ("", 0),
        ("abc", 3),
        ("a   b", 3),
        ("a b  ", 4),
        ("  a", 2),
        ("12", 8),
        ("好好", 8),
        ("한", 4),
        ("é!", 2),
    ],
)
def test_weight_is_about_one_for_each_sound(span: str, expected: int) -> None:
    assert weight(span) == expected


@given(st.text(alphabet="ab 1好\n", max_size=20), st.text(alphabet="ab 1好\n", max_size=20))
def test_weights_add_up_except_where_white_space_is_parted(first: str, second: str) -> None:
    parted = first[-1:].isspace() and second[:1].isspace()
    only_space = bool(first + second) and (first + second).isspace()
    if not parted and not only_space and first.strip() and second.strip():
        assert weight(first + second) == weight(first) + weight(second)


@given(st.characters().filter(lambda char: not char.isspace()))
def test_a_text_of_one_character_weighs_what_the_character_does(char: str) -> None:
    assert weight(char) == char_weight(char)


@pytest.mark.parametrize(
    ("char", "expected"),
    [
        ("好", True),
        ("あ", True),
        ("ก", True),
        ("ខ", True),
        ("ລ", True),
        ("한", False),
        ("a", False),
        ("。", False),
        ("", False),
    ],
)
def test_spaceless_scripts_are_known(char: str, expected: bool) -> None:
    assert is_spaceless(char) is expected
