"""In which order a list is asked for."""

from __future__ import annotations

import pytest

from vivavoce.errors import InvalidParameter
from vivavoce.wire.sorting import is_descending, sort_field


def test_directions_are_known_long_and_short_in_any_case() -> None:
    assert is_descending("desc", usually=False)
    assert is_descending("DESCENDING", usually=False)
    assert not is_descending("asc", usually=True)
    assert not is_descending("Ascending", usually=True)


@pytest.mark.parametrize("usually", [True, False])
def test_without_a_direction_the_list_is_in_its_usual_one(usually: bool) -> None:
    assert is_descending(None, usually=usually) is usually
    assert is_descending("", usually=usually) is usually


def test_what_is_no_direction_is_refused() -> None:
    with pytest.raises(InvalidParameter) as caught:
        is_descending("up", usually=True)
    assert caught.value.param == "sort_direction"


def test_a_field_is_one_of_the_lists_own() -> None:
    assert sort_field("name", ("name", "age")) == "name"
    assert sort_field(None, ("name",)) is None
    with pytest.raises(InvalidParameter, match="name, age"):
        sort_field("size", ("name", "age"))
