"""The browser's SDK in a browser: it hears a microphone, plays what it gets, and writes."""

from __future__ import annotations

import shutil
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.integration.clients.conftest import MustSay, RunProgram
from tests.integration.clients.hearing import spoken_words
from tests.integration.clients.running import Ran
from tests.integration.end_to_end.conftest import SayIntoFile
from tests.integration.end_to_end.server_process import ServerProcess, until

LINES = ("What time is it?", "Thank you and goodbye.")
# The microphone knows nothing of the agent, which may need a while on a machine that is busy.
GREETING_S, ANSWER_S, REST_S = 3.0, 5.0, 1.0

ASKED_FOR = ["audio", "interruption", "agent_response", "user_transcript", "agent_tool_response"]
AGENT = {
    "conversation_config": {
        "agent": {
            "first_message": "Welcome.",
            "prompt": {
                "prompt": "Be kind.",
                "tools": [
                    {
                        "type": "client",
                        "name": "weather",
                        "description": "What the weather is like.",
                        "expects_response": True,
                        "parameters": {
                            "type": "object",
                            "required": ["city"],
                            "properties": {
                                "city": {"type": "string"},
                                "days": {"type": "integer"},
                            },
                        },
                    },
                    {
                        "type": "client",
                        "name": "open_door",
                        "description": "Opens the door.",
                        "expects_response": True,
                    },
                ],
                "built_in_tools": {"end_call": {"name": "end_call"}},
            },
        },
        "conversation": {"client_events": ASKED_FOR},
    },
    "platform_settings": {"auth": {"enable_auth": True}},
}


def chromium() -> str:
    """Where the browser is."""
    found = shutil.which("chromium") or shutil.which("google-chrome-stable")
    assert found, "Chromium is not installed: apt-get install chromium"
    return found


def microphone(path: Path, lines: list[Path]) -> Path:
    """A WAV file with pauses in which the agent speaks."""
    pauses = [GREETING_S, *[ANSWER_S] * (len(lines) - 1), REST_S]
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 16_000, 0, "NONE", "not compressed"))
        for pause_s, line in zip(pauses, [*lines, None], strict=True):
            file.writeframes(bytes(2 * int(pause_s * 16_000)))
            if line is not None:
                with wave.open(str(line)) as said:
                    file.writeframes(said.readframes(said.getnframes()))
    return path


@pytest.fixture(scope="module")
def ran(
    calls_server: ServerProcess,
    node_client: RunProgram,
    say_into_file: SayIntoFile,
    tmp_path_factory: pytest.TempPathFactory,
) -> Ran:
    """All that the pages do."""
    path = tmp_path_factory.mktemp("microphone") / "microphone.wav"
    lines = list(map(say_into_file, LINES))
    made = httpx.post(
        f"{calls_server.http}/v1/convai/agents/create", json=AGENT, timeout=60, trust_env=False
    )
    agent_id: str = made.raise_for_status().json()["agent_id"]
    return node_client(
        "elevenlabs_browser", calls_server.http, agent_id, chromium(), str(microphone(path, lines))
    )


@pytest.fixture(scope="module")
def page(ran: Ran) -> Callable[[str], Any]:
    """What a page has told; one that fills the console fails, unless it is to."""

    def told(call: str, *complaints: str) -> Any:
        outcome = ran.answer(call)
        assert len(outcome["complaints"]) == len(complaints), outcome["complaints"]
        assert all(map(str.__contains__, outcome["complaints"], complaints))
        return outcome["answer"]

    return told


def texts(session: Any) -> list[tuple[str, str]]:
    return [(role, spoken_words(text)) for role, text in session["messages"]]


def test_a_page_talks_with_the_agent_until_it_hangs_up(page: Callable[..., Any]) -> None:
    session = page("spoken")
    assert session["type"] == "voice"
    assert texts(session) == [
        ("agent", "hello"),
        ("user", "what time is it"),
        ("agent", "it is half past nine"),
        ("user", "thank you and goodbye"),
        ("agent", "goodbye"),
    ]
    # On a machine that is busy with more than this, its playback may run dry in between.
    assert session["modes"] == ["speaking", "listening"] * (len(session["modes"]) // 2)
    assert len(session["modes"]) >= 6
    assert session["statuses"] == ["connecting", "connected", "disconnecting", "disconnected"]
    assert session["pings"][0] is None
    assert min(session["pings"][1:]) >= 1
    assert session["errors"] == []
    assert session["end"] == ["agent", 1000, "goodbye"]


def test_what_the_agent_says_is_played_to_its_end(
    page: Callable[..., Any], ran: Ran, must_say: MustSay
) -> None:
    page("spoken")
    must_say("Hello! It is half past nine. Goodbye!", ran.file("played.webm"), "webm_48000")


def test_a_page_writes_without_a_microphone(page: Callable[..., Any]) -> None:
    session = page("written")
    assert session["type"] == "text"
    assert texts(session) == [
        ("agent", "hello how can i help you"),
        ("user", "what time is it"),
        ("agent", "it is half past nine"),
        ("user", "goodbye"),
        ("agent", "goodbye"),
    ]
    assert session["parts"] == ["start", "delta", "stop"] * 3
    assert session["modes"] == ["listening"]
    assert session["end"] == ["agent", 1000, "goodbye"]


def test_a_page_with_a_bearer_in_its_subprotocols_calls_an_agent_that_asks_for_a_key(
    page: Callable[..., Any],
) -> None:
    session = page("withKey", "it is stuck")
    assert [text for role, text in session["messages"] if role == "agent"] == [
        "Welcome.",
        'In Rome it is {"city":"Rome","sky":"clear","rest":["days"]}.',
        "I'm sorry, that did not work.",
        "Goodbye!",
    ]
    # Told of the tool that hangs up, the page does not wait for the server to close.
    assert session["end"] == ["agent", None, None]


def test_a_page_without_one_is_told_why_it_is_refused(page: Callable[..., Any]) -> None:
    message, code = page("withoutKey", "First received message is not conversation metadata.")
    assert "not public" in message
    assert code == 1008


def test_a_page_brings_its_agent_along(page: Callable[..., Any]) -> None:
    session = page("broughtAlong")
    said = [text for role, text in session["messages"] if role == "agent"]
    assert said == ["I am yours.", "It is half past nine."]
    assert session["end"] == ["user", None, None]


def test_no_call_stays_open(ran: Ran, calls_server: ServerProcess) -> None:
    until(lambda: calls_server.connections() == 0)
