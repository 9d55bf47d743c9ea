"""The tools of MCP servers, as an agent's mind calls them and its client is told of them."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Mapping

import pytest

from tests.engines.scripted_mcp import events, result, scripted_mcp
from tests.scripted_http import Answer
from tests.sessions.converse.scripted_line import ScriptedLine
from vivavoce.core.placeholders import Variable
from vivavoce.engines.guarded_http import is_any, is_public
from vivavoce.engines.minds.base import ToolCall
from vivavoce.sessions.converse import mcp_tools
from vivavoce.sessions.converse.client_line import McpConnection
from vivavoce.sessions.converse.mcp_tools import tool_name
from vivavoce.sessions.converse.tools import ToolBelt
from vivavoce.wire.agent_config import AgentConfig, McpServerConfig, ToolConfig

CALL = ToolCall("c1", "echo", '{"text":"hi"}')


def belt(
    line: ScriptedLine,
    *servers: McpServerConfig,
    variables: Mapping[str, Variable] | None = None,
    tools: tuple[ToolConfig, ...] = (),
    is_open: bool = True,
) -> ToolBelt:
    return ToolBelt(
        AgentConfig(mcp_servers=servers, tools=tools),
        variables=variables or {},
        line=line,
        allows=is_any if is_open else is_public,
        clock=itertools.count(0.0).__next__,
        client_limit=asyncio.timeout,
    )


def server_at(url: str, **more: object) -> McpServerConfig:
    return McpServerConfig(server_id="srv_1", name="Shop", url=url, **more)  # type: ignore[arg-type]


async def test_the_servers_tools_are_the_minds() -> None:
    line = ScriptedLine()
    async with scripted_mcp() as server, belt(line, server_at(server.http.url)) as tools:
        (spec,) = tools.specs
        outcome = await tools.run(CALL)
    assert (spec.name, spec.description) == ("echo", "Says it again")
    assert (outcome.kind, outcome.is_error) == ("mcp", False)
    assert json.loads(outcome.result)["arguments"] == {"text": "hi"}
    assert line.connections == (McpConnection("srv_1", True, 1),)
    assert server.methods[-1] == "DELETE"


async def test_the_client_is_told_how_far_a_call_is() -> None:
    line = ScriptedLine()
    async with scripted_mcp() as server, belt(line, server_at(server.http.url)) as tools:
        await tools.run(CALL)
    loading, success = line.mcp
    assert (loading.state, loading.service_id, loading.tool_name) == ("loading", "srv_1", "echo")
    assert (loading.call_id, loading.parameters) == ("c1", {"text": "hi"})
    assert success.state == "success"
    assert success.result[0]["type"] == "text"


async def test_a_tools_own_error_is_a_failure_for_mind_and_client() -> None:
    line = ScriptedLine()
    async with scripted_mcp() as server, belt(line, server_at(server.http.url)) as tools:
        content = [{"type": "text", "text": "sold out"}]
        server.replies["tools/call"] = lambda message: events(
            result(message, content=content, isError=True)
        )
        outcome = await tools.run(CALL)
    assert (outcome.result, outcome.is_error) == ("sold out", True)
    assert [(call.state, call.error_message) for call in line.mcp] == [
        ("loading", ""),
        ("failure", "sold out"),
    ]


async def test_a_server_that_breaks_in_a_call_is_a_failure() -> None:
    line = ScriptedLine()
    async with scripted_mcp() as server, belt(line, server_at(server.http.url)) as tools:
        server.replies["tools/call"] = lambda _: Answer(500)
        outcome = await tools.run(CALL)
    assert (outcome.result, outcome.is_error) == ("The MCP server answered HTTP 500.", True)
    assert line.mcp[-1].error_message == "The MCP server answered HTTP 500."


async def test_a_server_that_hangs_in_a_call_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mcp_tools, "_CALLS_WITHIN_S", 0.05)
    line = ScriptedLine()
    async with scripted_mcp() as server, belt(line, server_at(server.http.url)) as tools:
        server.replies["tools/call"] = lambda _: Answer(hangs=True)
        outcome = await tools.run(CALL)
    assert (outcome.result, outcome.is_error) == ("The MCP server takes too long to answer.", True)
    assert line.mcp[-1].state == "failure"


@pytest.mark.parametrize(
    ("policy", "approved", "asks"),
    [
        ("auto_approve_all", (), False),
        ("require_approval_all", ("echo",), True),
        ("require_approval_per_tool", ("echo",), False),
        ("require_approval_per_tool", ("other",), True),
        ("something_new", (), True),
    ],
)
async def test_approval_is_asked_for_as_the_policy_says(
    policy: str, approved: tuple[str, ...], asks: bool
) -> None:
    line = ScriptedLine(approves=True)
    async with scripted_mcp() as server:
        config = server_at(server.http.url, approval=policy, approved_tools=approved)
        async with belt(line, config) as tools:
            outcome = await tools.run(CALL)
    assert not outcome.is_error
    states = [call.state for call in line.mcp]
    assert states == ["awaiting_approval"] * asks + ["loading", "success"]
    assert line.mcp[0].approval_timeout_s == (300 if asks else None)


async def test_what_is_not_approved_is_not_called() -> None:
    line = ScriptedLine(approves=False)
    async with scripted_mcp() as server:
        config = server_at(server.http.url, approval="require_approval_all")
        async with belt(line, config) as tools:
            outcome = await tools.run(CALL)
    assert (outcome.result, outcome.is_error) == ("The user does not let the tool be called.", True)
    assert [call.state for call in line.mcp] == ["awaiting_approval", "failure"]
    assert "tools/call" not in server.methods


async def test_a_user_who_says_nothing_has_not_approved(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mcp_tools, "APPROVED_WITHIN_S", 0.01)
    line = ScriptedLine(approves=None)
    async with scripted_mcp() as server:
        config = server_at(server.http.url, approval="require_approval_all")
        async with belt(line, config) as tools:
            outcome = await tools.run(CALL)
    assert outcome.is_error
    assert "tools/call" not in server.methods


async def test_the_call_goes_on_without_a_server_that_is_down() -> None:
    line = ScriptedLine()
    down = McpServerConfig(server_id="srv_2", name="Gone", url="http://127.0.0.1:1/mcp")
    async with scripted_mcp() as server, belt(line, down, server_at(server.http.url)) as tools:
        assert [spec.name for spec in tools.specs] == ["echo"]
    assert line.connections == (
        McpConnection("srv_2", False, 0),
        McpConnection("srv_1", True, 1),
    )


async def test_the_call_does_not_wait_for_a_server_that_hangs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(mcp_tools, "CONNECTS_WITHIN_S", 0.05)
    monkeypatch.setattr(mcp_tools, "_CLOSES_WITHIN_S", 0.05)
    line = ScriptedLine()
    async with scripted_mcp() as server:
        server.replies["tools/list"] = lambda _: Answer(hangs=True)
        async with belt(line, server_at(server.http.url)) as tools:
            assert tools.specs == ()
    assert line.connections == (McpConnection("srv_1", False, 0),)


@pytest.mark.parametrize(
    ("url", "headers"), [("{{gone}}", {}), ("http://x.test", {"A": "{{gone}}"})]
)
async def test_a_server_whose_placeholders_have_no_value_is_down(
    url: str, headers: dict[str, str]
) -> None:
    line = ScriptedLine()
    async with belt(line, server_at(url, headers=headers)) as tools:
        assert tools.specs == ()
    assert line.connections == (McpConnection("srv_1", False, 0),)


async def test_a_server_at_a_private_address_is_not_asked() -> None:
    line = ScriptedLine()
    async with (
        scripted_mcp() as server,
        belt(line, server_at(server.http.url), is_open=False) as tools,
    ):
        assert tools.specs == ()
    assert server.http.asked == []


async def test_secrets_are_filled_into_the_servers_headers() -> None:
    async with scripted_mcp() as server:
        config = server_at(server.http.url, headers={"Authorization": "Bearer {{secret__key}}"})
        async with belt(ScriptedLine(), config, variables={"secret__key": "k"}):
            pass
    assert {asked.headers["authorization"] for asked in server.http.asked} == {"Bearer k"}


async def test_an_agents_own_tool_keeps_its_name() -> None:
    own = ToolConfig(kind="client", name="echo")
    async with (
        scripted_mcp() as server,
        belt(ScriptedLine(), server_at(server.http.url), tools=(own,)) as tools,
    ):
        assert [spec.name for spec in tools.specs] == ["echo", "Shop_echo"]


async def test_an_agent_without_servers_tells_the_client_nothing() -> None:
    line = ScriptedLine()
    async with belt(line):
        pass
    assert line.connections is None


async def test_a_client_that_leaves_while_servers_are_connected_leaves_nothing_behind() -> None:
    class Gone(ScriptedLine):
        async def note_connections(self, connections: object) -> None:
            raise ConnectionError

    async with scripted_mcp() as server:
        with pytest.raises(ConnectionError):
            async with belt(Gone(), server_at(server.http.url)):
                pass
        assert server.known == set()


async def test_a_number_of_any_size_reaches_the_server() -> None:
    line = ScriptedLine()
    async with scripted_mcp() as server, belt(line, server_at(server.http.url)) as tools:
        outcome = await tools.run(ToolCall("c1", "echo", '{"n": 123456789012345678901234567890}'))
    assert "123456789012345678901234567890" in outcome.result


@pytest.mark.parametrize(
    ("tool", "taken", "name"),
    [
        ("get.weather/now", [], "get_weather_now"),
        ("a" * 100, [], "a" * 64),
        ("a", ["a"], "My_Shop_a"),
        ("a", ["a", "My_Shop_a"], "My_Shop_a_2"),
    ],
)
def test_names_are_such_as_chat_models_take(tool: str, taken: list[str], name: str) -> None:
    assert tool_name("My Shop", tool, taken) == name
