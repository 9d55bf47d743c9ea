"""What is no longer speech."""

from __future__ import annotations

import pytest

from vivavoce.engines.ears.moonshine_decoder import repeated


@pytest.mark.parametrize(
    ("tokens", "again"),
    [
        ([5, *[7] * 12], 11),
        ([5, *[7, 8] * 6], 10),
        ([5, *[7, 8, 9] * 4], 9),
        ([5, *range(10, 26), *[*range(30, 46)] * 4], 48),
    ],
)
def test_what_is_said_again_and_again_is_counted_but_for_its_first_time(
    tokens: list[int], again: int
) -> None:
    assert repeated(tokens) == again


@pytest.mark.parametrize(
    "tokens",
    [
        [7],
        [7] * 11,
        [7, 8] * 5,
        [7, 8, 9] * 3,
        [*[7] * 12, 8],
        [*range(20), *range(20)],
    ],
)
def test_people_repeat_themselves_too(tokens: list[int]) -> None:
    assert repeated(tokens) == 0
