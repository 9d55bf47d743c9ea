"""What tools need of the client at the other end of a conversation."""

from __future__ import annotations

from typing import Protocol

import msgspec

from vivavoce.wire.tool_events import McpState


class ClientAnswer(msgspec.Struct, frozen=True):
    """A `client_tool_result`: `result` is the text, or JSON text of what is none."""

    result: str
    is_error: bool = False


class McpCall(msgspec.Struct, frozen=True, kw_only=True):
    """One state of a call of an MCP server's tool, as `mcp_tool_call` tells it.

    `service_id` is the server's; `result` are the content blocks of a success.
    """

    service_id: str
    call_id: str
    tool_name: str
    tool_description: str | None
    parameters: dict[str, object]
    state: McpState
    approval_timeout_s: int | None = None
    result: tuple[dict[str, object], ...] = ()
    error_message: str = ""


class McpConnection(msgspec.Struct, frozen=True):
    """One of the integrations of `mcp_connection_status`."""

    server_id: str
    is_connected: bool
    tool_count: int


class ClientLine(Protocol):
    """The session's side of it; a call that is cancelled stops waiting for its answer."""

    async def call(
        self, name: str, call_id: str, parameters: dict[str, object], *, wait: bool
    ) -> ClientAnswer | None:
        """Sends `client_tool_call`; None without `wait`. The time limit is the caller's."""

    async def ask_approval(self, call: McpCall) -> bool:
        """Sends `call`, which awaits approval, and waits for the client to grant or refuse it."""

    async def note_mcp(self, call: McpCall) -> None:
        """Sends a state of a call."""

    async def note_connections(self, connections: tuple[McpConnection, ...]) -> None:
        """Sends which MCP servers there are."""
