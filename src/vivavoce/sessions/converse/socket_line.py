"""Asks the client of a call: for its own tools, and for its leave to use others."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TypeVar

from vivavoce.sessions.converse.client_line import ClientAnswer, McpCall, McpConnection
from vivavoce.sessions.converse.dialect import CallDialect
from vivavoce.sessions.converse.event_ids import EventIds
from vivavoce.sessions.converse.teller import Send
from vivavoce.wire import conversation_events as events

AnswerT = TypeVar("AnswerT")


class SocketLine:
    """`ClientLine` over the socket; answers are matched to questions by their ids."""

    def __init__(self, send: Send, dialect: CallDialect, ids: EventIds) -> None:
        self._send = send
        self._dialect = dialect
        self._ids = ids
        self._results: dict[str, asyncio.Future[ClientAnswer]] = {}
        self._approvals: dict[str, asyncio.Future[bool]] = {}

    async def call(
        self, name: str, call_id: str, parameters: dict[str, object], *, wait: bool
    ) -> ClientAnswer | None:
        """See `ClientLine`."""
        frame = events.client_tool_call(name, call_id, parameters, self._ids.last)
        if not wait:
            await self._send(self._dialect.other("client_tool_call", frame))
            return None
        shown = self._dialect.other("client_tool_call", frame)
        return await self._ask(self._results, call_id, shown)

    async def ask_approval(self, call: McpCall) -> bool:
        """See `ClientLine`."""
        frame = self._dialect.other("mcp_tool_call", _mcp_frame(call))
        return await self._ask(self._approvals, call.call_id, frame)

    async def note_mcp(self, call: McpCall) -> None:
        """See `ClientLine`."""
        await self._send(self._dialect.other("mcp_tool_call", _mcp_frame(call)))

    async def note_connections(self, connections: tuple[McpConnection, ...]) -> None:
        """See `ClientLine`."""
        integrations = [(one.server_id, one.is_connected, one.tool_count) for one in connections]
        frame = events.mcp_connection_status(integrations)
        await self._send(self._dialect.other("mcp_connection_status", frame))

    def answered(self, call_id: str, answer: ClientAnswer) -> None:
        """The client's tool has a result; one that nobody waits for any more is dropped."""
        _settle(self._results.get(call_id), answer)

    def approved(self, call_id: str, is_approved: bool) -> None:
        """The client has decided."""
        _settle(self._approvals.get(call_id), is_approved)

    async def _ask(
        self,
        waiting: dict[str, asyncio.Future[AnswerT]],
        call_id: str,
        frame: str | None,
    ) -> AnswerT:
        future: asyncio.Future[AnswerT] = asyncio.get_running_loop().create_future()
        waiting[call_id] = future
        try:
            await self._send(frame)
            return await future
        finally:
            waiting.pop(call_id, None)


def _settle(future: asyncio.Future[AnswerT] | None, answer: AnswerT) -> None:
    if future is not None and not future.done():
        future.set_result(answer)


def _mcp_frame(call: McpCall) -> str:
    return events.mcp_tool_call(
        service_id=call.service_id,
        call_id=call.call_id,
        tool_name=call.tool_name,
        tool_description=call.tool_description,
        parameters=call.parameters,
        timestamp=datetime.now(UTC).isoformat(),
        state=call.state,
        approval_timeout_s=call.approval_timeout_s,
        result=call.result,
        error_message=call.error_message,
    )
