"""A call whose session is lost, with agents that do and do not let it go on without a greeting."""

from __future__ import annotations

import json
from collections.abc import Callable

import httpx
import pytest

from tests.clients_js.package import Installed
from tests.integration.conftest import RunningServer
from vivavoce import (
    AgentResponse,
    AsyncVoiceConversation,
    ConnectionOptions,
    ConversationFailed,
    ConversationStarted,
    SessionLost,
)
from vivavoce.clients.events import ConversationEvent

Happened = list[list[str]]

GREETING = "Welcome."
SAID = ("Good morning.", "How are you?")
NAMES = {
    ConversationStarted: "conversation_started",
    AgentResponse: "agent_response",
    SessionLost: "session_lost",
    ConversationFailed: "conversation_failed",
}


def agent(server: RunningServer, *, forbids: bool) -> str:
    """One that greets, and may let nobody change that."""
    settings = {"overrides": {"conversation_config_override": {"agent": {"first_message": False}}}}
    made = httpx.post(
        server.url("/v1/convai/agents/create", "http"),
        json={
            "conversation_config": {"agent": {"first_message": GREETING}},
            "platform_settings": settings if forbids else {},
        },
        timeout=60,
        trust_env=False,
    )
    agent_id: str = made.raise_for_status().json()["agent_id"]
    return agent_id


def in_typescript(server: RunningServer, agent_id: str, installed: Installed) -> Happened:
    environment = {"VIVAVOCE_URL": server.url("", "http")}
    told = json.loads(installed.run("restart.mjs", agent_id, **environment))
    assert told["by"] == "client"
    happened: Happened = told["happened"]
    return happened


async def in_python(server: RunningServer, agent_id: str) -> Happened:
    happened: Happened = []

    def note(event: ConversationEvent) -> ConversationEvent:
        for kind, name in NAMES.items():
            if isinstance(event, kind):
                text = [event.text] if isinstance(event, AgentResponse) else []
                happened.append([name, *text])
        return event

    call = AsyncVoiceConversation(
        agent_id=agent_id,
        url=server.url("", "http"),
        text_only=True,
        options=ConnectionOptions(resume=False),
    )
    async with call:
        while not isinstance(note(await call.next_event()), AgentResponse):
            pass
        for text in SAID:
            call.connection.cut()
            while not isinstance(note(await call.next_event()), ConversationStarted):
                pass
            await call.send_text(text)
            answer = ["agent_response", f"You said: {text}"]
            while answer not in happened:
                note(await call.next_event())
    return happened


@pytest.mark.parametrize("forbids", [False, True])
@pytest.mark.parametrize("language", ["Python", "TypeScript"])
async def test_a_call_goes_on_and_greets_again_only_where_the_agent_insists(
    language: str,
    forbids: bool,
    installed: Installed,
    start_server: Callable[..., RunningServer],
) -> None:
    server = start_server()
    agent_id = agent(server, forbids=forbids)
    if language == "Python":
        happened = await in_python(server, agent_id)
    else:
        happened = in_typescript(server, agent_id, installed)
    greetings = [one for one in happened if one == ["agent_response", GREETING]]
    assert len(greetings) <= (3 if forbids else 1)
    assert [one for one in happened if one not in greetings] == [
        ["conversation_started"],
        *(
            line
            for text in SAID
            for line in (
                ["session_lost"],
                ["conversation_started"],
                ["agent_response", f"You said: {text}"],
            )
        ),
    ]
    server.until(server.is_idle)
