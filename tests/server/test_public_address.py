"""Where a server is for the one who asks."""

from __future__ import annotations

import pytest

from vivavoce.server.public_address import public_address

LOCAL = "127.0.0.1:8000"
PATH = "/v1/convai/conversation"


def url(headers: dict[str, str], scheme: str = "http") -> str:
    return public_address(headers, scheme, LOCAL).websocket(PATH, {"a": "1"})


@pytest.mark.parametrize(
    ("headers", "scheme", "base"),
    [
        ({"host": "localhost:8000"}, "http", "ws://localhost:8000"),
        ({"host": "localhost:8443"}, "https", "wss://localhost:8443"),
        ({"host": "[::1]:8000"}, "http", "ws://[::1]:8000"),
        ({"host": "example.com:443"}, "https", "wss://example.com"),
        ({"host": "example.com:443"}, "http", "ws://example.com:443"),
        ({}, "http", "ws://127.0.0.1:8000"),
        ({"host": "h", "x-forwarded-proto": "https"}, "http", "wss://h"),
        ({"host": "h", "x-forwarded-proto": "https, http"}, "http", "wss://h"),
        ({"host": "h", "x-forwarded-proto": "wss"}, "http", "wss://h"),
        ({"host": "h", "x-forwarded-proto": "gopher"}, "http", "ws://h"),
        ({"host": "in:80", "x-forwarded-host": "out.example"}, "http", "ws://out.example"),
        ({"host": "in", "x-forwarded-host": "a.example, b"}, "http", "ws://a.example"),
        ({"host": "h", "x-forwarded-port": "8443"}, "https", "wss://h:8443"),
        ({"host": "h:1", "x-forwarded-port": "8443"}, "https", "wss://h:1"),
        (
            {"host": "h", "x-forwarded-proto": "https", "x-forwarded-port": "443"},
            "http",
            "wss://h",
        ),
        ({"host": "h", "x-forwarded-port": "none"}, "http", "ws://h"),
        ({"host": "h", "x-forwarded-prefix": "/voice/"}, "http", "ws://h/voice"),
        ({"host": "h", "x-forwarded-prefix": "//evil.example"}, "http", "ws://h"),
        ({"host": "h", "x-forwarded-prefix": "/a?b"}, "http", "ws://h"),
        (
            {"host": "h", "forwarded": 'for=1.2.3.4;Host="e.example:8443";proto=https'},
            "http",
            "wss://e.example:8443",
        ),
        (
            {"host": "h", "forwarded": "proto=https;host=a.example, host=b.example"},
            "http",
            "wss://a.example",
        ),
        (
            {"host": "h", "forwarded": "for=x", "x-forwarded-proto": "https"},
            "http",
            "wss://h",
        ),
        (
            {"forwarded": "host=a.example", "x-forwarded-host": "b.example"},
            "http",
            "ws://a.example",
        ),
    ],
)
def test_checklist_14_the_url_leads_back_to_the_host_that_was_asked(
    headers: dict[str, str], scheme: str, base: str
) -> None:
    assert url(headers, scheme) == f"{base}{PATH}?a=1"


@pytest.mark.parametrize(
    "bad", ["a/b", "a@b", "a b", 'a"b', "a?b", "a#b", "", "a:123456", "[::1", "a\\b", "ä"]
)
@pytest.mark.parametrize("header", ["host", "x-forwarded-host"])
def test_what_is_no_host_is_passed_over(header: str, bad: str) -> None:
    assert url({header: bad}) == f"ws://{LOCAL}{PATH}?a=1"


def test_the_query_is_written_as_a_url_has_it() -> None:
    address = public_address({"host": "h"}, "http", LOCAL)
    assert address.websocket("/x", {"agent_id": "a b&c"}) == "ws://h/x?agent_id=a+b%26c"
