"""The HTTP request of a webhook tool, made of its `api_schema` and of what the mind chose."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

import httpx
import msgspec

from vivavoce.core.placeholders import Variable, shown
from vivavoce.sessions.converse.headers import filled_headers
from vivavoce.sessions.converse.outcomes import ToolRefused
from vivavoce.sessions.converse.schemas import (
    ABSENT,
    object_value,
    shown_properties,
    value_of,
)
from vivavoce.wire.lenient import filled, mapping, texts

_METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")
_WITH_BODY: Final = ("POST", "PUT", "PATCH")
_FORM: Final = "application/x-www-form-urlencoded"
_JSON: Final = "application/json"
# `{{variable}}` or `{path_parameter}`, in one pass: what is filled in is not read again.
_IN_URL: Final = re.compile(r"\{\{\s*([\w.-]+)\s*\}\}|\{([^{}]+)\}")
# What the mind chooses of a host is at most one label of it.
_LABEL: Final = re.compile(r"[A-Za-z0-9-]+")
_HOST: Final = re.compile(r"(?:[a-z][a-z0-9+.-]*://)?[^/?#]*", re.IGNORECASE)


class WebhookRequest(msgspec.Struct, frozen=True):
    """What is sent; `body` is None for none."""

    method: str
    url: httpx.URL
    headers: dict[str, str]
    body: bytes | None


def webhook_parameters(api_schema: Mapping[str, object]) -> dict[str, object]:
    """The JSON Schema of what the mind chooses: of path, query and body, all in one object.

    A name that stands in several of them is one parameter, with one value for all.
    """
    properties: dict[str, object] = {}
    required: list[str] = []
    for part in _parts(api_schema):
        of_part = shown_properties(mapping(part.get("properties")), texts(part.get("required")))
        for name, schema in mapping(of_part["properties"]).items():
            properties.setdefault(name, schema)
        required += [name for name in texts(of_part["required"]) if name not in required]
    return {"type": "object", "properties": properties, "required": required}


def webhook_request(
    api_schema: Mapping[str, object],
    given: Mapping[str, object],
    variables: Mapping[str, Variable],
) -> WebhookRequest:
    """The request. `variables` are all of them, the secret ones, too. Raises ToolRefused."""
    method = (filled(api_schema.get("method")) or "GET").upper()
    if method not in _METHODS:
        raise ToolRefused("The tool has a method that is not supported.")
    path, query, body = _parts(api_schema)
    values = object_value(path, given, variables) if mapping(path["properties"]) else {}
    url = _url(filled(api_schema.get("url")) or "", values, variables)
    asked = object_value(query, given, variables) if mapping(query.get("properties")) else {}
    headers = filled_headers(mapping(api_schema.get("request_headers")), variables)
    content, kind = None, ""
    if method in _WITH_BODY and body:
        kind = _FORM if api_schema.get("content_type") == _FORM else _JSON
        content = _encoded(_body_value(body, given, variables), kind)
    try:
        made = httpx.URL(url)
        if asked:
            made = made.copy_merge_params({name: _as_text(value) for name, value in asked.items()})
    except (httpx.InvalidURL, ValueError) as error:
        raise ToolRefused("The tool has a URL that cannot be used.") from error
    return WebhookRequest(method, made, _with_kind(headers, kind), content)


def _parts(api_schema: Mapping[str, object]) -> tuple[dict[str, object], ...]:
    """The schemas of path, query and body."""
    path = mapping(api_schema.get("path_params_schema"))
    # Every part of a path is needed, or else the URL would be another one.
    return (
        {"type": "object", "properties": path, "required": list(path)},
        mapping(api_schema.get("query_params_schema")),
        mapping(api_schema.get("request_body_schema")),
    )


def _url(template: str, values: Mapping[str, object], variables: Mapping[str, Variable]) -> str:
    host = _HOST.match(template)
    path_begins = host.end() if host else 0

    def put(found: re.Match[str]) -> str:
        variable, parameter = found.groups()
        if variable is not None:
            if variable not in variables:
                raise ToolRefused(f"The dynamic variable {variable} has no value.")
            text = shown(variables[variable])
        elif parameter in values:
            text = _as_text(values[parameter])
        else:
            raise ToolRefused(f"The parameter {parameter} is missing.")
        if found.start() < path_begins and variable is not None:
            return text
        if found.start() < path_begins and not _LABEL.fullmatch(text):
            raise ToolRefused(f"The parameter {parameter} cannot be a part of a host.")
        if text in ("", ".", ".."):
            raise ToolRefused(f"The parameter {variable or parameter} cannot be {text!r}.")
        return quote(text, safe="")

    return _IN_URL.sub(put, template)


def _body_value(
    schema: Mapping[str, object], given: Mapping[str, object], variables: Mapping[str, Variable]
) -> object:
    chosen = dict(given) if mapping(schema.get("properties")) else {}
    whole = value_of({"type": "object", **schema}, chosen, variables, "")
    return {} if whole is ABSENT else whole


def _encoded(value: object, kind: str) -> bytes:
    if kind == _JSON:
        return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")
    fields = {name: _as_text(part) for name, part in mapping(value).items()}
    return str(httpx.QueryParams(fields)).encode("ascii")


def _as_text(value: object) -> str:
    """Where there is only text: booleans and what has parts as JSON has them."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _with_kind(headers: dict[str, str], kind: str) -> dict[str, str]:
    named = {name.lower() for name in headers}
    return headers if not kind or "content-type" in named else {**headers, "content-type": kind}
