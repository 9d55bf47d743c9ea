"""Transcription of a file over REST: what is answered."""

from __future__ import annotations

import json

import msgspec
import pytest

from vivavoce.wire.timed_words import timed_words
from vivavoce.wire.transcript_answers import (
    MultichannelTranscript,
    Segment,
    Transcript,
    additional_format,
    segmented_json,
)
from vivavoce.wire.transcripts import ExportName

_WORDS = timed_words([("Hi.", 0.1, 0.3, -0.1)])
_TRANSCRIPT = Transcript(
    language_code="eng",
    language_probability=1.0,
    text="Hi.",
    words=_WORDS,
    transcription_id="t1",
    audio_duration_secs=0.5,
)
_WORD = {
    "text": "Hi.",
    "start": 0.1,
    "end": 0.3,
    "type": "word",
    "speaker_id": None,
    "logprob": -0.1,
}


def test_a_transcript_has_what_clients_read() -> None:
    assert json.loads(msgspec.json.encode(_TRANSCRIPT)) == {
        "language_code": "eng",
        "language_probability": 1.0,
        "text": "Hi.",
        "words": [_WORD],
        "transcription_id": "t1",
        "audio_duration_secs": 0.5,
    }


def test_channels_have_a_transcript_each() -> None:
    second = msgspec.structs.replace(_TRANSCRIPT, channel_index=1, words=())
    answer = json.loads(
        msgspec.json.encode(MultichannelTranscript((_TRANSCRIPT, second), "t1", 0.5))
    )
    assert answer["transcription_id"] == "t1"
    assert answer["audio_duration_secs"] == 0.5
    assert [one.get("channel_index") for one in answer["transcripts"]] == [None, 1]


@pytest.mark.parametrize(
    ("name", "extension", "media_type"),
    [
        ("txt", "txt", "text/plain"),
        ("srt", "srt", "application/x-subrip"),
        ("segmented_json", "json", "application/json"),
    ],
)
def test_other_formats_say_what_they_are(name: ExportName, extension: str, media_type: str) -> None:
    assert json.loads(msgspec.json.encode(additional_format(name, "Hi."))) == {
        "requested_format": name,
        "file_extension": extension,
        "content_type": media_type,
        "content": "Hi.",
        "is_base64_encoded": False,
    }


def test_segments_are_json_within_json() -> None:
    content = segmented_json(_TRANSCRIPT, [Segment("Hi.", _WORDS)])
    assert json.loads(content) == {
        "language_code": "eng",
        "language_probability": 1.0,
        "segments": [{"text": "Hi.", "words": [_WORD]}],
    }
