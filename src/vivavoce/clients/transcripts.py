"""What a live transcription tells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from vivavoce.clients import frame_fields as fields
from vivavoce.clients.events import SessionLost, Unknown
from vivavoce.clients.frame_fields import NotAsExpected


@dataclass(frozen=True)
class TranscriptionStarted:
    """The server listens; `config` is what holds."""

    session_id: str
    config: Mapping[str, object] = field(repr=False)


@dataclass(frozen=True)
class PartialTranscript:
    """What has been heard since the last commit; it replaces the one before."""

    text: str


@dataclass(frozen=True)
class TranscribedWord:
    """`kind` is word, spacing or audio_event; times are seconds of all sound that was sent."""

    text: str
    start_s: float
    end_s: float
    kind: str = "word"
    logprob: float | None = None
    speaker_id: str | None = None


@dataclass(frozen=True)
class CommittedTranscript:
    """The text of a segment; words and language where they were asked for."""

    text: str
    words: tuple[TranscribedWord, ...] = ()
    language_code: str | None = None


@dataclass(frozen=True)
class TranscriptionFailed:
    """What is wrong; `kind` is such as `invalid_request`, and the connection closes."""

    kind: str
    message: str


TranscriptionEvent: TypeAlias = (
    TranscriptionStarted
    | PartialTranscript
    | CommittedTranscript
    | TranscriptionFailed
    | SessionLost
    | Unknown
)


def read_transcript(
    frame: Mapping[str, object], *, is_timed: bool, shift_s: float
) -> TranscriptionEvent | None:
    """One decoded message, None for the first of two that say the same.

    Of a segment there are two when times or languages were asked for (`is_timed`). `shift_s` is
    where the session's time begins in that of all sound that was sent.
    """
    kind = frame.get("message_type")
    try:
        match kind:
            case "session_started":
                config = fields.part_or_nothing(frame, "config")
                return TranscriptionStarted(fields.text(frame, "session_id"), config)
            case "partial_transcript":
                return PartialTranscript(fields.text(frame, "text"))
            case "committed_transcript":
                return None if is_timed else CommittedTranscript(fields.text(frame, "text"))
            case "committed_transcript_with_timestamps":
                words = tuple(_word(one, shift_s) for one in fields.parts(frame, "words"))
                language = fields.text_or_none(frame, "language_code")
                return CommittedTranscript(fields.text(frame, "text"), words, language)
        if "error" in frame:
            return TranscriptionFailed(str(kind), fields.text(frame, "error"))
    except NotAsExpected:
        pass
    return Unknown(str(kind), frame)


def _word(told: Mapping[str, object], shift_s: float) -> TranscribedWord:
    logprob = told.get("logprob")
    return TranscribedWord(
        fields.text(told, "text"),
        shift_s + fields.number(told, "start"),
        shift_s + fields.number(told, "end"),
        fields.text(told, "type", "word"),
        None if logprob is None else fields.number(told, "logprob"),
        fields.text_or_none(told, "speaker_id"),
    )
