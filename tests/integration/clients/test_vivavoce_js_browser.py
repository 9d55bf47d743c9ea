"""This repository's own package in a browser: its microphone and its loudspeaker in a call."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.integration.clients.conftest import RunProgram
from tests.integration.clients.hearing import spoken_words
from tests.integration.clients.running import Ran
from tests.integration.clients.test_elevenlabs_browser import LINES, chromium, microphone
from tests.integration.end_to_end.conftest import SayIntoFile
from tests.integration.end_to_end.server_process import ServerProcess, until

PACKAGE = Path(__file__).parents[3] / "clients" / "js"


@pytest.fixture(scope="module")
def ran(
    calls_server: ServerProcess,
    node_client: RunProgram,
    say_into_file: SayIntoFile,
    tmp_path_factory: pytest.TempPathFactory,
) -> Ran:
    """Two calls whose microphone says the same, and one that is not allowed."""
    built = PACKAGE / "dist" / "index.js"
    assert built.exists(), "the package is not built: `npm ci && npm run build` in clients/js"
    heard = tmp_path_factory.mktemp("microphone") / "heard.wav"
    microphone(heard, list(map(say_into_file, LINES)))
    return node_client("vivavoce_browser", calls_server.http, chromium(), str(heard))


@pytest.fixture(scope="module", params=["fromBlob", "fromFile"])
def call(ran: Ran, request: pytest.FixtureRequest) -> Any:
    return ran.answer(request.param)


def test_a_page_hears_and_is_heard_across_cuts(call: Any) -> None:
    assert list(map(spoken_words, call["transcripts"])) == list(map(spoken_words, LINES))
    greeting, *answers = call["responses"]
    assert greeting
    assert answers == ["It is half past nine.", "Goodbye!"]
    assert call["end"] == ["server", 1000]
    assert call["states"].count("reconnecting") == len(LINES)
    assert call["levels"] > 10
    assert call["cleaning"] == [True, True, True]


def test_all_that_came_is_played_and_its_position_told(call: Any) -> None:
    assert call["playedS"] == pytest.approx(call["givenS"], abs=0.05)
    assert call["backwards"] == 0
    assert len(call["sounding"]) == len(call["responses"])
    assert call["sounding"] == sorted(call["sounding"])


def test_devices_are_given_back(call: Any) -> None:
    assert call["tracks"] == ["ended"]
    assert call["contexts"] == ["closed", "closed"]


def test_a_policy_that_forbids_the_worklets_fails_the_call_and_leaves_nothing_open(
    ran: Ran,
) -> None:
    refused = ran.answer("forbidden")
    assert refused["why"] == "AbortError"
    assert set(refused["tracks"]) <= {"ended"}
    assert refused["contexts"] == ["closed", "closed"]


def test_no_call_stays_open(ran: Ran, calls_server: ServerProcess) -> None:
    until(lambda: calls_server.connections() == 0)
