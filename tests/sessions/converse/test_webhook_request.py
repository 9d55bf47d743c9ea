"""The requests that webhook tools make."""

from __future__ import annotations

import json

import pytest

from vivavoce.sessions.converse.outcomes import ToolRefused
from vivavoce.sessions.converse.webhook_request import webhook_parameters, webhook_request

TEXT = {"type": "string", "description": "Text"}
ORDERS = {
    "url": "https://shop.test/{{tenant}}/orders/{order}?v=2",
    "method": "PATCH",
    "path_params_schema": {"order": TEXT},
    "query_params_schema": {
        "properties": {
            "dry": {"type": "boolean", "description": "Only try"},
            "source": {"type": "string", "constant_value": "voice & more"},
        },
        "required": ["source"],
    },
    "request_body_schema": {
        "type": "object",
        "required": ["note", "order"],
        "properties": {
            "note": TEXT,
            "order": TEXT,
            "by": {"type": "string", "dynamic_variable": "user"},
            "lines": {"type": "array", "items": {"type": "integer"}},
        },
    },
    "request_headers": {
        "X-Key": "{{secret__key}}",
        "X-User": {"variable_name": "user"},
        "Authorization": {"secret_id": "token"},
    },
}
VARIABLES = {"tenant": "t 1", "user": "Jürgen", "secret__key": "k", "secret__token": "Bearer t"}


def get(url: str, **more: object) -> dict[str, object]:
    return {"url": url, "method": "GET", **more}


def test_the_mind_sees_the_parameters_of_all_parts_in_one_object() -> None:
    shown = webhook_parameters(ORDERS)
    assert list(shown["properties"]) == ["order", "dry", "note", "lines"]  # type: ignore[call-overload]
    assert shown["required"] == ["order", "note"]


def test_every_part_of_the_request_is_filled() -> None:
    given = {"order": "a/b ?", "note": "hi", "dry": True, "lines": [1]}
    request = webhook_request(ORDERS, given, VARIABLES)
    assert request.method == "PATCH"
    assert request.url.params.multi_items() == [
        ("v", "2"),
        ("dry", "true"),
        ("source", "voice & more"),
    ]
    assert request.url.raw_path.startswith(b"/t%201/orders/a%2Fb%20%3F?")
    assert request.headers == {
        "X-Key": "k",
        "X-User": "Jürgen",
        "Authorization": "Bearer t",
        "content-type": "application/json",
    }
    assert json.loads(request.body or b"") == {
        "note": "hi",
        "order": "a/b ?",
        "by": "Jürgen",
        "lines": [1],
    }


def test_a_form_has_texts_only() -> None:
    schema = {**ORDERS, "content_type": "application/x-www-form-urlencoded"}
    request = webhook_request(schema, {"order": "1", "note": "a&b", "lines": [1]}, VARIABLES)
    assert request.body == b"note=a%26b&order=1&by=J%C3%BCrgen&lines=%5B1%5D"
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"


def test_a_get_has_no_body() -> None:
    schema = get("https://x.test/", request_body_schema=ORDERS["request_body_schema"])
    assert webhook_request(schema, {}, {}).body is None


def test_a_tool_without_a_method_gets() -> None:
    assert webhook_request({"url": "https://x.test/"}, {}, {}).method == "GET"


def test_an_address_may_begin_with_a_variable() -> None:
    request = webhook_request(get("{{base}}/x/{{base}}"), {}, {"base": "https://a.test:1/b"})
    assert str(request.url) == "https://a.test:1/b/x/https%3A%2F%2Fa.test%3A1%2Fb"


@pytest.mark.parametrize("part", ["..", ".", ""])
def test_a_path_cannot_be_climbed_out_of(part: str) -> None:
    schema = get("https://x.test/users/{id}", path_params_schema={"id": TEXT})
    with pytest.raises(ToolRefused, match="cannot be"):
        webhook_request(schema, {"id": part}, {})


@pytest.mark.parametrize("host", ["evil.test/", "evil#", "user@evil", "a.b"])
def test_the_mind_chooses_no_other_host(host: str) -> None:
    schema = get("https://{region}.x.test/", path_params_schema={"region": TEXT})
    assert webhook_request(schema, {"region": "eu-1"}, {}).url.host == "eu-1.x.test"
    with pytest.raises(ToolRefused, match="cannot be a part of a host"):
        webhook_request(schema, {"region": host}, {})


def test_what_is_filled_into_a_url_is_not_read_again() -> None:
    schema = get("https://x.test/{id}", path_params_schema={"id": TEXT})
    request = webhook_request(schema, {"id": "{{secret__key}}"}, {"secret__key": "k"})
    assert request.url.path == "/{{secret__key}}"


@pytest.mark.parametrize("value", ["a\r\nX-Evil: 1", "a\nb", "a\x00b"])
def test_a_header_cannot_end_before_its_value_does(value: str) -> None:
    schema = get("https://x.test/", request_headers={"X-A": "{{a}}"})
    with pytest.raises(ToolRefused, match="no header may have"):
        webhook_request(schema, {}, {"a": value})


@pytest.mark.parametrize("name", ["", "X A", "X:A", "X\nA"])
def test_a_header_has_a_name_that_headers_may_have(name: str) -> None:
    schema = get("https://x.test/", request_headers={name: "a"})
    with pytest.raises(ToolRefused, match="no header may have"):
        webhook_request(schema, {}, {})


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        (get("https://x.test/{{gone}}"), "The dynamic variable gone has no value"),
        (get("https://x.test/{gone}"), "The parameter gone is missing"),
        (get("https://x.test:port/"), "a URL that cannot be used"),
        (get("https://x.test/", request_headers={"A": "{{gone}}"}), "gone"),
        (get("https://x.test/", request_headers={"A": {"secret_id": "gone"}}), "has no value"),
        (get("https://x.test/", request_headers={"A": {"env_var_label": "x"}}), "has no value"),
        ({"url": "https://x.test/", "method": "CONNECT"}, "not supported"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_words(schema: dict[str, object], said: str) -> None:
    with pytest.raises(ToolRefused, match=said):
        webhook_request(schema, {}, {})
