"""ElevenLabs' own SDKs have speech written down by a server that asks for a key or a token."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.clients.hearing import Utterance, timed
from tests.integration.clients.running import Ran
from tests.integration.end_to_end.server_process import ServerProcess, until

KEY = "the-only-key"

# A sound in PCM lasts as long as its samples; what the SDKs send between two utterances.
SILENCE_S = 1.0

COMMITTED, TIMED = "committed_transcript", "committed_transcript_with_timestamps"

RunProgram = Callable[..., Ran]
MustSay = Callable[..., None]
Utterances = tuple[Utterance, ...]


@pytest.fixture(scope="module")
def guarded(home: Path) -> Iterator[ServerProcess]:
    """A server that lets nobody in without the key, or a token that it was given for."""
    running = ServerProcess(home, VIVAVOCE_API_KEYS=KEY)
    yield running
    running.stop()


@pytest.fixture(scope="module")
def paths(utterances: Utterances) -> list[str]:
    return [str(utterance.path) for utterance in utterances]


@pytest.fixture(scope="module")
def live(guarded: ServerProcess, python_client: RunProgram, paths: list[str]) -> Ran:
    """The Python SDK's real-time connections."""
    return python_client("elevenlabs_scribe_realtime", guarded.http, KEY, *paths)


@pytest.fixture(scope="module")
def files(guarded: ServerProcess, python_client: RunProgram, paths: list[str]) -> Ran:
    """The Python SDK's requests."""
    return python_client("elevenlabs_scribe_files", guarded.http, KEY, paths[0])


@pytest.fixture(scope="module")
def node(guarded: ServerProcess, node_client: RunProgram, paths: list[str]) -> Ran:
    """The Node SDK."""
    return node_client("elevenlabs_scribe", guarded.http, KEY, *paths)


@pytest.fixture(scope="module")
def browser(guarded: ServerProcess, node_client: RunProgram, paths: list[str]) -> Ran:
    """The browser's SDK, which shows nothing but tokens."""
    return node_client("elevenlabs_client", guarded.http, KEY, *paths)


def must_be_timed_one_by_one(answers: list[Any], utterances: Utterances, must_say: MustSay) -> None:
    """Fails unless each utterance has its own answer, with the times of the whole sound."""
    start_s = 0.0
    for answer, utterance in zip(answers, utterances, strict=True):
        utterance.must_be(answer["text"])
        utterance.must_be_timed(timed(answer["words"]), must_say, start_s=start_s)
        assert answer["language_code"] == "en"
        start_s += utterance.seconds + SILENCE_S


@pytest.mark.parametrize("call", ["with_key", "asynchronous", "with_token"])
def test_python_gets_one_transcript_for_each_commit_an_empty_one_for_nothing(
    live: Ran, utterances: Utterances, call: str
) -> None:
    heard = live.answer(call)
    *texts, nothing = heard["texts"]
    for text, utterance in zip(texts, utterances, strict=True):
        utterance.must_be(text)
    assert nothing == ""
    assert [kind for kind in heard["types"] if kind != "partial_transcript"] == [
        "session_started",
        *[COMMITTED] * 3,
        "close",
    ]
    assert heard["config"]["commit_strategy"] == "manual"
    assert heard["config"]["sample_rate"] == 16_000


def test_python_gets_pairs_with_times_and_language_where_the_server_commits(
    live: Ran, utterances: Utterances, must_say: MustSay
) -> None:
    heard = live.answer("vad")
    must_be_timed_one_by_one(heard["answers"], utterances, must_say)
    assert [kind for kind in heard["types"] if kind != "partial_transcript"] == [
        "session_started",
        *[COMMITTED, TIMED] * 2,
        "close",
    ]


def test_python_hears_a_telephone(live: Ran, utterances: Utterances) -> None:
    utterances[0].must_be(live.answer("telephone"))


def test_python_hears_what_lies_at_a_url(live: Ran, utterances: Utterances) -> None:
    for text, utterance in zip(live.answer("url"), utterances, strict=True):
        utterance.must_be(text)


