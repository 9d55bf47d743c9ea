"""What the server says of tools."""

from __future__ import annotations

import json
from typing import Any

import pytest

from vivavoce.wire import conversation_events as events
from vivavoce.wire.tool_events import McpState

_CALL: dict[str, Any] = {
    "service_id": "s1",
    "call_id": "c1",
    "tool_name": "t",
    "tool_description": None,
    "parameters": {"q": "x"},
    "timestamp": "2026-01-01T00:00:00Z",
}
_TOOL = {"tool_name": "t", "tool_call_id": "c1", "tool_type": "client", "event_id": 6}


def test_a_client_is_asked_to_run_a_tool() -> None:
    frame = events.client_tool_call("t", "c1", {"q": [1, None]}, 6)
    assert json.loads(frame) == {
        "type": "client_tool_call",
        "client_tool_call": {
            "tool_name": "t",
            "tool_call_id": "c1",
            "parameters": {"q": [1, None]},
            "event_id": 6,
        },
    }


def test_parameters_may_be_an_empty_object_and_hold_any_number() -> None:
    empty = json.loads(events.client_tool_call("t", "c1", {}, 6))
    assert empty["client_tool_call"]["parameters"] == {}
    huge = json.loads(events.client_tool_call("t", "c1", {"n": 10**30}, 6))
    assert huge["client_tool_call"]["parameters"] == {"n": 10**30}


def test_a_tool_is_announced_and_reported() -> None:
    assert json.loads(events.agent_tool_request("t", "c1", "client", 6)) == {
        "type": "agent_tool_request",
        "agent_tool_request": _TOOL,
    }
    assert json.loads(events.agent_tool_response("t", "c1", "client", True, 6)) == {
        "type": "agent_tool_response",
        "agent_tool_response": {**_TOOL, "is_error": True, "is_called": True},
    }


def test_a_report_may_have_all_that_the_tool_gave() -> None:
    frame = events.agent_tool_response_full("t", "c1", "client", False, 6, "text", truncated=True)
    assert json.loads(frame) == {
        "type": "agent_tool_response_full_payload",
        "agent_tool_response_full_payload": {
            **_TOOL,
            "is_error": False,
            "is_called": True,
            "is_blocked": False,
            "full_tool_result": "text",
            "truncated": True,
        },
    }


@pytest.mark.parametrize(
    ("state", "given", "more"),
    [
        ("loading", {}, {}),
        ("awaiting_approval", {}, {"approval_timeout_secs": 300}),
        ("awaiting_approval", {"approval_timeout_s": 60}, {"approval_timeout_secs": 60}),
        (
            "success",
            {"result": ({"type": "text", "text": "x"},)},
            {"result": [{"type": "text", "text": "x"}]},
        ),
        ("failure", {"error_message": "No."}, {"error_message": "No."}),
    ],
)
def test_each_state_of_an_mcp_call_has_its_own_keys(
    state: McpState, given: dict[str, Any], more: dict[str, object]
) -> None:
    assert json.loads(events.mcp_tool_call(**_CALL, state=state, **given)) == {
        "type": "mcp_tool_call",
        "mcp_tool_call": {
            "service_id": "s1",
            "tool_call_id": "c1",
            "tool_name": "t",
            "tool_description": None,
            "parameters": {"q": "x"},
            "timestamp": "2026-01-01T00:00:00Z",
            "state": state,
            **more,
        },
    }


def test_mcp_servers_are_listed_with_how_it_stands_with_them() -> None:
    frame = events.mcp_connection_status([("s1", True, 3), ("s2", False, 0)])
    listed = [("s1", True, 3), ("s2", False, 0)]
    assert json.loads(frame) == {
        "type": "mcp_connection_status",
        "mcp_connection_status": {
            "integrations": [
                {
                    "integration_id": name,
                    "integration_type": "mcp_server",
                    "is_connected": connected,
                    "tool_count": count,
                }
                for name, connected, count in listed
            ]
        },
    }
