"""Calls by this repository's own package for JavaScript, in Node, over a network that is cut."""

from __future__ import annotations

from pathlib import Path
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
CUTS = 5
PACKAGE = Path(__file__).parents[3] / "clients" / "js"


@pytest.fixture(scope="module")
def ran(calls_server: ServerProcess, node_client: RunProgram, say_into_file: SayIntoFile) -> Ran:
    """The same call twice, without cuts and with them, and a transcription."""
    built = PACKAGE / "dist" / "index.js"
    assert built.exists(), "the package is not built: `npm ci && npm run build` in clients/js"
    paths = map(str, map(say_into_file, LINES))
    return node_client("vivavoce_calls", calls_server.http, *paths)


@pytest.fixture(scope="module", params=["held", "cut"])
def call(ran: Ran, request: pytest.FixtureRequest) -> Any:
    return ran.answer(request.param)


def test_what_is_said_is_understood_and_answered_once(call: Any) -> None:
    assert list(map(spoken_words, call["transcripts"])) == list(map(spoken_words, LINES))
    greeting, weather, story, time_of_day, goodbye = call["responses"]
    assert greeting == "Good evening, Tom."
    assert weather == "In Paris it is windy."
    assert story.startswith("Once upon a time")
    assert (time_of_day, goodbye) == ("It is half past nine.", "Goodbye!")
    assert call["parameters"] == [{"city": "Paris"}]
    assert call["end"] == ["server", 1000, "goodbye"]
    assert call["kept"] == ["agent", *["user", "agent"] * 4]
    assert (call["isResumable"], call["lost"], call["lostS"]) == (True, [], 0)


def test_an_interruption_takes_back_what_was_not_heard(call: Any) -> None:
    [[original, corrected]] = call["corrections"]
    assert original == call["responses"][2]
    assert original.startswith(corrected)
    assert 3 < len(corrected.split()) < len(original.split())


def test_cuts_are_noticed_and_come_back_from(ran: Ran) -> None:
    states = ran.answer("cut")["states"]
    assert states.count("reconnecting") == CUTS
    assert states.count("open") == CUTS + 1
    assert "reconnecting" not in ran.answer("held")["states"]


@pytest.mark.parametrize("name", ["held", "cut"])
def test_what_follows_the_interruption_is_heard_whole(
    name: str, ran: Ran, must_say: MustSay
) -> None:
    [cut] = ran.answer(name)["cuts"]
    must_say("It is half past nine. Goodbye!", ran.file(f"{name}.pcm")[cut:], "pcm_16000")


def test_a_transcription_that_was_cut_has_every_word_once(ran: Ran) -> None:
    written = ran.answer("written")
    assert spoken_words(" ".join(written["texts"])) == "tell me a story"
    starts = [word["startS"] for word in written["words"]]
    assert starts == sorted(starts)
    assert len(starts) == 4
    assert 0 <= starts[0] < written["words"][-1]["endS"] <= written["seconds"] + 0.1


def test_no_call_stays_open(ran: Ran, calls_server: ServerProcess) -> None:
    until(lambda: calls_server.connections() == 0)
