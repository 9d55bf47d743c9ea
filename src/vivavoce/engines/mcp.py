"""A client of the Model Context Protocol: the tools of one server, listed and called.

The official SDK is not used: it brings a web server, a second HTTP client and a distribution whose
module `multipart` stands in the way of the one that reads our uploads. What a conversation needs of
the protocol is this file and `mcp_channel`; tests hold them against the SDK's own server.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Mapping
from contextlib import aclosing
from importlib.metadata import version
from typing import Final

import httpx
import msgspec

from vivavoce.engines.mcp_channel import Incoming, McpChannel, SessionExpired
from vivavoce.errors import EngineFailed

_VERSIONS: Final = ("2025-06-18", "2025-11-25", "2025-03-26", "2024-11-05")
"""Revisions that begin with `initialize`; the first is asked for. It is the last one in which a
server may not break off an answer's stream for the client to take up again."""
_MOST_PAGES: Final = 100
_MOST_TOOLS: Final = 500
_NO_SUCH_METHOD: Final = -32601


class McpTool(msgspec.Struct, frozen=True):
    """A tool as the server lists it; `schema` is the JSON Schema of its arguments."""

    name: str
    description: str
    schema: dict[str, object]


class McpAnswer(msgspec.Struct, frozen=True):
    """What a tool gave: blocks of content, `{"type": "text", "text": ...}` and others."""

    content: tuple[dict[str, object], ...]
    structured: dict[str, object] | None
    is_error: bool

    @property
    def text(self) -> str:
        """All of it in words; of pictures and sounds only their kind is named."""
        shown = "\n".join(filter(None, map(_block_text, self.content)))
        if shown or self.structured is None:
            return shown
        return msgspec.json.encode(self.structured).decode()


class McpSession:
    """One session with one server. Calls may be made at the same time.

    A session that the server has forgotten is begun anew, once for each request.
    """

    def __init__(self, client: httpx.AsyncClient, url: str, headers: Mapping[str, str]) -> None:
        self._channel = McpChannel(client, url, headers)
        self._ids = itertools.count(1)
        self._beginning = asyncio.Lock()

    async def open(self) -> None:
        """Begins the session. Raises EngineFailed, as do the others."""
        async with self._beginning:
            try:
                await self._begin()
            except SessionExpired:
                raise EngineFailed("The MCP server does not keep its sessions.") from None

    async def tools(self) -> tuple[McpTool, ...]:
        """All tools of the server, page after page."""
        found: list[McpTool] = []
        cursor: object = None
        for _ in range(_MOST_PAGES):
            page = await self._request("tools/list", {} if cursor is None else {"cursor": cursor})
            listed = page.get("tools")
            found += [tool for raw in _mappings(listed) if (tool := _tool(raw)) is not None]
            cursor = page.get("nextCursor")
            if not cursor or len(found) >= _MOST_TOOLS:
                break
        return tuple(found[:_MOST_TOOLS])

    async def call(self, name: str, arguments: Mapping[str, object]) -> McpAnswer:
        """What the tool gives, its own failures included. Takes as long as the server does."""
        result = await self._request("tools/call", {"name": name, "arguments": dict(arguments)})
        structured = result.get("structuredContent")
        return McpAnswer(
            content=tuple(_mappings(result.get("content"))),
            structured=structured if isinstance(structured, dict) else None,
            is_error=result.get("isError") is True,
        )

    async def close(self) -> None:
        """Ends the session; never raises for what the server does."""
        await self._channel.close()

    async def _begin(self) -> None:
        channel = self._channel
        channel.session_id = channel.version = ""
        result = await self._ask(
            "initialize",
            {
                "protocolVersion": _VERSIONS[0],
                "capabilities": {},
                "clientInfo": {"name": "vivavoce", "version": version("vivavoce")},
            },
        )
        chosen = result.get("protocolVersion")
        if chosen not in _VERSIONS:
            raise EngineFailed(f"The MCP server speaks only revision {str(chosen)[:20]!r}.")
        channel.version = str(chosen)
        await channel.notify({"jsonrpc": "2.0", "method": "notifications/initialized"})

    async def _request(self, method: str, params: Mapping[str, object]) -> Incoming:
        used = self._channel.session_id
        try:
            return await self._ask(method, params)
        except SessionExpired:
            pass
        try:
            async with self._beginning:
                # Another request of ours may have found out first.
                if self._channel.session_id == used:
                    await self._begin()
            return await self._ask(method, params)
        except SessionExpired:
            raise EngineFailed("The MCP server does not keep its sessions.") from None

    async def _ask(self, method: str, params: Mapping[str, object]) -> Incoming:
        asked = next(self._ids)
        message = {"jsonrpc": "2.0", "id": asked, "method": method, "params": dict(params)}
        async with aclosing(self._channel.post(message)) as incoming:
            async for answer in incoming:
                if "method" in answer:
                    await self._serve(answer)
                # Errors in reading a request are answered without an id.
                elif answer.get("id") == asked or (answer.get("id") is None and "error" in answer):
                    return _result(answer)
        raise EngineFailed("The MCP server ended its answer before it was whole.")

    async def _serve(self, asked: Incoming) -> None:
        """Servers may ask, too: whether we are there is all that is answered."""
        if asked.get("id") is None:
            return
        answer: dict[str, object] = {"jsonrpc": "2.0", "id": asked["id"]}
        if asked["method"] == "ping":
            answer["result"] = {}
        else:
            answer["error"] = {"code": _NO_SUCH_METHOD, "message": "Method not found"}
        await self._channel.notify(answer)


def _result(answer: Incoming) -> Incoming:
    result, error = answer.get("result"), answer.get("error")
    if isinstance(error, dict):
        said = str(error.get("message", ""))[:300]
        raise EngineFailed(f"The MCP server refused: {said}")
    if not isinstance(result, dict):
        raise EngineFailed("The MCP server sent an answer without a result.")
    return result


def _tool(raw: Mapping[str, object]) -> McpTool | None:
    name, description, schema = (raw.get(key) for key in ("name", "description", "inputSchema"))
    if not isinstance(name, str) or not name:
        return None
    return McpTool(
        name=name,
        description=description if isinstance(description, str) else "",
        schema=schema if isinstance(schema, dict) else {"type": "object"},
    )


def _mappings(value: object) -> list[dict[str, object]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _block_text(block: Mapping[str, object]) -> str:
    kind, said = block.get("type"), block.get("text")
    if kind == "text" and isinstance(said, str):
        return said
    resource = block.get("resource")
    if isinstance(resource, dict) and isinstance(resource.get("text"), str):
        return str(resource["text"])
    if kind == "resource_link":
        return str(block.get("uri", ""))
    return f"[{kind}]"
