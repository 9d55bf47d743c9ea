"""Transcription in OpenAI's words."""

from __future__ import annotations

import contextlib
import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivavoce.errors import InvalidParameter
from vivavoce.wire.openai_transcripts import (
    TranscriptionForm,
    read_transcription_form,
    transcription,
    verbose_transcription,
)
from vivavoce.wire.timed_words import Spoken

_WORDS: list[Spoken] = [("Hello", 0.1, 0.4, -0.1), ("world.", 0.5, 0.9, -0.2)]
_PASSAGES: list[Spoken] = [("Hello world.", 0.1, 0.9, -0.15), ("Again.", 2.0, 2.5, -0.3)]


def test_the_form_that_the_sdk_sends_is_read() -> None:
    form = read_transcription_form(
        {
            "model": "gpt-4o-transcribe",
            "chunking_strategy[type]": "server_vad",
            "chunking_strategy[threshold]": "0.5",
            "include[]": "logprobs",
            "language": "en",
            "prompt": "p",
            "response_format": "verbose_json",
            "stream": "false",
            "temperature": "0.2",
            "timestamp_granularities[]": ["word", "segment"],
            "keywords[]": ["a", "b"],
            "languages[]": ["en", "de"],
            "known_speaker_names[]": "q",
            "file": object(),
        }
    )
    assert form.asked_language == "en"
    assert form.answer_format == "verbose_json"
    assert form.timestamp_granularities == ("word", "segment")
    assert form.stream is False
    assert form.includes_logprobs
    assert form.without_effect() == (
        "model",
        "prompt",
        "temperature",
        "chunking_strategy",
        "keywords",
        "languages",
        "known_speaker_names",
    )


def test_a_form_with_nothing_but_a_model_asks_for_json() -> None:
    form = read_transcription_form({"model": "whisper-1", "chunking_strategy": "auto"})
    assert form.answer_format == "json"
    assert not form.stream
    assert not form.wants_words
    assert form.without_effect() == ("model",)


@pytest.mark.parametrize(
    ("fields", "wants_words"),
    [
        ({"response_format": "verbose_json"}, False),
        ({"response_format": "verbose_json", "timestamp_granularities[]": "segment"}, False),
        ({"response_format": "verbose_json", "timestamp_granularities[]": "word"}, True),
        ({"response_format": "json", "timestamp_granularities[]": "word"}, False),
        ({"response_format": "json", "include[]": "logprobs"}, True),
        ({"response_format": "text", "include[]": "logprobs"}, False),
        ({"response_format": "text", "include[]": "logprobs", "stream": "true"}, True),
        ({"response_format": "srt"}, True),
        ({"response_format": "vtt"}, True),
    ],
)
def test_words_are_found_only_where_the_answer_has_them(
    fields: dict[str, object], wants_words: bool
) -> None:
    assert read_transcription_form(fields).wants_words is wants_words


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("response_format", "docx"),
        ("timestamp_granularities", "character"),
        ("stream", "perhaps"),
        ("temperature", "1.5"),
    ],
)
def test_what_is_not_of_its_fields_kind_is_a_misfit(name: str, value: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=name):
        read_transcription_form({name: value})


def test_speakers_cannot_be_told_apart() -> None:
    with pytest.raises(InvalidParameter, match="speakers") as refused:
        read_transcription_form({"response_format": "diarized_json"})
    assert refused.value.param == "response_format"


def test_json_has_the_text_and_what_it_cost() -> None:
    assert json.loads(msgspec.json.encode(transcription("Hello world.", 2.00049))) == {
        "text": "Hello world.",
        "usage": {"type": "duration", "seconds": 2.0},
    }


def test_json_has_logprobs_whose_tokens_joined_are_the_text() -> None:
    answer = json.loads(msgspec.json.encode(transcription("Hello world.", 2.0, _WORDS)))
    assert [one["logprob"] for one in answer["logprobs"]] == [-0.1, -0.2]
    assert "".join(one["token"] for one in answer["logprobs"]) == "Hello world."
    assert b"".join(bytes(one["bytes"]) for one in answer["logprobs"]) == b"Hello world."


def test_verbose_json_has_segments_unless_only_words_are_asked_for() -> None:
    form = read_transcription_form({"response_format": "verbose_json"})
    answer = json.loads(msgspec.json.encode(verbose_transcription(form, "en", 3.0, _PASSAGES, [])))
    segments = answer.pop("segments")
    assert answer == {
        "task": "transcribe",
        "language": "english",
        "duration": 3.0,
        "text": "Hello world. Again.",
        "usage": {"type": "duration", "seconds": 3.0},
    }
    assert segments[1].pop("compression_ratio") > 0
    assert segments[1] == {
        "id": 1,
        "seek": 200,
        "start": 2.0,
        "end": 2.5,
        "text": " Again.",
        "tokens": [],
        "temperature": 0.0,
        "avg_logprob": -0.3,
        "no_speech_prob": 0.0,
    }


def test_verbose_json_has_words_where_they_are_asked_for() -> None:
    form = TranscriptionForm(response_format="verbose_json", timestamp_granularities=("word",))
    answer = json.loads(
        msgspec.json.encode(verbose_transcription(form, "en", 3.0, _PASSAGES, _WORDS))
    )
    assert "segments" not in answer
    assert answer["words"] == [
        {"word": "Hello", "start": 0.1, "end": 0.4},
        {"word": "world.", "start": 0.5, "end": 0.9},
    ]


def test_silence_has_an_answer_too() -> None:
    form = TranscriptionForm(response_format="verbose_json")
    answer = verbose_transcription(form, "en", 1.0, [], [])
    assert (answer.text, answer.segments) == ("", ())


@given(
    st.dictionaries(
        st.sampled_from(TranscriptionForm.__struct_fields__), st.text() | st.lists(st.text())
    )
)
def test_no_form_breaks(fields: dict[str, object]) -> None:
    with contextlib.suppress(msgspec.ValidationError, InvalidParameter):
        read_transcription_form(fields)
