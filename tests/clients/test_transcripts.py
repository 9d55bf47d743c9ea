from __future__ import annotations

import pytest

from vivavoce.clients.events import Unknown
from vivavoce.clients.transcripts import (
    CommittedTranscript,
    PartialTranscript,
    TranscribedWord,
    TranscriptionEvent,
    TranscriptionFailed,
    TranscriptionStarted,
    read_transcript,
)

WORDS = [
    {"text": "hi", "start": 0.5, "end": 1, "type": "word", "speaker_id": "s", "logprob": -0.25},
    {"text": " ", "start": 1, "end": 1.5, "type": "spacing", "logprob": None},
]
TIMED = "committed_transcript_with_timestamps"


def read(told: dict[str, object], *, is_timed: bool = False) -> TranscriptionEvent | None:
    return read_transcript(told, is_timed=is_timed, shift_s=10.0)


def test_a_session_begins_with_what_holds() -> None:
    told = {"message_type": "session_started", "session_id": "s", "config": {"a": 1}}
    assert read(told) == TranscriptionStarted("s", {"a": 1})


def test_partial_and_committed_transcripts_have_their_text() -> None:
    assert read({"message_type": "partial_transcript", "text": "a"}) == PartialTranscript("a")
    assert read({"message_type": "committed_transcript", "text": "a"}) == CommittedTranscript("a")


def test_of_a_timed_segment_only_the_second_message_counts() -> None:
    plain = {"message_type": "committed_transcript", "text": "hi "}
    timed = {"message_type": TIMED, "text": "hi ", "language_code": "en", "words": WORDS}
    assert read(plain, is_timed=True) is None
    words = (
        TranscribedWord("hi", 10.5, 11.0, "word", -0.25, "s"),
        TranscribedWord(" ", 11.0, 11.5, "spacing", None, None),
    )
    assert read(timed, is_timed=True) == CommittedTranscript("hi ", words, "en")


def test_where_only_the_language_was_asked_for_there_are_no_words() -> None:
    timed = {"message_type": TIMED, "text": "hi", "language_code": "en", "words": None}
    assert read(timed, is_timed=True) == CommittedTranscript("hi", (), "en")


def test_every_kind_of_error_is_a_failure() -> None:
    told = {"message_type": "quota_exceeded", "error": "No more."}
    assert read(told) == TranscriptionFailed("quota_exceeded", "No more.")


@pytest.mark.parametrize(
    "told",
    [
        {"message_type": "diarized_transcript", "text": "a"},
        {"message_type": "partial_transcript", "text": None},
        {"message_type": TIMED, "text": "a", "words": [{"text": "a", "start": "0"}]},
        {},
    ],
)
def test_what_cannot_be_read_is_unknown(told: dict[str, object]) -> None:
    assert read(told, is_timed=True) == Unknown(str(told.get("message_type")), told)
