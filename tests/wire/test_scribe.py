"""What is said on a transcription socket."""

from __future__ import annotations

import base64
import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivavoce.errors import (
    ConcurrencyLimited,
    EngineFailed,
    InactivityTimeout,
    InvalidApiKey,
    InvalidMessage,
    InvalidParameter,
    LanguageMissing,
    MissingApiKey,
    NotAllowed,
    QuotaExceeded,
    RateLimited,
    ServerBusy,
    ServerDraining,
    SlowReader,
    UnsupportedFormat,
)
from vivavoce.wire.scribe import (
    ScribeMessage,
    committed_transcript,
    committed_transcript_with_timestamps,
    decode_scribe_message,
    partial_transcript,
    scribe_error,
    session_started,
)
from vivavoce.wire.scribe_query import ScribeQuery, parse_scribe_query
from vivavoce.wire.timed_words import timed_words


def _message(**fields: object) -> str:
    return json.dumps({"message_type": "input_audio_chunk", **fields})


def test_sound_arrives_as_it_was_sent() -> None:
    sent = bytes(range(256))
    frame = _message(
        audio_base_64=base64.b64encode(sent).decode(),
        commit=False,
        sample_rate=16000,
        previous_text=None,
    )
    assert decode_scribe_message(frame) == ScribeMessage(audio=sent)
    assert decode_scribe_message(frame.encode()) == ScribeMessage(audio=sent)


def test_a_commit_has_no_sound_of_its_own() -> None:
    frame = _message(audio_base_64="", commit=True, sample_rate=16000)
    assert decode_scribe_message(frame) == ScribeMessage(commit=True)


def test_livekits_first_message_brings_text_and_no_sound() -> None:
    frame = _message(audio_base_64="", commit=False, sample_rate=16000, previous_text="Hi.")
    assert decode_scribe_message(frame) == ScribeMessage(previous_text="Hi.")


@pytest.mark.parametrize(
    "frame",
    [
        "{}",
        _message(),
        _message(audio_base_64=None, audio_base64=None, commit=None, previous_text=None),
        _message(audio_base_64="", commit=False, sample_rate="16000"),
        _message(fancy=1),
    ],
)
def test_a_message_without_sound_says_nothing(frame: str) -> None:
    assert decode_scribe_message(frame) == ScribeMessage()


def test_sound_is_found_under_its_other_name_and_without_a_type() -> None:
    assert decode_scribe_message('{"audio_base64":"YWJj"}').audio == b"abc"


@pytest.mark.parametrize("kind", ['"ping"', '"session_update"', "5", "[1]", "{}", "true"])
def test_a_message_of_an_unknown_type_is_ignored_whatever_is_in_it(kind: str) -> None:
    frame = f'{{"message_type":{kind},"audio_base_64":5,"commit":"later"}}'
    assert decode_scribe_message(frame) == ScribeMessage()


@pytest.mark.parametrize("audio", ["YWJ", "YW Jj", "YWJj\n", "Y", "Ä===", "YWJj====", "_-__"])
def test_what_is_not_base64_is_refused(audio: str) -> None:
    with pytest.raises(InvalidMessage, match="not base64"):
        decode_scribe_message(_message(audio_base_64=audio))


@pytest.mark.parametrize(
    "frame",
    [
        "",
        "hello",
        "{",
        "[]",
        "null",
        '"text"',
        _message(audio_base_64=5),
        _message(commit="later"),
        _message(previous_text=["a"]),
        '{"a":' + "[" * 100_000,
        b"\xff\xfe",
        b"\0\1\2\3",
    ],
)
def test_what_is_not_the_protocols_json_is_refused(frame: str | bytes) -> None:
    with pytest.raises(InvalidMessage):
        decode_scribe_message(frame)


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)
_fields = st.sampled_from(
    ["message_type", "audio_base_64", "audio_base64", "commit", "sample_rate", "previous_text"]
)


@given(st.dictionaries(_fields | st.text(), _json))
def test_no_object_raises_anything_but_an_invalid_message(message: dict[str, object]) -> None:
    with contextlib.suppress(InvalidMessage):
        decode_scribe_message(json.dumps(message))
    with contextlib.suppress(InvalidMessage):
        decode_scribe_message(json.dumps({**message, "message_type": "input_audio_chunk"}))


