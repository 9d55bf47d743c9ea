"""LiveKit's plugin hears: on streams, which it flushes or the server cuts, and in one request."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.integration.clients.hearing import Utterance
from tests.integration.clients.running import Ran
from tests.integration.end_to_end.server_process import ServerProcess, until

RunProgram = Callable[..., Ran]
MustSay = Callable[..., None]


@pytest.fixture(scope="module")
def plugin(
    server: ServerProcess, python_client: RunProgram, utterances: tuple[Utterance, ...]
) -> Any:
    """What it makes of the same sounds in each way that it knows."""
    paths = (str(utterance.path) for utterance in utterances)
    return python_client("livekit_listening", server.http, *paths).told


@pytest.mark.parametrize("way", ["flushed", "by_server"])
def test_each_utterance_of_a_conversation_is_one_final_transcript(
    plugin: Any, utterances: tuple[Utterance, ...], way: str
) -> None:
    for final, utterance in zip(plugin[way]["finals"], utterances, strict=True):
        utterance.must_be(final["text"])
        assert final["language"] == "en"


def test_nothing_stays_open(plugin: Any, server: ServerProcess) -> None:
    until(lambda: server.connections() == 0)


def test_a_flush_with_nothing_said_ends_the_speech(plugin: Any) -> None:
    finals = ["final_transcript"] * 2
    assert plugin["flushed"]["types"] == ["start_of_speech", *finals, "end_of_speech"]


def test_the_server_says_when_each_utterance_begins_and_ends(plugin: Any) -> None:
    turn = ["start_of_speech", "final_transcript", "end_of_speech"]
    assert plugin["by_server"]["types"] == turn * 2


@pytest.mark.parametrize("way", ["flushed", "by_server"])
def test_text_grows_while_it_is_spoken(plugin: Any, way: str) -> None:
    assert len(plugin[way]["interims"]) >= 2


def test_the_words_of_a_stream_have_its_times_and_make_it_confident(
    plugin: Any, utterances: tuple[Utterance, ...], must_say: MustSay
) -> None:
    start_s = 0.0
    for final, utterance in zip(plugin["by_server"]["finals"], utterances, strict=True):
        utterance.must_be_timed(map(tuple, final["words"]), must_say, start_s=start_s)
        assert 0.5 < final["confidence"] < 1
        start_s += utterance.seconds + plugin["breath_s"]


def test_a_request_reads_each_utterance_with_its_times_and_is_confident(
    plugin: Any, utterances: tuple[Utterance, ...], must_say: MustSay
) -> None:
    for final, utterance in zip(plugin["recognised"], utterances, strict=True):
        utterance.must_be(final["text"])
        utterance.must_be_timed(map(tuple, final["words"]), must_say)
        assert final["language"] == "en"
        assert 0.5 < final["confidence"] < 1
