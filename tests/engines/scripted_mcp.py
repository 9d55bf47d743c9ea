"""An MCP server over HTTP that can be told to answer oddly."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from tests.scripted_http import Answer, Asked, ScriptedHttp, as_json, scripted_http

Message = dict[str, Any]
Reply = Callable[[Message], Answer]


def result(message: Message, **values: object) -> Message:
    """The answer to a request."""
    return {"jsonrpc": "2.0", "id": message["id"], "result": values}


def events(*messages: object) -> Answer:
    """Messages as a stream of events."""
    body = "".join(f"event: message\r\ndata: {json.dumps(message)}\r\n\r\n" for message in messages)
    return Answer(body=body.encode(), headers={"content-type": "text/event-stream"})


class ScriptedMcp:
    """Keeps sessions `s1`, `s2`, ... and lists one tool, `echo`, unless `replies` says otherwise.

    `replies` are by method; what is not in `known` is answered with 404.
    """

    def __init__(self) -> None:
        self.replies: dict[str, Reply] = {}
        self.known: set[str] = set()
        self.begun = 0
        self.http: ScriptedHttp

    @property
    def methods(self) -> list[str]:
        """What was asked, answers of the client's as `answer`."""
        return [
            asked.json.get("method", "answer") if asked.body else asked.method
            for asked in self.http.asked
        ]

    def script(self, asked: Asked) -> Answer:
        """One answer."""
        if asked.method == "DELETE":
            self.known.discard(asked.headers["mcp-session-id"])
            return Answer(200)
        message = asked.json
        method = message.get("method", "answer")
        if method != "initialize" and asked.headers.get("mcp-session-id") not in self.known:
            return as_json({"error": "Session not found"}, 404)
        if method in self.replies:
            return self.replies[method](message)
        if method == "initialize":
            return self._begin(message)
        if method == "tools/list":
            schema = {"type": "object", "properties": {"text": {"type": "string"}}}
            tool = {"name": "echo", "description": "Says it again", "inputSchema": schema}
            return as_json(result(message, tools=[tool]))
        if method == "tools/call":
            text = json.dumps(message["params"])
            return as_json(result(message, content=[{"type": "text", "text": text}]))
        return Answer(202)

    def _begin(self, message: Message) -> Answer:
        self.begun += 1
        self.known.add(f"s{self.begun}")
        version = message["params"]["protocolVersion"]
        answer = result(message, protocolVersion=version, capabilities={}, serverInfo={})
        return as_json(answer, **{"mcp-session-id": f"s{self.begun}"})


@asynccontextmanager
async def scripted_mcp() -> AsyncIterator[ScriptedMcp]:
    """On a free port of this machine."""
    server = ScriptedMcp()
    async with scripted_http(server.script) as server.http:
        yield server
