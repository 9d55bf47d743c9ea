"""What a client asked for by its URL, before it said a word."""

from __future__ import annotations

import msgspec
import structlog

from vivavoce.audio.formats import OutputFormat, parse_output_format
from vivavoce.config import Settings
from vivavoce.engines.base import Voice
from vivavoce.engines.voices.catalog import DEFAULT_VOICE, is_model_id, resolve_voice
from vivavoce.wire.flat import Base64Frames, BinaryFrames
from vivavoce.wire.frames import JsonFrames, SpeechFrames
from vivavoce.wire.query import Frames, parse_stream_query, requested_frames

_log = structlog.get_logger(__name__)


class SpeechPlan(msgspec.Struct, frozen=True):
    """How one connection is served.

    `voice` is None while only the first message can still name one. `seed` is that of the first
    utterance. `without_effect` names query parameters that no voice here honours.
    """

    voice: Voice | None
    output_format: OutputFormat
    auto_mode: bool
    seed: int
    inactivity_timeout_s: int
    without_effect: tuple[str, ...]


def choose_frames(segment: str, query_string: str) -> SpeechFrames:
    """The dialect: what the query asks for, else flat where the path names a model."""
    frames = requested_frames(query_string)
    if frames is None:
        frames = Frames.BASE64 if is_model_id(segment) else Frames.JSON
    match frames:
        case Frames.JSON:
            return JsonFrames()
        case Frames.BASE64:
            return Base64Frames()
        case Frames.BINARY:
            return BinaryFrames()


def plan_speech(segment: str, query_string: str, settings: Settings) -> SpeechPlan:
    """Reads path and query. Raises InvalidParameter, UnsupportedFormat or VoiceNotFound."""
    query = parse_stream_query(query_string)
    named = query.voice_id or (None if is_model_id(segment) else segment)
    return SpeechPlan(
        voice=None if named is None else find_voice(named, settings),
        output_format=parse_output_format(query.output_format or settings.default_output_format),
        auto_mode=query.auto_mode,
        seed=query.seed or 0,
        inactivity_timeout_s=query.inactivity_timeout,
        without_effect=query.without_effect,
    )


def find_voice(identifier: str | None, settings: Settings) -> Voice:
    """The voice called `identifier`, or the server's default. Raises VoiceNotFound if strict."""
    default = DEFAULT_VOICE
    if settings.default_voice:
        default = resolve_voice(settings.default_voice, default=default, strict=True).voice
    if identifier is None:
        return default
    found = resolve_voice(identifier, default=default, strict=settings.strict_voices)
    if not found.exact:
        _log.info("unknown voice", asked=identifier[:64], speaks=found.voice.name)
    return found.voice
