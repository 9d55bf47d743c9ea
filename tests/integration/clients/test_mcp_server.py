"""Our MCP client against the official SDK's own server."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from vivavoce.engines.guarded_http import guarded_client, is_any
from vivavoce.engines.mcp import McpSession

PYTHON = Path(__file__).parents[3] / ".venv-clients" / "bin" / "python"
PROGRAM = Path(__file__).parent / "programs" / "mcp_tool_server.py"


@pytest.fixture(scope="module", params=["", "json", "stateless"])
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A server that answers with streams, with JSON, or without sessions."""
    assert PYTHON.exists(), "the clients are not installed: `make test` makes .venv-clients"
    with subprocess.Popen(
        [PYTHON, PROGRAM, request.param],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield f"http://127.0.0.1:{int(process.stdout.readline())}/mcp"
        process.stdin.close()


async def test_the_official_server_lists_and_runs_its_tools(url: str) -> None:
    async with guarded_client(allows=is_any, timeout=httpx.Timeout(30.0)) as client:
        session = McpSession(client, url, {})
        await session.open()
        tools = {tool.name: tool for tool in await session.tools()}
        assert set(tools) == {"stock", "measures", "broken", "slow_count"}
        assert tools["stock"].description == "How many of an item there are."
        assert tools["stock"].schema["required"] == ["item"]

        answers = await asyncio.gather(
            session.call("stock", {"item": "pears", "at_least": 3}),
            session.call("measures", {"item": "pears"}),
            session.call("slow_count", {}),
        )
        assert [answer.is_error for answer in answers] == [False] * 3
        assert answers[0].text == "7 of pears"
        assert answers[1].structured == {"length": 5}
        assert answers[2].text == "counted"

        broken = await session.call("broken", {})
        assert broken.is_error
        wrong = await session.call("stock", {"item": 3, "at_least": "many"})
        assert wrong.is_error
        await session.close()


async def test_a_session_that_the_official_server_ended_is_begun_anew(url: str) -> None:
    async with guarded_client(allows=is_any, timeout=httpx.Timeout(30.0)) as client:
        session = McpSession(client, url, {})
        await session.open()
        ended = session._channel.session_id
        if ended:
            await client.delete(url, headers={"mcp-session-id": ended})
        assert (await session.call("stock", {"item": "pears"})).text == "5 of pears"
        assert not ended or session._channel.session_id != ended
        await session.close()


async def test_a_tool_that_the_official_server_does_not_have_is_an_error(url: str) -> None:
    async with guarded_client(allows=is_any, timeout=httpx.Timeout(30.0)) as client:
        session = McpSession(client, url, {})
        await session.open()
        answer = await session.call("fly", {})
        assert answer.is_error
        assert "fly" in answer.text
        await session.close()
