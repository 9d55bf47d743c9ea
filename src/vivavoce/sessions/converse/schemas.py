"""The JSON Schemas of tools' parameters, of which a mind chooses some and the agent the others.

Beside what JSON Schema has, a property says where its value is from: `constant_value`, a
`dynamic_variable`, nowhere (`is_omitted`, `is_system_provided`), or else the mind.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from vivavoce.core.placeholders import Variable
from vivavoce.sessions.converse.outcomes import ToolRefused
from vivavoce.wire.lenient import filled, inside, items, mapping, number, texts

ABSENT: Final = object()
"""The value of a parameter that is left out."""

_OWN_KEYS: Final = frozenset(
    {
        "property_kind",
        "dynamic_variable",
        "constant_value",
        "is_omitted",
        "is_system_provided",
        "allowed_values",
        "allowed_values_dynamic_variable",
        "required_constraints",
    }
)


def shown_schema(schema: Mapping[str, object]) -> dict[str, object] | None:
    """What the mind sees of `schema`; None where it has nothing to choose."""
    if not _is_for_mind(schema):
        return None
    seen = {
        name: value
        for name, value in schema.items()
        if name not in _OWN_KEYS and value is not None and (name, value) != ("enum", [])
    }
    if "properties" in seen:
        seen |= shown_properties(mapping(seen["properties"]), texts(seen.get("required")))
        if not seen["properties"] and mapping(schema.get("properties")):
            return None
    if isinstance(seen.get("items"), dict):
        seen["items"] = shown_schema(mapping(seen["items"])) or {}
    return seen


def shown_properties(
    properties: Mapping[str, object], required: tuple[str, ...]
) -> dict[str, object]:
    """`properties` and `required` of an object, as far as the mind sees them."""
    shown = {
        name: seen
        for name, schema in properties.items()
        if (seen := shown_schema(mapping(schema))) is not None
    }
    return {"properties": shown, "required": [name for name in required if name in shown]}


def object_value(
    schema: Mapping[str, object],
    given: Mapping[str, object],
    variables: Mapping[str, Variable],
    where: str = "",
) -> dict[str, object]:
    """The parameters of an object of this `schema`, out of what the mind has `given`.

    What the schema does not name is left out, unless it names nothing. Raises ToolRefused.
    """
    properties = mapping(schema.get("properties"))
    if not properties:
        return dict(given)
    required = texts(schema.get("required"))
    found: dict[str, object] = {}
    for name, part in properties.items():
        value = value_of(mapping(part), given.get(name, ABSENT), variables, where + name)
        if value is not ABSENT:
            found[name] = value
        elif name in required and _is_for_mind(mapping(part)):
            raise ToolRefused(f"The parameter {where}{name} is missing.")
    return found


def value_of(
    schema: Mapping[str, object],
    given: object,
    variables: Mapping[str, Variable],
    where: str,
) -> object:
    """The value of one parameter, or ABSENT; `where` is its name. Raises ToolRefused."""
    if schema.get("is_omitted") is True or schema.get("is_system_provided") is True:
        return ABSENT
    if _is_constant(schema):
        return schema["constant_value"]
    variable = filled(schema.get("dynamic_variable"))
    if variable is not None:
        if variable not in variables:
            raise ToolRefused(f"The dynamic variable {variable} has no value.")
        return _of_type(schema, _unfolded(schema, variables[variable]), variables, where)
    if given is ABSENT or given is None:
        # An object may have nothing in it but what the agent itself chooses.
        if mapping(schema.get("properties")) and shown_schema(schema) is None:
            return object_value(schema, {}, variables, where + ".")
        return ABSENT
    value = _of_type(schema, given, variables, where)
    _check_allowed(schema, value, variables, where)
    return value


def _is_for_mind(schema: Mapping[str, object]) -> bool:
    return not (
        _is_constant(schema)
        or filled(schema.get("dynamic_variable"))
        or schema.get("is_omitted") is True
        or schema.get("is_system_provided") is True
    )


def _is_constant(schema: Mapping[str, object]) -> bool:
    """Dashboards send all keys: what is empty was not set."""
    return schema.get("constant_value") not in (None, "", {}, [])


def _unfolded(schema: Mapping[str, object], value: Variable) -> object:
    """Variables hold no lists and objects, but their JSON text."""
    if isinstance(value, str) and schema.get("type") in ("object", "array"):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def _of_type(
    schema: Mapping[str, object], value: object, variables: Mapping[str, Variable], where: str
) -> object:
    """`value` as the schema's type has it: small models write numbers as text and text as numbers.

    Raises ToolRefused where there is no such reading.
    """
    kind = schema.get("type")
    if kind == "object":
        if not isinstance(value, dict):
            raise ToolRefused(f"The parameter {where} must be an object.")
        return object_value(schema, value, variables, where + ".")
    if kind == "array":
        if not isinstance(value, list):
            raise ToolRefused(f"The parameter {where} must be a list.")
        part = mapping(schema.get("items"))
        each = (value_of(part, item, variables, f"{where}.{at}") for at, item in enumerate(value))
        return [item for item in each if item is not ABSENT]
    if isinstance(kind, str) and kind in _READERS:
        read = _READERS[kind](value)
        if read is ABSENT:
            raise ToolRefused(f"The parameter {where} must be of type {kind}.")
        return read
    return value


def _check_allowed(
    schema: Mapping[str, object], value: object, variables: Mapping[str, Variable], where: str
) -> None:
    choices = items(schema.get("enum"))
    if choices and value not in choices:
        shown = ", ".join(str(choice) for choice in choices)
        raise ToolRefused(f"The parameter {where} must be one of: {shown}.")
    name = filled(inside(schema, "allowed_values", "dynamic_variable")) or filled(
        schema.get("allowed_values_dynamic_variable")
    )
    # These are a guard, and not for the mind to know.
    if name is not None and value not in items(
        _unfolded({"type": "array"}, variables.get(name, ""))
    ):
        raise ToolRefused(f"The value of the parameter {where} is not allowed.")


def _text(value: object) -> object:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, str | int | float) else ABSENT


def _number(value: object) -> object:
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            return ABSENT
    return ABSENT if number(value) is None else value


def _integer(value: object) -> object:
    found = _number(value)
    if isinstance(found, float):
        return int(found) if found.is_integer() else ABSENT
    return found


def _boolean(value: object) -> object:
    if isinstance(value, bool):
        return value
    said = value.lower() if isinstance(value, str) else ""
    return {"true": True, "false": False}.get(said, ABSENT)


_READERS: Final = {"string": _text, "number": _number, "integer": _integer, "boolean": _boolean}