def test_python_gets_what_it_committed_although_it_has_said_goodbye(
    live: Ran, utterances: Utterances
) -> None:
    for text, utterance in zip(live.answer("closing"), utterances, strict=True):
        utterance.must_be(text)


def test_python_is_told_that_its_token_is_none_and_closed_with_1008(live: Ran) -> None:
    refused = live.answer("refused")
    assert refused["error"]
    assert refused["types"][0] == "auth_error"
    assert refused["code"] == 1008


@pytest.mark.parametrize("call", ["words", "with_token", "home_assistant"])
def test_a_file_is_written_down_with_the_time_of_each_word(
    files: Ran, utterances: Utterances, must_say: MustSay, call: str
) -> None:
    answer = files.answer(call)
    assert answer["problems"] == []
    assert answer["language_code"] == "eng"
    assert 0 < answer["language_probability"] <= 1
    assert abs(answer["audio_duration_secs"] - utterances[0].seconds) < 0.05
    utterances[0].must_be(answer["text"])
    utterances[0].must_be_timed(timed(answer["words"]), must_say)
    assert "".join(word["text"] for word in answer["words"]) == answer["text"]


def test_a_file_is_written_down_to_the_character_and_as_other_files(
    files: Ran, utterances: Utterances
) -> None:
    answer = files.answer("characters_and_files")
    assert answer["problems"] == []
    for word in answer["words"]:
        assert "".join(one["text"] for one in word["characters"]) == word["text"]
        assert word["speaker_id"] == "speaker_0"
    written = {one["requested_format"]: one["content"] for one in answer["additional_formats"]}
    assert set(written) == {"srt", "txt", "segmented_json"}
    assert written["srt"].startswith("1\n00:00:00,")
    utterances[0].must_be(written["txt"])


def test_a_file_without_granularity_is_text_alone(files: Ran, utterances: Utterances) -> None:
    answer = files.answer("bare_text")
    utterances[0].must_be(answer["text"])
    assert answer["words"] == []


def test_a_file_with_a_token_that_nobody_gave_is_refused(files: Ran) -> None:
    refused = files.answer("refused")
    assert refused["status"] == 401
    assert refused["body"]["detail"]["status"] == "invalid_api_key"


def test_node_has_a_file_written_down_and_subtitled(
    node: Ran, utterances: Utterances, must_say: MustSay
) -> None:
    answer = node.answer("convert")
    utterances[0].must_be(answer["text"])
    utterances[0].must_be_timed(timed(answer["words"]), must_say)
    assert [one["requestedFormat"] for one in answer["additionalFormats"]] == ["srt"]


@pytest.mark.parametrize("sdk", ["node", "browser"])
def test_javascript_gets_one_transcript_for_each_commit(
    sdk: str, utterances: Utterances, request: pytest.FixtureRequest
) -> None:
    heard = request.getfixturevalue(sdk).answer("manual")
    for answer, utterance in zip(heard["heard"], utterances, strict=True):
        utterance.must_be(answer["text"])


@pytest.mark.parametrize("sdk", ["node", "browser"])
def test_javascript_gets_times_where_the_server_commits(
    sdk: str, utterances: Utterances, must_say: MustSay, request: pytest.FixtureRequest
) -> None:
    heard = request.getfixturevalue(sdk).answer("vad")
    must_be_timed_one_by_one(heard["heard"], utterances, must_say)
    assert "error" not in heard["types"]


@pytest.mark.parametrize("call", ["urlManual", "urlVad"])
def test_node_hears_what_lies_at_a_url_although_it_says_goodbye_at_its_end(
    node: Ran, utterances: Utterances, call: str
) -> None:
    [text] = node.answer(call)
    utterances[0].must_be(text)


def test_node_is_told_that_its_token_is_none(node: Ran) -> None:
    assert "key" in node.answer("refused")


def test_nothing_stays_open(live: Ran, node: Ran, browser: Ran, guarded: ServerProcess) -> None:
    until(lambda: guarded.connections() == 0)
