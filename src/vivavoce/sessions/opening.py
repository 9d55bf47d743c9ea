"""What a client asked for by its URL, before it said a word."""

from __future__ import annotations

import msgspec
import structlog

from vivavoce.audio.formats import OutputFormat, parse_output_format
from vivavoce.config import Settings
from vivavoce.core.audio_tags import knows_audio_tags
from vivavoce.core.languages import normal_language
from vivavoce.engines.base import Voice
from vivavoce.engines.voices.catalog import DEFAULT_VOICE, is_model_id, resolve_voice, voice_in
from vivavoce.sessions.manner import Manner
from vivavoce.wire.flat import Base64Frames, BinaryFrames
from vivavoce.wire.frames import JsonFrames, SpeechFrames
from vivavoce.wire.query import (
    INACTIVITY_DEFAULT_S,
    AlignmentClock,
    Frames,
    parse_stream_query,
    reports_flushes,
    requested_frames,
)

_log = structlog.get_logger(__name__)


class SpeechPlan(msgspec.Struct, frozen=True):
    """How one connection is served.

    `voice` is None while only a message can still name one. `seed` is that of the first utterance
    of each context. `without_effect` names query parameters that no voice here honours. Without
    `keep` nothing of it may be stored.
    """

    voice: Voice | None
    output_format: OutputFormat
    auto_mode: bool = False
    seed: int = 0
    inactivity_timeout_s: int = INACTIVITY_DEFAULT_S
    language: str | None = None
    ssml: bool = False
    audio_tags: bool = False
    normalize: bool = True
    keep: bool = True
    alignment_clock: AlignmentClock = AlignmentClock.CHUNK
    without_effect: tuple[str, ...] = ()

    def manner(self, voice: Voice) -> Manner:
        """How a context begins in which `voice` speaks. Raises LanguageMissing."""
        return Manner(
            voice=voice if self.language is None else voice_in(self.language, like=voice),
            language=self.language,
            ssml=self.ssml,
            audio_tags=self.audio_tags,
            normalize=self.normalize,
        )


def choose_frames(segment: str, query_string: str) -> SpeechFrames:
    """The dialect: what the query asks for, else flat where the path names a model."""
    frames = requested_frames(query_string)
    if frames is None:
        frames = Frames.BASE64 if is_model_id(segment) else Frames.JSON
    match frames:
        case Frames.JSON:
            return JsonFrames(flush_done=reports_flushes(query_string))
        case Frames.BASE64:
            return Base64Frames()
        case Frames.BINARY:
            return BinaryFrames()


def plan_speech(segment: str | None, query_string: str, settings: Settings) -> SpeechPlan:
    """Reads path and query; `segment` is the part of the path that names a voice or a model.

    A path without one is that of a dialogue, for which all models follow audio tags.

    Raises InvalidParameter, UnsupportedFormat, VoiceNotFound or LanguageMissing.
    """
    query = parse_stream_query(query_string)
    named = query.voice_id or (None if segment is None or is_model_id(segment) else segment)
    return SpeechPlan(
        voice=None if named is None else find_voice(named, settings),
        output_format=parse_output_format(query.output_format or settings.default_output_format),
        auto_mode=query.auto_mode,
        seed=query.seed or 0,
        inactivity_timeout_s=query.inactivity_timeout,
        language=None if query.language is None else normal_language(query.language),
        ssml=query.ssml,
        audio_tags=segment is None or knows_audio_tags(query.model_id),
        normalize=query.normalize,
        keep=query.keep,
        alignment_clock=query.alignment_clock,
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
