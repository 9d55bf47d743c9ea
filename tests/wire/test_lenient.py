"""Parts of JSON from others."""

from __future__ import annotations

import pytest

from vivavoce.wire import lenient


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (5, 5.0),
        (0.5, 0.5),
        (True, None),
        ("5", None),
        (None, None),
        (float("nan"), None),
        (float("inf"), None),
        (10**400, None),
    ],
)
def test_a_number_is_finite_and_no_boolean(value: object, expected: float | None) -> None:
    assert lenient.number(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"), [(5, 5), (5.0, 5), (5.5, None), (2**60 + 1, 2**60 + 1), (False, None)]
)
def test_a_whole_number_is_exact_however_it_is_written(value: object, expected: int | None) -> None:
    found = lenient.integer(value)
    assert found == expected
    assert not isinstance(found, float)


def test_a_path_leads_inside_or_nowhere() -> None:
    value = {"a": {"b": [1]}}
    assert lenient.inside(value, "a", "b") == [1]
    assert lenient.inside(value, "a", "b", "c") is None
    assert lenient.inside(value, "x", "b") is None
    assert lenient.inside(None, "a") is None
    assert lenient.inside(value) == value


def test_of_a_list_only_one_kind_is_taken() -> None:
    mixed = ["a", "", 5, {"k": 1}, None, ["b"]]
    assert lenient.texts(mixed) == ("a",)
    assert lenient.mappings(mixed) == ({"k": 1},)
    assert lenient.items(mixed) == mixed


@pytest.mark.parametrize("other", [None, 5, "text", {"a": 1}])
def test_what_is_no_list_has_no_items(other: object) -> None:
    assert lenient.items(other) == []
    assert lenient.texts(other) == ()
    assert lenient.mappings(other) == ()


@pytest.mark.parametrize(
    ("value", "is_deeper"),
    [
        ({"a": [1]}, False),
        ({"a": [{"b": 1}]}, True),
        ({"a": [{}], "b": 1}, False),
        ([[[1]]], True),
        (5, False),
    ],
)
def test_levels_of_lists_and_objects_are_counted(value: object, is_deeper: bool) -> None:
    assert lenient.is_deeper(value, 2) is is_deeper
