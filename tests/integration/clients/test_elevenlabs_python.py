"""The official Python SDK, pointed at this server by nothing but its documented knobs."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.integration.clients.running import Ran
from tests.integration.clients.timing import Timed
from tests.integration.end_to_end.server_process import ServerProcess
from tests.integration.end_to_end.speech_client import for_recogniser, seconds_of

WORDS = "Good morning, everyone. The train leaves in an hour."
PCM = "pcm_24000"

RunProgram = Callable[..., Ran]
MustSay = Callable[..., None]


@pytest.fixture(scope="module")
def sdk(server: ServerProcess, python_client: RunProgram) -> Ran:
    """All that it can ask for over REST, asked for."""
    return python_client("elevenlabs_sdk", server.http)


def test_convert_says_the_words(sdk: Ran, must_say: MustSay) -> None:
    sdk.answer("convert")
    must_say(WORDS, sdk.file("convert.mp3"), "mp3_44100_128")


def test_stream_says_the_words_while_they_are_made(sdk: Ran, must_say: MustSay) -> None:
    assert sdk.answer("stream") > 1
    must_say(WORDS, sdk.file("stream.pcm"), PCM)


@pytest.mark.parametrize("kind", ["alignment", "normalized_alignment"])
@pytest.mark.parametrize("call", ["convert_with_timestamps", "stream_with_timestamps"])
def test_the_characters_have_the_times_of_their_sounds(
    sdk: Ran, must_say: MustSay, call: str, kind: str
) -> None:
    timed = Timed.of_alignments(answer[kind] for answer in sdk.answer(call))
    audio = sdk.file(f"{call}.pcm")
    assert timed.text.rstrip() == WORDS
    timed.must_fill(seconds_of(audio, PCM))
    first, second = timed.cut(for_recogniser(audio, PCM), before="The")
    must_say("Good morning everyone", first)
    must_say("The train leaves in an hour", second)


def test_every_voice_is_what_its_type_says(sdk: Ran) -> None:
    voices = sdk.answer("voices")
    assert voices["problems"] == []
    assert {"Allegra", "Claudio"} <= set(voices["everybody"])
    assert None not in voices["categories"]


def test_the_voice_that_answers_to_another_is_found_by_that_name_and_id(sdk: Ran) -> None:
    voices = sdk.answer("voices")
    assert voices["found"] == ["Allegra"]
    assert voices["more"] is False
    assert voices["one"] == "Allegra"


def test_models_tell_their_languages(sdk: Ran) -> None:
    models = sdk.answer("models")
    assert models["problems"] == []
    assert "en" in models["languages"]["eleven_multilingual_v2"]
    assert all(models["languages"].values())


def test_the_user_has_an_account_and_characters_left(sdk: Ran) -> None:
    user = sdk.answer("user")
    assert user["problems"] == []
    assert user["user_id"]
    used, limit = user["characters"]
    assert 0 <= used < limit


def test_a_pronunciation_dictionary_is_kept_listed_and_obeyed(sdk: Ran, must_say: MustSay) -> None:
    dictionary = sdk.answer("dictionaries")
    assert dictionary == {"problems": [], "kept": "Spelled out", "listed": True}
    heard = "Today the space agency sent a rocket to the moon."
    must_say(heard, sdk.file("dictionaries.mp3"), "mp3_44100_128")


def test_checklist_1_convert_realtime_over_tls_trusts_the_printed_line_and_ends_by_1000(
    tls_server: ServerProcess, python_client: RunProgram, must_say: MustSay
) -> None:
    # It raises on every close code but 1000.
    ran = python_client("elevenlabs_realtime", tls_server.http, trusting=tls_server)
    must_say(WORDS, ran.file("output.mp3"), "mp3_44100_128")


def test_checklist_1_convert_realtime_over_plain_ws_ends_by_1000(
    server: ServerProcess, python_client: RunProgram, must_say: MustSay
) -> None:
    ran = python_client("elevenlabs_realtime", server.http, server.websocket)
    must_say(WORDS, ran.file("output.mp3"), "mp3_44100_128")


def test_without_the_printed_line_the_certificate_is_not_trusted(
    tls_server: ServerProcess, python_client: RunProgram
) -> None:
    with pytest.raises(AssertionError, match="CERTIFICATE_VERIFY_FAILED"):
        python_client("elevenlabs_realtime", tls_server.http)
