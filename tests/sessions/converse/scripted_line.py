"""A client at the other end of a conversation, which does as a test says."""

from __future__ import annotations

import asyncio

from vivavoce.sessions.converse.client_line import ClientAnswer, McpCall, McpConnection


class ScriptedLine:
    """Answers every tool with `answer`, never if that is None; `approves` is None for silence."""

    def __init__(self, answer: ClientAnswer | None = None, *, approves: bool | None = True) -> None:
        self.calls: list[tuple[str, str, dict[str, object], bool]] = []
        self.mcp: list[McpCall] = []
        self.connections: tuple[McpConnection, ...] | None = None
        self._answer = answer
        self._approves = approves

    async def call(
        self, name: str, call_id: str, parameters: dict[str, object], *, wait: bool
    ) -> ClientAnswer | None:
        self.calls.append((name, call_id, parameters, wait))
        if not wait:
            return None
        return self._answer or await _never()

    async def ask_approval(self, call: McpCall) -> bool:
        self.mcp.append(call)
        return await _never() if self._approves is None else self._approves

    async def note_mcp(self, call: McpCall) -> None:
        self.mcp.append(call)

    async def note_connections(self, connections: tuple[McpConnection, ...]) -> None:
        self.connections = connections


async def _never() -> ClientAnswer | bool:
    await asyncio.Event().wait()
    raise AssertionError
