"""Agents and conversations, by the official SDKs."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.integration.clients.running import Ran
from tests.integration.end_to_end.server_process import ServerProcess
from vivavoce.core.call_record import (
    CallRecord,
    ToolCallRecord,
    ToolResultRecord,
    TurnRecord,
    Waterfall,
)
from vivavoce.store.store import open_store

RunProgram = Callable[..., Ran]

SOUND = b"\xff\xfb" + bytes(5_000)
NOT_FOUND = [404, "agent_not_found"]
TRANSCRIPT = (
    TurnRecord(role="agent", message="Hello.", time_in_call_s=0.0, event_id=1),
    TurnRecord(role="user", message="The weather?", time_in_call_s=2.0),
    TurnRecord(
        role="agent",
        message="Sunny.",
        time_in_call_s=4.0,
        event_id=3,
        tool_calls=(ToolCallRecord("c1", "weather", "client", '{"city":"Rome"}'),),
        tool_results=(ToolResultRecord("c1", "weather", "client", "sunny", False, 0.2),),
        waterfall=Waterfall(transcript=300.0, first_token=500.0),
    ),
)


def hold(home: Path, conversation_id: str) -> None:
    """Leaves a conversation behind, as if it had been held."""
    record = CallRecord(
        conversation_id=conversation_id,
        agent_id="agent_held",
        agent_name="Ann",
        status="done",
        started_at=time.time(),
        duration_s=6.0,
        transcript=TRANSCRIPT,
        has_user_audio=True,
        has_response_audio=True,
    )
    data_dir = home / ".local" / "share" / "vivavoce"

    async def write() -> None:
        async with open_store(f"sqlite:///{data_dir}/vivavoce.db") as store:
            await store.conversations.begin(record)

    asyncio.run(write())
    sound = data_dir / "recordings" / f"{conversation_id}.mp3"
    sound.parent.mkdir(exist_ok=True)
    sound.write_bytes(SOUND)


@pytest.fixture(scope="module")
def python_sdk(home: Path, server: ServerProcess, python_client: RunProgram) -> Ran:
    """All that Python's SDK can ask for, asked for."""
    hold(home, "conv_python")
    return python_client("elevenlabs_agents", server.http, "conv_python")


@pytest.fixture(scope="module")
def node_sdk(home: Path, server: ServerProcess, node_client: RunProgram) -> Ran:
    """The same of Node's, and what JavaScript's browser client sends."""
    hold(home, "conv_node")
    return node_client("elevenlabs_agents", server.http, "conv_node")


def test_python_makes_changes_lists_and_deletes_agents(python_sdk: Ran) -> None:
    agent = python_sdk.answer("agent")
    assert agent.pop("problems") == []
    shown = {
        "name": "Ann",
        "tags": ["one"],
        "first_message": "Hello.",
        "prompt": "Be kind.",
        "voice": "Claudio",
        "turn_timeout": 7.0,
        "enable_auth": True,
    }
    assert agent["shown"] == shown
    assert agent["changed"] == shown | {"name": "Bea", "first_message": "Hi."}
    assert agent["pages"] == [["Copy"], ["Bea"], ["Copy"]]
    assert agent["more"] == [True, False]
    assert agent["language"] == "en"
    assert agent["after"] == NOT_FOUND


def test_python_sends_back_what_it_was_shown_and_changes_nothing(python_sdk: Ran) -> None:
    assert python_sdk.answer("unchanged") is True


def test_checklist_14_python_has_signed_urls_that_lead_back(
    python_sdk: Ran, server: ServerProcess
) -> None:
    passes = python_sdk.answer("passes")
    assert passes.pop("problems") == []
    signed = ["agent_id", "conversation_signature"]
    assert passes == {
        "base": f"{server.websocket}/v1/convai/conversation",
        "queries": [signed, [*signed, "conversation_id"]],
        "conversation": "conv",
        "unknown": NOT_FOUND,
    }


def test_python_reads_hears_rates_and_forgets_a_conversation(python_sdk: Ran) -> None:
    conversation = python_sdk.answer("conversation")
    assert conversation.pop("problems") == []
    assert conversation == {
        "listed": ["conv_python"],
        "said": [[turn.role, turn.message] for turn in TRANSCRIPT],
        "tool": '{"city":"Rome"}',
        "result": "sunny",
        "score": "like",
        "note": "A note.",
        "after": [404, "conversation_not_found"],
    }
    assert python_sdk.file("audio.mp3") == SOUND


def test_node_makes_changes_lists_and_deletes_agents(node_sdk: Ran) -> None:
    agent = node_sdk.answer("agent")
    assert agent == {
        "shown": ["Ann", "Hello.", "Claudio", 7],
        "changed": ["Bea", "Hi.", "Claudio", 7],
        "found": ["Copied by Node"],
        "widget": "en",
        "after": 404,
    }


def test_checklist_14_node_has_signed_urls_that_lead_back(
    node_sdk: Ran, server: ServerProcess
) -> None:
    base = f"{server.websocket}/v1/convai/conversation"
    assert node_sdk.answer("passes") == {"base": base, "conversation": "conv"}


def test_node_and_the_browsers_client_read_and_rate_a_conversation(node_sdk: Ran) -> None:
    assert node_sdk.answer("conversation") == {
        "listed": ["conv_node"],
        "said": [turn.message for turn in TRANSCRIPT],
        "uploaded": True,
        "rated": [200, 4, "Nice."],
        "after": 404,
    }
    assert node_sdk.file("audio.mp3") == SOUND
