"""OpenAI's Python SDK has a file written down in every form that it knows."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.integration.clients.hearing import Utterance
from tests.integration.clients.running import Ran
from tests.integration.end_to_end.server_process import ServerProcess

CUE = re.compile(r"(\d\d):(\d\d):(\d\d)[.,](\d{3})")

RunProgram = Callable[..., Ran]
MustSay = Callable[..., None]


@pytest.fixture(scope="module")
def said(utterances: tuple[Utterance, ...]) -> Utterance:
    return utterances[0]


@pytest.fixture(scope="module")
def sdk(server: ServerProcess, python_client: RunProgram, said: Utterance) -> Ran:
    """One utterance in every form."""
    return python_client("openai_transcripts", server.http, str(said.path))


def cue_seconds(text: str) -> list[float]:
    """The times in subtitles, in order."""
    return [
        int(hours) * 3600 + int(minutes) * 60 + int(seconds) + int(millis) / 1000
        for hours, minutes, seconds, millis in CUE.findall(text)
    ]


def cue_text(text: str) -> str:
    """What subtitles show."""
    lines = [line for line in text.splitlines() if line and not line.isdigit()]
    return " ".join(line for line in lines if "-->" not in line and line != "WEBVTT")


@pytest.mark.parametrize("call", ["json", "text", "bytes"])
def test_a_plain_answer_is_what_was_said(sdk: Ran, said: Utterance, call: str) -> None:
    said.must_be(sdk.answer(call))


@pytest.mark.parametrize("call", ["srt", "vtt"])
def test_subtitles_are_shown_while_it_is_said(sdk: Ran, said: Utterance, call: str) -> None:
    subtitles = sdk.answer(call)
    assert subtitles.startswith("WEBVTT\n" if call == "vtt" else "1\n")
    said.must_be(cue_text(subtitles))
    times = cue_seconds(subtitles)
    assert times == sorted(times)
    assert 0 <= times[0] < times[-1] <= said.seconds + 0.1


def test_verbose_json_times_its_words_and_its_segments(
    sdk: Ran, said: Utterance, must_say: MustSay
) -> None:
    answer: Any = sdk.answer("verbose_json")
    assert answer["problems"] == []
    assert answer["language"] == "english"
    assert abs(answer["duration"] - said.seconds) < 0.05
    said.must_be(answer["text"])
    words = [(word["word"], word["start"], word["end"]) for word in answer["words"]]
    said.must_be_timed(words, must_say)
    said.must_be(" ".join(segment["text"] for segment in answer["segments"]))
    assert all(segment["avg_logprob"] < 0 for segment in answer["segments"])


def test_a_stream_brings_the_text_in_parts_and_then_as_a_whole(sdk: Ran, said: Utterance) -> None:
    answer = sdk.answer("stream")
    assert set(answer["types"][:-1]) == {"transcript.text.delta"}
    assert answer["types"][-1] == "transcript.text.done"
    said.must_be(answer["deltas"])
    assert answer["deltas"] == answer["text"]


def test_what_is_no_sound_is_a_bad_request(sdk: Ran) -> None:
    assert sdk.answer("no_sound")["status"] == 400
    assert sdk.answer("no_sound")["message"]
