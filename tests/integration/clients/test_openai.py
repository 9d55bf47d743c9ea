"""OpenAI's Python SDK, pointed at this server by its `base_url`."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.integration.clients.running import Ran
from tests.integration.end_to_end.server_process import ServerProcess

WORDS = "Good morning, everyone. The train leaves in an hour."

# OpenAI's `pcm` is 16-bit, mono, at 24 kHz; the other formats tell their rate themselves.
PCM = "pcm_24000"

RunProgram = Callable[..., Ran]
MustSay = Callable[..., None]


@pytest.fixture(scope="module")
def sdk(server: ServerProcess, python_client: RunProgram) -> Ran:
    """One sentence in every way that it knows."""
    return python_client("openai_sdk", server.http)


@pytest.mark.parametrize("audio_format", ["mp3", "wav", "pcm", "opus", "aac", "flac"])
def test_every_format_says_the_words(sdk: Ran, must_say: MustSay, audio_format: str) -> None:
    assert sdk.answer(audio_format).startswith("audio/")
    must_say(WORDS, sdk.file(f"create.{audio_format}"), f"{audio_format}_24000")


def test_without_a_format_it_gets_mp3(sdk: Ran, must_say: MustSay) -> None:
    assert sdk.answer("default") == "audio/mpeg"
    must_say(WORDS, sdk.file("default.mp3"), "mp3_24000")


def test_a_streamed_response_says_the_words_a_little_faster(sdk: Ran, must_say: MustSay) -> None:
    sdk.answer("streaming")
    must_say(WORDS, sdk.file("streaming.pcm"), PCM)


def test_events_carry_the_words_and_end_with_what_they_cost(sdk: Ran, must_say: MustSay) -> None:
    events = sdk.answer("events")
    assert events["media_type"].startswith("text/event-stream")
    *deltas, last = events["types"]
    assert set(deltas) == {"speech.audio.delta"}
    assert last == "speech.audio.done"
    assert {"input_tokens", "output_tokens", "total_tokens"} <= set(events["last"]["usage"])
    must_say(WORDS, sdk.file("events.pcm"), PCM)
