"""What is said on a transcription socket: sound from the client, transcripts from the server."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec
import pybase64

from vivavoce.errors import (
    ConcurrencyLimited,
    EngineFailed,
    InactivityTimeout,
    InvalidMessage,
    InvalidParameter,
    LanguageMissing,
    NotAllowed,
    NotAuthenticated,
    QuotaExceeded,
    RateLimited,
    ServerBusy,
    VivavoceError,
)
from vivavoce.wire.client_json import read_json
from vivavoce.wire.frames import public_text
from vivavoce.wire.scribe_query import CommitStrategy, ScribeQuery
from vivavoce.wire.timed_words import Word

_AUDIO_CHUNK: Final = "input_audio_chunk"

_KINDS: Final[dict[type[VivavoceError], str]] = {
    NotAuthenticated: "auth_error",
    NotAllowed: "auth_error",
    QuotaExceeded: "quota_exceeded",
    RateLimited: "rate_limited",
    ServerBusy: "resource_exhausted",
    ConcurrencyLimited: "resource_exhausted",
    InvalidMessage: "input_error",
    InvalidParameter: "invalid_request",
    LanguageMissing: "invalid_request",
    InactivityTimeout: "session_time_limit_exceeded",
    EngineFailed: "transcriber_error",
}


class ScribeMessage(msgspec.Struct, frozen=True):
    """One message of a client: sound, and whether it ends a segment; either may be missing.

    `audio` is in the format of the connection. `previous_text` was said before the sound.
    """

    audio: bytes = b""
    commit: bool = False
    previous_text: str | None = None


class _ClientFrame(msgspec.Struct):
    audio_base_64: str | None = None
    audio_base64: str | None = None
    commit: bool | None = None
    previous_text: str | None = None


class _Kind(msgspec.Struct):
    message_type: object = None


# Not strict, so that "true" is read as what it plainly means.
_decoder = msgspec.json.Decoder(_ClientFrame, strict=False)
_kind_decoder = msgspec.json.Decoder(_Kind)
_NOTHING: Final = ScribeMessage()


def decode_scribe_message(frame: str | bytes) -> ScribeMessage:
    """Reads one frame; unknown keys are ignored and null stands for "not given".

    A message of a type that nobody knows says nothing; one without a type is taken for sound.
    Raises InvalidMessage for what is not JSON of that shape, or not base64.
    """
    if read_json(frame, _kind_decoder).message_type not in (_AUDIO_CHUNK, None):
        return _NOTHING
    message = read_json(frame, _decoder)
    return ScribeMessage(
        audio=_audio(message.audio_base_64 or message.audio_base64 or ""),
        commit=bool(message.commit),
        previous_text=message.previous_text or None,
    )


def _audio(base64: str) -> bytes:
    try:
        return pybase64.b64decode(base64, validate=True)
    except ValueError as error:
        raise InvalidMessage(f"`audio_base_64` is not base64: {error}.") from error


class SessionConfig(msgspec.Struct, frozen=True, kw_only=True):
    """What holds for a connection, as its first frame says it."""

    sample_rate: int
    audio_format: str
    language_code: str | None
    # The Python SDK reads the first of the two, that of JavaScript the second.
    commit_strategy: CommitStrategy
    vad_commit_strategy: CommitStrategy
    vad_silence_threshold_secs: float
    vad_threshold: float
    min_speech_duration_ms: int
    min_silence_duration_ms: int
    model_id: str
    enable_logging: bool
    include_timestamps: bool
    include_language_detection: bool
    no_verbatim: bool
    # Nothing is biased towards them, so that there are none.
    keyterms: tuple[str, ...] = ()
    secondary_languages: tuple[str, ...] = ()
    filter_background_audio: bool = False


class _SessionStarted(msgspec.Struct, tag_field="message_type", tag="session_started"):
    session_id: str
    config: SessionConfig


class _PartialTranscript(msgspec.Struct, tag_field="message_type", tag="partial_transcript"):
    text: str


class _CommittedTranscript(msgspec.Struct, tag_field="message_type", tag="committed_transcript"):
    text: str


class _TimedTranscript(
    msgspec.Struct, tag_field="message_type", tag="committed_transcript_with_timestamps"
):
    text: str
    language_code: str | None
    words: Sequence[Word] | None


class _ScribeError(msgspec.Struct):
    message_type: str
    error: str
    # Where clients from before `error` look for it.
    message: str


def session_started(session_id: str, query: ScribeQuery, sample_rate: int) -> str:
    """The first frame of a connection; `sample_rate` in Hz is that of the client's sound."""
    config = SessionConfig(
        sample_rate=sample_rate,
        audio_format=query.audio_format,
        language_code=query.language_code,
        commit_strategy=query.commit_strategy,
        vad_commit_strategy=query.commit_strategy,
        vad_silence_threshold_secs=query.vad_silence_threshold_secs,
        vad_threshold=query.vad_threshold,
        min_speech_duration_ms=query.min_speech_duration_ms,
        min_silence_duration_ms=query.min_silence_duration_ms,
        model_id=query.model_id,
        enable_logging=query.keep,
        include_timestamps=query.include_timestamps,
        include_language_detection=query.include_language_detection,
        no_verbatim=query.no_verbatim,
    )
    return _json(_SessionStarted(session_id, config))


def partial_transcript(text: str) -> str:
    """What a segment sounds like so far; the next one replaces it."""
    return _json(_PartialTranscript(text))


def committed_transcript(text: str) -> str:
    """What was said in a segment."""
    return _json(_CommittedTranscript(text))


def committed_transcript_with_timestamps(
    text: str, language_code: str | None, words: Sequence[Word] | None
) -> str:
    """The same with its language; `words` count from the connection's start, None if not wanted.

    Whoever asked for either reads this one alone, and still gets the one without.
    """
    return _json(_TimedTranscript(text, language_code, words))


def error_kind(error: BaseException) -> str:
    """The `message_type` of a failure: that of its own class, else of the nearest ancestor."""
    found = (_KINDS[ancestor] for ancestor in type(error).__mro__ if ancestor in _KINDS)
    return next(found, "error")


def scribe_error(error: BaseException) -> str:
    """What went wrong, as its caller may read it."""
    text = public_text(error)
    return _json(_ScribeError(error_kind(error), text, text))


def _json(frame: msgspec.Struct) -> str:
    return msgspec.json.encode(frame).decode()
