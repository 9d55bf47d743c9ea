"""Which parameters a mind sees, and what is made of those it chooses."""

from __future__ import annotations

import pytest

from vivavoce.sessions.converse.outcomes import ToolRefused
from vivavoce.sessions.converse.schemas import object_value, shown_schema

# As the dashboard sends a property: with every key, most of them empty.
CITY = {
    "type": "string",
    "description": "Which city",
    "enum": None,
    "is_system_provided": False,
    "dynamic_variable": "",
    "constant_value": "",
}
SCHEMA = {
    "type": "object",
    "required": ["city", "unit", "user"],
    "properties": {
        "city": CITY,
        "unit": {"type": "string", "constant_value": "celsius"},
        "user": {"type": "string", "dynamic_variable": "user_name"},
        "trace": {"type": "string", "is_system_provided": True},
        "old": {"type": "string", "is_omitted": True},
        "days": {"type": "integer", "description": "How many"},
        "extra": {
            "type": "object",
            "properties": {"source": {"type": "string", "constant_value": "call"}},
        },
    },
}


def test_the_mind_sees_only_what_it_is_to_choose() -> None:
    assert shown_schema(SCHEMA) == {
        "type": "object",
        "required": ["city"],
        "properties": {
            "city": {"type": "string", "description": "Which city"},
            "days": {"type": "integer", "description": "How many"},
        },
    }


def test_the_values_come_from_where_the_schema_says() -> None:
    assert object_value(SCHEMA, {"city": "Bonn", "days": 2}, {"user_name": "Ann"}) == {
        "city": "Bonn",
        "unit": "celsius",
        "user": "Ann",
        "days": 2,
        "extra": {"source": "call"},
    }


def test_the_mind_cannot_choose_what_is_not_its_own() -> None:
    given = {"city": "Bonn", "unit": "kelvin", "user": "Eve", "trace": "x", "old": "x", "admin": 1}
    found = object_value(SCHEMA, given, {"user_name": "Ann"})
    assert found == {
        "city": "Bonn",
        "unit": "celsius",
        "user": "Ann",
        "extra": {"source": "call"},
    }


def test_what_is_missing_is_named() -> None:
    with pytest.raises(ToolRefused, match="The parameter city is missing"):
        object_value(SCHEMA, {"city": None}, {"user_name": "Ann"})
    with pytest.raises(ToolRefused, match="The dynamic variable user_name has no value"):
        object_value(SCHEMA, {"city": "Bonn"}, {})


def test_what_is_missing_deep_inside_is_named_with_its_place() -> None:
    schema = {
        "properties": {
            "who": {
                "type": "object",
                "required": ["name"],
                "properties": {"name": {"type": "string"}},
            }
        }
    }
    with pytest.raises(ToolRefused, match=r"The parameter who\.name is missing"):
        object_value(schema, {"who": {}}, {})


@pytest.mark.parametrize(
    ("kind", "given", "read"),
    [
        ("integer", "5", 5),
        ("integer", 5.0, 5),
        ("number", "2.5", 2.5),
        ("number", 3, 3),
        ("boolean", "True", True),
        ("boolean", False, False),
        ("string", 5, "5"),
        ("string", True, "true"),
        (["string", "null"], 5, 5),
    ],
)
def test_values_are_read_as_the_type_they_should_have(
    kind: object, given: object, read: object
) -> None:
    found = object_value({"properties": {"x": {"type": kind}}}, {"x": given}, {})["x"]
    assert found == read
    assert type(found) is type(read)


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("integer", 1.5),
        ("integer", True),
        ("integer", "five"),
        ("number", "NaN"),
        ("number", "1e999"),
        ("boolean", "yes"),
        ("string", ["a"]),
        ("object", "text"),
        ("array", "text"),
    ],
)
def test_values_that_cannot_be_read_so_are_refused(kind: str, given: object) -> None:
    with pytest.raises(ToolRefused, match="The parameter x must be"):
        object_value({"properties": {"x": {"type": kind}}}, {"x": given}, {})


def test_the_choices_of_an_enumeration_are_named() -> None:
    schema = {"properties": {"size": {"type": "string", "enum": ["S", "M"]}}}
    assert object_value(schema, {"size": "M"}, {}) == {"size": "M"}
    with pytest.raises(ToolRefused, match="must be one of: S, M"):
        object_value(schema, {"size": "XL"}, {})


@pytest.mark.parametrize(
    "guard",
    [
        {"allowed_values": {"dynamic_variable": "accounts"}},
        {"allowed_values_dynamic_variable": "accounts"},
    ],
)
def test_allowed_values_are_a_guard_that_the_mind_does_not_see(guard: dict[str, object]) -> None:
    part = {"type": "string", "description": "Account", **guard}
    schema = {"type": "object", "properties": {"account": part}}
    variables = {"accounts": '["a1", "a2"]'}
    assert object_value(schema, {"account": "a2"}, variables) == {"account": "a2"}
    for known in (variables, {}, {"accounts": "not JSON"}):
        with pytest.raises(ToolRefused, match="not allowed"):
            object_value(schema, {"account": "b1"}, known)
    shown = shown_schema(schema)
    assert shown is not None
    assert shown["properties"] == {"account": {"type": "string", "description": "Account"}}


def test_lists_are_read_item_by_item() -> None:
    schema = {"properties": {"n": {"type": "array", "items": {"type": "integer"}}}}
    assert object_value(schema, {"n": ["1", 2]}, {}) == {"n": [1, 2]}
    with pytest.raises(ToolRefused, match=r"n\.1 must be of type integer"):
        object_value(schema, {"n": [1, "b"]}, {})


def test_a_variable_that_holds_a_list_is_unfolded() -> None:
    schema = {"properties": {"ids": {"type": "array", "dynamic_variable": "ids"}}}
    assert object_value(schema, {}, {"ids": "[1, 2]"}) == {"ids": [1, 2]}


def test_an_object_without_properties_takes_everything() -> None:
    assert object_value({"type": "object"}, {"any": 1}, {}) == {"any": 1}
