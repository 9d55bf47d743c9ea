"""The tools of an agent."""

from __future__ import annotations

import pytest

from vivavoce.wire.agent_config import McpServerConfig, ToolConfig
from vivavoce.wire.agent_tools import read_mcp_servers, read_tools, unserved_tools

_SCHEMA: dict[str, object] = {
    "type": "object",
    "properties": {"q": {"type": "string", "description": "Query"}},
}


def _tool(**fields: object) -> ToolConfig:
    (tool,) = read_tools({"tools": [fields]})
    return tool


def _server(**fields: object) -> McpServerConfig:
    (server,) = read_mcp_servers({"mcp_servers": [{"url": "https://m/", **fields}]})
    return server


def test_a_client_tool_keeps_its_schema_as_it_was_sent() -> None:
    assignments: list[dict[str, object]] = [
        {"source": "response", "dynamic_variable": "v", "value_path": "a.b"}
    ]
    assert _tool(
        type="client",
        name="t",
        description="Does.",
        parameters=_SCHEMA,
        expects_response=True,
        response_timeout_secs=5,
        assignments=assignments,
    ) == ToolConfig(
        kind="client",
        name="t",
        description="Does.",
        parameters=_SCHEMA,
        response_timeout_s=5.0,
        assignments=tuple(assignments),
    )


def test_a_webhook_keeps_its_schema_as_it_was_sent() -> None:
    api: dict[str, object] = {
        "url": "https://a/{id}",
        "method": "POST",
        "request_body_schema": _SCHEMA,
    }
    assert _tool(type="webhook", name="t", api_schema=api) == ToolConfig(
        kind="webhook", name="t", api_schema=api
    )


def test_a_client_is_waited_for_only_if_the_agent_says_so() -> None:
    assert not _tool(type="client", name="t").expects_response
    assert _tool(type="webhook", name="t").expects_response


@pytest.mark.parametrize(
    ("given", "seconds"), [(None, 20.0), (0, 20.0), (-7, 20.0), ("5", 20.0), (7, 7.0), (-1, 86_400)]
)
def test_a_tool_has_a_time_to_answer_in(given: object, seconds: float) -> None:
    assert _tool(type="client", name="t", response_timeout_secs=given).response_timeout_s == seconds


def test_a_tool_may_stand_in_what_rest_wraps_around_it() -> None:
    assert _tool(id="t1", tool_config={"type": "client", "name": "t"}).name == "t"


def test_a_system_tool_knows_what_it_is() -> None:
    assert _tool(type="system", name="end_call").params == {"system_tool_type": "end_call"}
    params = {"system_tool_type": "skip_turn", "wait_timeout_secs": 5}
    assert _tool(type="system", name="wait", params=params).params == params


def test_built_in_tools_are_system_tools() -> None:
    built_in = {
        "end_call": {"name": "end_call", "description": "When done.", "params": {}},
        "skip_turn": {"params": {"system_tool_type": "skip_turn", "wait_timeout_secs": 5}},
        "language_detection": None,
        "voicemail_detection": True,
    }
    assert read_tools({"built_in_tools": built_in}) == (
        ToolConfig(
            kind="system",
            name="end_call",
            description="When done.",
            params={"system_tool_type": "end_call"},
        ),
        ToolConfig(
            kind="system",
            name="skip_turn",
            params={"system_tool_type": "skip_turn", "wait_timeout_secs": 5},
        ),
    )


def test_each_name_is_there_once() -> None:
    tools = [
        {"type": "client", "name": "a", "description": "first"},
        {"type": "client", "name": "a", "description": "second"},
        {"type": "system", "name": "end_call", "description": "old"},
    ]
    found = read_tools({"tools": tools, "built_in_tools": {"end_call": {"description": "new"}}})
    assert [(tool.name, tool.description) for tool in found] == [
        ("a", "first"),
        ("end_call", "new"),
    ]


@pytest.mark.parametrize(
    "entry", [None, "t", {}, {"type": "client"}, {"type": "client", "name": ""}, {"name": "t"}]
)
def test_what_is_no_tool_is_left_out(entry: object) -> None:
    assert read_tools({"tools": [entry]}) == ()


def test_tools_that_this_server_does_not_have_are_named() -> None:
    prompt = {
        "tools": [
            {"type": "api_integration_webhook", "name": "crm"},
            {"type": "client", "name": "t"},
        ],
        "tool_ids": ["tool_1"],
        "mcp_server_ids": ["mcp_1"],
        "native_mcp_server_ids": ["native_1"],
    }
    assert unserved_tools(prompt) == ("crm", "mcp_1", "native_1")
    assert unserved_tools({"tool_ids": ["tool_1"]}) == ("tool_1",)
    assert unserved_tools({}) == ()


def test_an_mcp_server_may_stand_in_what_rest_wraps_around_it() -> None:
    config = {
        "url": "https://m/",
        "name": "M",
        "request_headers": {"X-Key": "{{secret__k}}"},
        "approval_policy": "require_approval_per_tool",
        "tool_approval_hashes": [
            {"tool_name": "a", "tool_hash": "h", "approval_policy": "auto_approved"},
            {"tool_name": "b", "tool_hash": "h", "approval_policy": "requires_approval"},
        ],
    }
    expected = McpServerConfig(
        server_id="m1",
        name="M",
        url="https://m/",
        headers={"X-Key": "{{secret__k}}"},
        approval="require_approval_per_tool",
        approved_tools=("a",),
    )
    assert read_mcp_servers({"mcp_servers": [{"id": "m1", "config": config}]}) == (expected,)
    assert read_mcp_servers({"mcp_servers": [{"id": "m1", **config}]}) == (expected,)


def test_an_mcp_server_needs_but_an_address() -> None:
    assert _server() == McpServerConfig(server_id="https://m/", name="https://m/", url="https://m/")
    for nothing in ({"name": "M"}, {"url": ""}, {"url": 5}, "https://m/"):
        assert read_mcp_servers({"mcp_servers": [nothing]}) == ()


@pytest.mark.parametrize(
    ("token", "header"),
    [
        ("abc", "Bearer abc"),
        ("Basic abc", "Basic abc"),
        ({"variable_name": "secret__t"}, "Bearer {{secret__t}}"),
    ],
)
def test_an_mcp_servers_token_is_a_header(token: object, header: str) -> None:
    assert _server(secret_token=token).headers == {"Authorization": header}
    own = _server(secret_token=token, request_headers={"authorization": "mine"})
    assert own.headers == {"authorization": "mine"}


def test_each_mcp_server_is_there_once() -> None:
    servers = [{"id": "m1", "url": "https://a/"}, {"id": "m1", "url": "https://b/"}]
    (server,) = read_mcp_servers({"mcp_servers": servers})
    assert server.url == "https://a/"
