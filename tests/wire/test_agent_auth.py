"""Which pages may call an agent."""

from __future__ import annotations

from typing import Any

import pytest

from vivavoce.wire.agent_auth import AgentAuth, read_agent_auth


@pytest.mark.parametrize(
    ("entry", "origin", "admitted"),
    [
        ("example.com", "https://example.com", True),
        ("example.com", "https://EXAMPLE.com", True),
        ("example.com", "http://example.com:8080", True),
        ("example.com", "https://www.example.com", False),
        ("example.com", "https://example.com.evil.test", False),
        ("example.com", "https://notexample.com", False),
        ("localhost:3000", "http://localhost:3000", True),
        ("localhost:3000", "http://localhost:3001", False),
        ("localhost:3000", "http://localhost", False),
        ("example.com:443", "https://example.com", True),
        ("example.com:443", "http://example.com", False),
        ("*.example.com", "https://shop.example.com", True),
        ("*.example.com", "https://a.b.example.com", True),
        ("*.example.com", "https://example.com", False),
        ("*.example.com", "https://.example.com", False),
        ("*.example.com", "https://notexample.com", False),
        ("*", "https://any.test", True),
        ("https://example.com/", "https://example.com", True),
        ("[::1]:3000", "http://[::1]:3000", True),
        ("example.com", "null", False),
        ("example.com", "https://[", False),
        ("example.com:99999", "https://example.com", False),
        ("", "https://example.com", False),
        ("", "null", False),
    ],
)
def test_a_page_may_call_if_its_host_is_on_the_list(
    entry: str, origin: str, admitted: bool
) -> None:
    assert AgentAuth(allowlist=(entry,)).admits_origin(origin) is admitted


def test_every_page_may_call_where_there_is_no_list() -> None:
    assert AgentAuth(require_origin_header=True).admits_origin("https://any.test")
    assert AgentAuth(require_origin_header=True).admits_origin(None)


def test_what_is_no_page_may_call_unless_an_origin_is_required() -> None:
    assert AgentAuth(allowlist=("example.com",)).admits_origin(None)
    strict = AgentAuth(allowlist=("example.com",), require_origin_header=True)
    assert not strict.admits_origin(None)


def test_settings_are_read_as_the_protocol_has_them() -> None:
    settings: dict[str, Any] = {
        "auth": {
            "enable_auth": True,
            "allowlist": [{"hostname": " example.com "}, {"hostname": "localhost:3000"}],
            "require_origin_header": True,
            "shareable_token": None,
        }
    }
    assert read_agent_auth(settings) == AgentAuth(True, ("example.com", "localhost:3000"), True)


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"auth": None},
        {"auth": []},
        {"auth": {"enable_auth": None, "allowlist": None, "require_origin_header": None}},
        {"auth": {"enable_auth": "no", "allowlist": "x", "require_origin_header": 1}},
    ],
)
def test_what_is_not_said_or_makes_no_sense_counts_as_absent(settings: Any) -> None:
    assert read_agent_auth(settings) == AgentAuth()


def test_a_list_that_cannot_be_read_keeps_pages_out() -> None:
    auth = read_agent_auth({"auth": {"allowlist": [{"host": "example.com"}, 7]}})
    assert not auth.admits_origin("https://example.com")
