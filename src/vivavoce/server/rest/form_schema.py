"""What the schema says of forms that are read by hand, and of their answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import msgspec
from litestar.openapi.spec import OpenAPIMediaType, RequestBody, Schema

_REFERENCE = "#/$defs/"


def form_body(
    form: type[msgspec.Struct],
    *,
    needs_file: bool,
    file_description: str = "With sound in it, of any kind.",
) -> RequestBody:
    """The body of a request that is a form: the fields of `form`, and a `file`.

    For `__post_init__` of an operation class: of itself, Litestar knows the forms that it reads.
    """
    fields = _plain_schema(form)
    file = {"type": "string", "format": "binary", "description": file_description}
    schema = {
        **fields,
        "properties": {"file": file, **fields["properties"]},
        "required": ["file"] if needs_file else [],
    }
    content = {"multipart/form-data": OpenAPIMediaType(schema=cast(Schema, schema))}
    return RequestBody(content=content, required=True)


def any_of(*kinds: type[msgspec.Struct]) -> Schema:
    """The schema of what is one of several kinds."""
    return cast(Schema, {"anyOf": [_plain_schema(kind) for kind in kinds]})


def _plain_schema(kind: type[msgspec.Struct]) -> dict[str, Any]:
    """The JSON schema of a type, in one piece; what may be null may be left out instead."""
    schema = msgspec.json.schema(kind)
    plain: dict[str, Any] = _plain(schema, schema.get("$defs", {}))
    return plain


def _plain(node: Any, definitions: Mapping[str, Any]) -> Any:
    if isinstance(node, list):
        return [_plain(item, definitions) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return _plain(definitions[node["$ref"].removeprefix(_REFERENCE)], definitions)
    fields = {
        key: _plain(value, definitions)
        for key, value in node.items()
        if key != "$defs" and (key, value) != ("default", None)
    }
    kinds = [kind for kind in fields.pop("anyOf", []) if kind != {"type": "null"}]
    if len(kinds) > 1:
        return {**fields, "anyOf": kinds}
    return {**fields, **kinds[0]} if kinds else fields
