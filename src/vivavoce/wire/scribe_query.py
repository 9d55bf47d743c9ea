"""What a client asks for in the URL of a transcription socket."""

from __future__ import annotations

from enum import StrEnum
from typing import Final
from urllib.parse import parse_qsl

import msgspec

from vivavoce.errors import InvalidParameter
from vivavoce.wire.heard_languages import asked_language
from vivavoce.wire.parameters import boolean, number, one_of

_KEYTERMS_MAX: Final = 50
_KEYTERM_CHARACTERS: Final = 20

# A transcript that should have been changed, and was not, would be taken for one that was.
_NOT_DONE_HERE: Final = (
    "entity_detection",
    "entity_redaction",
    "entity_redaction_mode",
    "transcript_edit",
)

_TURN_PREDICTION: Final = "turn_prediction"


class CommitStrategy(StrEnum):
    """Who says that a segment is complete: the caller, or a silence."""

    MANUAL = "manual"
    VAD = "vad"


class ScribeQuery(msgspec.Struct, frozen=True, kw_only=True):
    """The query parameters of a transcription socket.

    `language_code` is of ISO 639-1, None where the choice is left to the server. Without `keep`
    nothing may be stored. `without_effect` names the parameters given that make no difference.
    """

    model_id: str = "scribe_v2_realtime"
    audio_format: str = "pcm_16000"
    language_code: str | None = None
    commit_strategy: CommitStrategy = CommitStrategy.MANUAL
    vad_silence_threshold_secs: float = 1.5
    vad_threshold: float = 0.4
    min_speech_duration_ms: int = 250
    min_silence_duration_ms: int = 2500
    include_timestamps: bool = False
    include_language_detection: bool = False
    no_verbatim: bool = False
    keep: bool = True
    without_effect: tuple[str, ...] = ()


_DEFAULT: Final = ScribeQuery()


def parse_scribe_query(query_string: str) -> ScribeQuery:
    """Reads a URL's query; unknown parameters are ignored, the last of a repeated one counts.

    Raises InvalidParameter, which names the parameter, for a value that is not of its parameter's
    kind, and for a wish that would have to be refused in silence otherwise.
    """
    pairs = parse_qsl(query_string)
    given = dict(pairs)
    _refuse(given)
    strategy = one_of(given, "commit_strategy", (*CommitStrategy, _TURN_PREDICTION))
    by_caller = strategy == CommitStrategy.MANUAL
    return ScribeQuery(
        model_id=given.get("model_id", _DEFAULT.model_id),
        audio_format=given.get("audio_format", _DEFAULT.audio_format).lower(),
        language_code=asked_language(given.get("language_code")),
        commit_strategy=CommitStrategy.MANUAL if by_caller else CommitStrategy.VAD,
        vad_silence_threshold_secs=number(
            given,
            "vad_silence_threshold_secs",
            low=0.3,
            high=3.0,
            default=_DEFAULT.vad_silence_threshold_secs,
        ),
        vad_threshold=number(
            given, "vad_threshold", low=0.1, high=0.9, default=_DEFAULT.vad_threshold
        ),
        min_speech_duration_ms=_milliseconds(
            given, "min_speech_duration_ms", _DEFAULT.min_speech_duration_ms
        ),
        min_silence_duration_ms=_milliseconds(
            given, "min_silence_duration_ms", _DEFAULT.min_silence_duration_ms
        ),
        include_timestamps=boolean(given, "include_timestamps", default=False),
        include_language_detection=boolean(given, "include_language_detection", default=False),
        no_verbatim=boolean(given, "no_verbatim", default=False),
        keep=boolean(given, "enable_logging", default=True),
        without_effect=_without_effect(pairs),
    )


def _refuse(given: dict[str, str]) -> None:
    for name in _NOT_DONE_HERE:
        if name in given:
            raise InvalidParameter(f"This server cannot do {name}.", param=name)


def _milliseconds(given: dict[str, str], name: str, default: int) -> int:
    return round(number(given, name, low=50, high=2000, default=default))


def _without_effect(pairs: list[tuple[str, str]]) -> tuple[str, ...]:
    given = dict(pairs)
    _check_keyterms([value for name, value in pairs if name == "keyterms"])
    ignored = {
        "model_id": "model_id" in given,
        "secondary_languages": "secondary_languages" in given,
        "keyterms": "keyterms" in given,
        "filter_background_audio": boolean(given, "filter_background_audio", default=False),
        _TURN_PREDICTION: given.get("commit_strategy", "").lower() == _TURN_PREDICTION,
    }
    return tuple(name for name, is_ignored in ignored.items() if is_ignored)


def _check_keyterms(terms: list[str]) -> None:
    if len(terms) > _KEYTERMS_MAX or any(len(term) > _KEYTERM_CHARACTERS for term in terms):
        raise InvalidParameter(
            f"keyterms must be at most {_KEYTERMS_MAX} of at most {_KEYTERM_CHARACTERS} characters "
            "each.",
            param="keyterms",
        )
