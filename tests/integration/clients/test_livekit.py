"""LiveKit's plugin: streams on one socket, one of them left early, and a request without."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.integration.clients.running import Ran
from tests.integration.clients.timing import Timed
from tests.integration.end_to_end.server_process import ServerProcess, until
from tests.integration.end_to_end.speech_client import for_recogniser, seconds_of

# A word in the middle of each stream that begins a sentence.
STREAMS = {"ten": "Nobody", "again": "It"}

# What it takes by itself, and what it speaks another socket's language for.
MODELS = ("eleven_turbo_v2_5", "eleven_v4_turbo")

RunProgram = Callable[..., Ran]
MustSay = Callable[..., None]


@pytest.fixture(scope="module", params=MODELS)
def plugin(request: pytest.FixtureRequest, server: ServerProcess, python_client: RunProgram) -> Ran:
    """All that it was used for, with either socket."""
    return python_client("livekit_streams", server.http, request.param)


def pcm(told: dict[str, Any]) -> str:
    return f"pcm_{told['sample_rate']}"


@pytest.mark.parametrize("stream", STREAMS)
def test_a_stream_says_what_was_written(plugin: Ran, must_say: MustSay, stream: str) -> None:
    told = plugin.told[stream]
    must_say(told["text"], plugin.file(f"{stream}.pcm"), pcm(told))


def test_an_interruption_leaves_the_socket_as_it_was(plugin: Ran, server: ServerProcess) -> None:
    assert plugin.told["sockets"] == 1
    until(lambda: server.connections() == 0)


@pytest.mark.parametrize("stream", STREAMS)
def test_the_words_have_the_times_of_their_sounds(
    plugin: Ran, must_say: MustSay, stream: str
) -> None:
    told = plugin.told[stream]
    audio = plugin.file(f"{stream}.pcm")
    timed = Timed(*map(list, zip(*told["words"], strict=True)))
    assert timed.text.rstrip() == told["text"]
    timed.must_fill(seconds_of(audio, pcm(told)))
    first, second = timed.cut(for_recogniser(audio, pcm(told)), before=STREAMS[stream])
    position = told["text"].index(STREAMS[stream])
    must_say(told["text"][:position], first)
    must_say(told["text"][position:], second)


@pytest.mark.parametrize("model", ["eleven_turbo_v2_5", "eleven_v3"])
def test_a_request_without_a_socket_says_what_was_written(
    server: ServerProcess, python_client: RunProgram, must_say: MustSay, model: str
) -> None:
    ran = python_client("livekit_request", server.http, model)
    must_say(ran.told["text"], ran.file("speech.pcm"), pcm(ran.told))
