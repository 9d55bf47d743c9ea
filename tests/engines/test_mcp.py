"""A client of MCP servers, and the odd things that these may answer."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from tests.engines.scripted_mcp import Message, ScriptedMcp, events, result, scripted_mcp
from tests.scripted_http import Answer, as_json, scripted_http
from vivavoce.engines.guarded_http import guarded_client, is_any, is_public
from vivavoce.engines.mcp import McpAnswer, McpSession
from vivavoce.errors import EngineFailed


@pytest.fixture
async def server() -> AsyncIterator[ScriptedMcp]:
    async with scripted_mcp() as server:
        yield server


@asynccontextmanager
async def session(url: str, allows: object = is_any) -> AsyncIterator[McpSession]:
    timeout = httpx.Timeout(20.0)
    async with guarded_client(allows=allows, timeout=timeout) as client:  # type: ignore[arg-type]
        opened = McpSession(client, url, {"Authorization": "Bearer t"})
        await opened.open()
        yield opened
        await opened.close()


def text(said: str) -> dict[str, object]:
    return {"type": "text", "text": said}


async def test_a_session_begins_works_and_ends(server: ScriptedMcp) -> None:
    async with session(server.http.url) as opened:
        (tool,) = await opened.tools()
        answer = await opened.call("echo", {"text": "hi"})
    assert (tool.name, tool.description) == ("echo", "Says it again")
    assert tool.schema["properties"] == {"text": {"type": "string"}}
    assert json.loads(answer.text) == {"name": "echo", "arguments": {"text": "hi"}}
    assert server.methods == [
        "initialize",
        "notifications/initialized",
        "tools/list",
        "tools/call",
        "DELETE",
    ]
    assert server.known == set()


async def test_requests_carry_the_session_its_version_and_the_configured_headers(
    server: ScriptedMcp,
) -> None:
    async with session(server.http.url) as opened:
        await opened.tools()
    first, *others = (asked.headers for asked in server.http.asked)
    assert "mcp-session-id" not in first
    assert all(headers["mcp-session-id"] == "s1" for headers in others)
    assert all(headers["mcp-protocol-version"] == "2025-06-18" for headers in others)
    assert all(headers["authorization"] == "Bearer t" for headers in [first, *others])
    assert first["accept"] == "application/json, text/event-stream"


async def test_tools_are_listed_page_after_page(server: ScriptedMcp) -> None:
    def page(message: Message) -> Answer:
        cursor = message["params"].get("cursor")
        more = {} if cursor else {"nextCursor": "p2"}
        return as_json(result(message, tools=[{"name": f"t{cursor}"}, {"no": "name"}, 1], **more))

    server.replies["tools/list"] = page
    async with session(server.http.url) as opened:
        assert [tool.name for tool in await opened.tools()] == ["tNone", "tp2"]


async def test_a_list_without_end_is_given_up(server: ScriptedMcp) -> None:
    server.replies["tools/list"] = lambda message: as_json(
        result(message, tools=[{"name": "t"}] * 50, nextCursor="again")
    )
    async with session(server.http.url) as opened:
        assert len(await opened.tools()) == 500


async def test_an_answer_may_come_in_a_stream_after_other_messages(server: ScriptedMcp) -> None:
    server.replies["tools/call"] = lambda message: events(
        {"jsonrpc": "2.0", "method": "notifications/progress", "params": {}},
        result({"id": 999}, content=[text("of another")]),
        result(message, content=[text("ours")]),
        result(message, content=[text("too late")]),
    )
    async with session(server.http.url) as opened:
        assert (await opened.call("echo", {})).text == "ours"


async def test_a_ping_of_the_server_is_answered_and_other_requests_are_refused(
    server: ScriptedMcp,
) -> None:
    server.replies["tools/call"] = lambda message: events(
        {"jsonrpc": "2.0", "id": "p", "method": "ping"},
        {"jsonrpc": "2.0", "id": "q", "method": "sampling/createMessage"},
        result(message, content=[]),
    )
    async with session(server.http.url) as opened:
        await opened.call("echo", {})
    answers = [asked.json for asked in server.http.asked if b'"p"' in asked.body]
    assert answers == [{"jsonrpc": "2.0", "id": "p", "result": {}}]
    refused = next(asked.json for asked in server.http.asked if b'"q"' in asked.body)
    assert refused["error"]["code"] == -32601


async def test_a_batch_is_read_like_single_messages(server: ScriptedMcp) -> None:
    server.replies["tools/call"] = lambda message: as_json(
        [{"jsonrpc": "2.0", "method": "x"}, result(message, content=[text("in a batch")])]
    )
    async with session(server.http.url) as opened:
        assert (await opened.call("echo", {})).text == "in a batch"


async def test_a_forgotten_session_is_begun_anew_once(server: ScriptedMcp) -> None:
    async with session(server.http.url) as opened:
        server.known.clear()
        assert len(await opened.tools()) == 1
    assert server.begun == 2


async def test_requests_that_find_the_session_forgotten_together_begin_one_new_one(
    server: ScriptedMcp,
) -> None:
    async with session(server.http.url) as opened:
        server.known.clear()
        await asyncio.gather(*(opened.call("echo", {}) for _ in range(5)))
    assert server.begun == 2


async def test_a_server_that_forgets_at_once_is_given_up(server: ScriptedMcp) -> None:
    async with session(server.http.url) as opened:
        server.replies["tools/list"] = lambda _: Answer(404)
        with pytest.raises(EngineFailed, match="does not keep its sessions"):
            await opened.tools()
    assert server.begun == 2


async def test_a_server_may_go_without_sessions(server: ScriptedMcp) -> None:
    server.known.add("")
    server.replies["initialize"] = lambda message: as_json(
        result(message, protocolVersion="2025-03-26")
    )
    server.replies |= {"tools/list": lambda m: as_json(result(m, tools=[]))}
    script = server.http._script  # the session's absence is an empty one

    def without(asked: object) -> Answer:
        asked.headers.setdefault("mcp-session-id", "")  # type: ignore[attr-defined]
        return script(asked)  # type: ignore[arg-type]

    async with scripted_http(without) as http, session(http.url) as opened:
        assert await opened.tools() == ()
    assert [asked.method for asked in http.asked] == ["POST"] * 3
    assert http.asked[2].headers["mcp-protocol-version"] == "2025-03-26"


async def test_a_redirect_to_another_path_is_followed_and_one_elsewhere_is_not(
    server: ScriptedMcp,
) -> None:
    def moved(asked: object) -> Answer:
        if asked.target == "/mcp":  # type: ignore[attr-defined]
            return Answer(307, headers={"location": "/mcp/"})
        return server.script(asked)  # type: ignore[arg-type]

    async with scripted_http(moved) as http, session(http.url + "/mcp") as opened:
        assert len(await opened.tools()) == 1
    away = Answer(307, headers={"location": server.http.url})
    async with scripted_http(lambda _: away) as http:
        with pytest.raises(EngineFailed, match="HTTP 307"):
            async with session(http.url):
                pass
    assert server.http.asked == []


def of_kind(kind: str, body: bytes) -> Answer:
    return Answer(body=body, headers={"content-type": kind})


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer(500), "answered HTTP 500"),
        (Answer(401), "answered HTTP 401"),
        (of_kind("application/json", b"{"), "not JSON"),
        (of_kind("application/json", b"[" * 200_000), "not JSON"),
        (of_kind("application/json", b'{"id":2}'), "without a result"),
        (of_kind("application/json", b""), "before it was whole"),
        (of_kind("application/json", b"[1, null]"), "before it was whole"),
        (of_kind("text/event-stream", b": hello\n\n"), "before it was whole"),
        (of_kind("text/event-stream", b"data: " + b"a" * 2_000_000), "sent an event of more"),
        (of_kind("text/event-stream", b"data: {}\n\n" * 500_000), "sent more than"),
        (Answer(202), "before it was whole"),
        (Answer(headers={"content-encoding": "gzip"}), "compresses"),
    ],
)
async def test_odd_answers_are_failures_in_words(
    server: ScriptedMcp, answer: Answer, said: str
) -> None:
    server.replies["tools/call"] = lambda _: answer
    async with session(server.http.url) as opened:
        with pytest.raises(EngineFailed, match=said):
            await opened.call("echo", {})


@pytest.mark.parametrize("answered", [{"id": 3}, {"id": None}, {}])
async def test_an_error_of_the_protocol_is_told(
    server: ScriptedMcp, answered: dict[str, object]
) -> None:
    error = {"jsonrpc": "2.0", "error": {"code": -32602, "message": "no such tool"}}
    server.replies["tools/call"] = lambda message: as_json(
        error | answered | ({"id": message["id"]} if answered.get("id") else {})
    )
    async with session(server.http.url) as opened:
        with pytest.raises(EngineFailed, match="refused: no such tool"):
            await opened.call("echo", {})


async def test_a_tools_own_error_is_an_answer(server: ScriptedMcp) -> None:
    server.replies["tools/call"] = lambda message: as_json(
        result(message, content=[text("no stock")], isError=True)
    )
    async with session(server.http.url) as opened:
        answer = await opened.call("echo", {})
    assert (answer.text, answer.is_error) == ("no stock", True)


async def test_a_revision_that_is_not_known_is_refused(server: ScriptedMcp) -> None:
    server.replies["initialize"] = lambda message: as_json(
        result(message, protocolVersion="1999-01-01")
    )
    with pytest.raises(EngineFailed, match="only revision '1999-01-01'"):
        async with session(server.http.url):
            pass


async def test_a_server_that_is_not_there_is_told_in_words() -> None:
    with pytest.raises(EngineFailed, match="cannot be reached"):
        async with session("http://127.0.0.1:1/mcp"):
            pass


async def test_a_private_address_is_refused(server: ScriptedMcp) -> None:
    with pytest.raises(EngineFailed, match="does not connect to"):
        async with session(server.http.url, is_public):
            pass
    assert server.http.asked == []


@pytest.mark.parametrize("url", ["http://x.test:port", "file:///etc/passwd", "/mcp"])
async def test_a_url_that_cannot_be_used_is_told_in_words(url: str) -> None:
    with pytest.raises(EngineFailed, match=r"cannot be used|must begin with"):
        async with session(url):
            pass


async def test_a_server_that_is_gone_at_the_end_does_not_matter() -> None:
    async with scripted_mcp() as server:
        client = guarded_client(allows=is_any, timeout=httpx.Timeout(20.0))
        opened = McpSession(client, server.http.url, {})
        await opened.open()
    await opened.close()
    await client.aclose()


def test_blocks_that_are_no_text_are_named() -> None:
    blocks = (
        text("a"),
        {"type": "image", "data": "...", "mimeType": "image/png"},
        {"type": "resource", "resource": {"uri": "x:1", "text": "b"}},
        {"type": "resource_link", "uri": "x:2"},
    )
    assert McpAnswer(blocks, {"c": 1}, False).text == "a\n[image]\nb\nx:2"
    assert McpAnswer((), {"c": 1}, False).text == '{"c":1}'
    assert McpAnswer((), None, False).text == ""
