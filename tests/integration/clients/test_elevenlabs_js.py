"""The official Node SDK, pointed at this server by its `baseUrl`."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.integration.clients.running import Ran
from tests.integration.clients.timing import CAMEL_CASE, Timed
from tests.integration.end_to_end.server_process import ServerProcess
from tests.integration.end_to_end.speech_client import for_recogniser, seconds_of

WORDS = "Good morning, everyone. The train leaves in an hour."
PCM = "pcm_24000"

RunProgram = Callable[..., Ran]
MustSay = Callable[..., None]


@pytest.fixture(scope="module")
def sdk(server: ServerProcess, node_client: RunProgram) -> Ran:
    """All that it can ask for over REST, asked for."""
    return node_client("elevenlabs_sdk", server.http)


def test_convert_says_the_words(sdk: Ran, must_say: MustSay) -> None:
    sdk.answer("convert")
    must_say(WORDS, sdk.file("convert.mp3"), "mp3_44100_128")


def test_stream_says_the_words(sdk: Ran, must_say: MustSay) -> None:
    sdk.answer("stream")
    must_say(WORDS, sdk.file("stream.pcm"), PCM)


@pytest.mark.parametrize("call", ["convertWithTimestamps", "streamWithTimestamps"])
def test_the_characters_have_the_times_of_their_sounds(
    sdk: Ran, must_say: MustSay, call: str
) -> None:
    timed = Timed.of_alignments(sdk.answer(call), CAMEL_CASE)
    audio = sdk.file(f"{call}.pcm")
    assert timed.text.rstrip() == WORDS
    timed.must_fill(seconds_of(audio, PCM))
    first, second = timed.cut(for_recogniser(audio, PCM), before="The")
    must_say("Good morning everyone", first)
    must_say("The train leaves in an hour", second)


def test_voices_are_listed_searched_and_found_by_id(sdk: Ran) -> None:
    voices = sdk.answer("voices")
    assert {"Allegra", "Claudio"} <= set(voices["everybody"])
    assert (voices["found"], voices["more"]) == (["Allegra"], False)
    assert voices["one"] == "Allegra"


def test_models_tell_their_languages(sdk: Ran) -> None:
    models = dict(sdk.answer("models"))
    assert "en" in models["eleven_multilingual_v2"]


def test_the_user_has_an_account_and_characters_left(sdk: Ran) -> None:
    user = sdk.answer("user")
    assert user["id"]
    assert user["status"] == "active"
    used, limit = user["characters"]
    assert 0 <= used < limit
