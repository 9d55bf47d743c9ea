"""A call by the official Node SDK: a signed URL, a tool of the caller's, and an interruption."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.clients.conftest import MustSay, RunProgram
from tests.integration.clients.hearing import spoken_words
from tests.integration.clients.running import Ran
from tests.integration.end_to_end.conftest import SayIntoFile
from tests.integration.end_to_end.server_process import ServerProcess, until

LINES = (
    "What is the weather in Paris?",
    "Tell me a story.",
    "What time is it?",
    "Thank you and goodbye.",
)


@pytest.fixture(scope="module")
def ran(calls_server: ServerProcess, node_client: RunProgram, say_into_file: SayIntoFile) -> Ran:
    """One call that does it all."""
    paths = map(str, map(say_into_file, LINES))
    return node_client("elevenlabs_calls", calls_server.http, *paths)


@pytest.fixture(scope="module")
def call(ran: Ran) -> Any:
    return ran.answer("held")


def test_what_is_said_is_understood_answered_and_kept(call: Any) -> None:
    assert list(map(spoken_words, call["transcripts"])) == list(map(spoken_words, LINES))
    greeting, weather, story, time_of_day, goodbye = call["responses"]
    assert greeting == "Good evening, Tom."
    assert weather == "In Paris it is windy."
    assert story.startswith("Once upon a time")
    assert (time_of_day, goodbye) == ("It is half past nine.", "Goodbye!")
    assert call["parameters"] == [{"city": "Paris"}]
    assert call["end"] == [1000, "goodbye"]
    assert call["kept"] == [True, ["agent", *["user", "agent"] * 4]]
    assert min(call["latencies"]) >= 1


def test_an_interruption_takes_back_what_was_not_heard(
    call: Any, ran: Ran, must_say: MustSay
) -> None:
    [[original, corrected]] = call["corrections"]
    assert original == call["responses"][2]
    assert original.startswith(corrected)
    assert 3 < len(corrected.split()) < len(original.split())
    [cut] = call["cuts"]
    must_say("It is half past nine. Goodbye!", ran.file("held.pcm")[cut:], "pcm_16000")


def test_sound_after_an_interruption_has_a_greater_id(call: Any) -> None:
    kinds = [kind for kind, _ in call["frames"]]
    at = kinds.index("interruption")
    interrupted = call["frames"][at][1]
    later = [event_id for kind, event_id in call["frames"][at:] if kind == "audio"]
    assert later
    assert min(later) > interrupted
    assert kinds[at + 1] == "agent_response_correction"


def test_no_call_stays_open(ran: Ran, calls_server: ServerProcess) -> None:
    until(lambda: calls_server.connections() == 0)
