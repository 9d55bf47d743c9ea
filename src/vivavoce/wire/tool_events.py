"""What the server says of tools on the conversation's socket; every function gives one frame."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Literal

from vivavoce.wire.event_frame import event_frame

McpState = Literal["loading", "awaiting_approval", "success", "failure"]

# As upstream gives its callers to make up their minds.
_APPROVAL_TIMEOUT_S: Final = 300


def client_tool_call(
    name: str, call_id: str, parameters: Mapping[str, object], event_id: int
) -> str:
    """Asks the client to run a tool of its own; it always goes out, asked for or not."""
    return event_frame(
        "client_tool_call",
        client_tool_call={
            "tool_name": name,
            "tool_call_id": call_id,
            "parameters": parameters,
            "event_id": event_id,
        },
    )


def agent_tool_request(name: str, call_id: str, kind: str, event_id: int) -> str:
    """The agent wants a tool to be run; `kind` is client, webhook, system or mcp."""
    return event_frame(
        "agent_tool_request", agent_tool_request=_tool(name, call_id, kind, event_id)
    )


def agent_tool_response(
    name: str, call_id: str, kind: str, is_error: bool, event_id: int, *, is_called: bool = True
) -> str:
    """A tool has run. `end_call` makes clients hang up: only when the goodbye has been played."""
    return event_frame(
        "agent_tool_response",
        agent_tool_response={
            **_tool(name, call_id, kind, event_id),
            "is_error": is_error,
            "is_called": is_called,
        },
    )


def agent_tool_response_full(
    name: str,
    call_id: str,
    kind: str,
    is_error: bool,
    event_id: int,
    result: str,
    *,
    is_called: bool = True,
    is_blocked: bool = False,
    truncated: bool = False,
) -> str:
    """The same with what the tool gave; of `end_call` it makes clients hang up, too."""
    return event_frame(
        "agent_tool_response_full_payload",
        agent_tool_response_full_payload={
            **_tool(name, call_id, kind, event_id),
            "is_error": is_error,
            "is_called": is_called,
            "is_blocked": is_blocked,
            "full_tool_result": result,
            "truncated": truncated,
        },
    )


def _tool(name: str, call_id: str, kind: str, event_id: int) -> dict[str, object]:
    return {"tool_name": name, "tool_call_id": call_id, "tool_type": kind, "event_id": event_id}


def mcp_tool_call(
    *,
    service_id: str,
    call_id: str,
    tool_name: str,
    tool_description: str | None,
    parameters: Mapping[str, object],
    timestamp: str,
    state: McpState,
    approval_timeout_s: int | None = None,
    result: Sequence[Mapping[str, object]] = (),
    error_message: str = "",
) -> str:
    """How far the call of an MCP server's tool is; `timestamp` is ISO 8601.

    `approval_timeout_s`, `result` (the server's content blocks) and `error_message` are those of
    `awaiting_approval`, `success` and `failure`. Clients answer the first of these once a call.
    """
    more: dict[McpState, dict[str, object]] = {
        "loading": {},
        "awaiting_approval": {"approval_timeout_secs": approval_timeout_s or _APPROVAL_TIMEOUT_S},
        "success": {"result": list(result)},
        "failure": {"error_message": error_message},
    }
    return event_frame(
        "mcp_tool_call",
        mcp_tool_call={
            "service_id": service_id,
            "tool_call_id": call_id,
            "tool_name": tool_name,
            "tool_description": tool_description,
            "parameters": parameters,
            "timestamp": timestamp,
            "state": state,
            **more[state],
        },
    )


def mcp_connection_status(connections: Iterable[tuple[str, bool, int]]) -> str:
    """Of every MCP server of the agent its id, whether it answers, and how many tools it has."""
    return event_frame(
        "mcp_connection_status",
        mcp_connection_status={
            "integrations": [
                {
                    "integration_id": server_id,
                    "integration_type": "mcp_server",
                    "is_connected": is_connected,
                    "tool_count": tool_count,
                }
                for server_id, is_connected, tool_count in connections
            ]
        },
    )