@given(st.binary() | st.text())
def test_no_frame_raises_anything_but_an_invalid_message(frame: str | bytes) -> None:
    with contextlib.suppress(InvalidMessage):
        decode_scribe_message(frame)


@given(st.binary())
def test_any_sound_arrives_whole(audio: bytes) -> None:
    frame = _message(audio_base_64=base64.b64encode(audio).decode())
    assert decode_scribe_message(frame).audio == audio


def test_the_first_frame_says_what_holds() -> None:
    query = parse_scribe_query(
        "audio_format=ulaw_8000&commit_strategy=turn_prediction&language_code=en-US&keyterms=a"
        "&include_timestamps=1&enable_logging=false&filter_background_audio=true"
    )
    assert json.loads(session_started("s1", query, 8000)) == {
        "message_type": "session_started",
        "session_id": "s1",
        "config": {
            "sample_rate": 8000,
            "audio_format": "ulaw_8000",
            "language_code": "en",
            "commit_strategy": "vad",
            "vad_commit_strategy": "vad",
            "vad_silence_threshold_secs": 1.5,
            "vad_threshold": 0.4,
            "min_speech_duration_ms": 250,
            "min_silence_duration_ms": 2500,
            "model_id": "scribe_v2_realtime",
            "enable_logging": False,
            "include_timestamps": True,
            "include_language_detection": False,
            "no_verbatim": False,
            "keyterms": [],
            "secondary_languages": [],
            "filter_background_audio": False,
        },
    }


def test_a_language_left_open_is_null() -> None:
    started = json.loads(session_started("s1", ScribeQuery(), 16000))
    assert started["config"]["language_code"] is None


def test_transcripts_carry_their_text() -> None:
    assert json.loads(partial_transcript('He said "hé')) == {
        "message_type": "partial_transcript",
        "text": 'He said "hé',
    }
    assert json.loads(committed_transcript("")) == {
        "message_type": "committed_transcript",
        "text": "",
    }


def test_a_timed_transcript_has_its_words_or_null() -> None:
    words = timed_words([("Hi.", 0.1, 0.3, -0.1)])
    timed = json.loads(committed_transcript_with_timestamps("Hi.", "en", words))
    assert timed == {
        "message_type": "committed_transcript_with_timestamps",
        "text": "Hi.",
        "language_code": "en",
        "words": [
            {
                "text": "Hi.",
                "start": 0.1,
                "end": 0.3,
                "type": "word",
                "speaker_id": None,
                "logprob": -0.1,
            }
        ],
    }
    without = json.loads(committed_transcript_with_timestamps("Hi.", "en", None))
    assert without["words"] is None


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (MissingApiKey("No."), "auth_error"),
        (InvalidApiKey("No."), "auth_error"),
        (NotAllowed("No."), "auth_error"),
        (QuotaExceeded("No."), "quota_exceeded"),
        (RateLimited("No."), "rate_limited"),
        (ServerBusy("No."), "resource_exhausted"),
        (ConcurrencyLimited("No."), "resource_exhausted"),
        (InvalidMessage("No."), "input_error"),
        (InvalidParameter("No.", param="a"), "invalid_request"),
        (UnsupportedFormat("No.", param="audio_format"), "invalid_request"),
        (LanguageMissing("No."), "invalid_request"),
        (InactivityTimeout("No."), "session_time_limit_exceeded"),
        (EngineFailed("No."), "transcriber_error"),
        (ServerDraining("No."), "error"),
        (SlowReader("No."), "error"),
    ],
)
def test_every_failure_has_its_kind_and_says_why_under_both_names(
    error: Exception, kind: str
) -> None:
    assert json.loads(scribe_error(error)) == {
        "message_type": kind,
        "error": "No.",
        "message": "No.",
    }


def test_a_bug_of_ours_is_not_told() -> None:
    assert json.loads(scribe_error(KeyError("secret"))) == {
        "message_type": "error",
        "error": "The server failed.",
        "message": "The server failed.",
    }
