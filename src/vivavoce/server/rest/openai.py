"""Speech for OpenAI's clients."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from litestar import post
from litestar.openapi.spec import Operation
from litestar.params import JSONBody
from litestar.types import ASGIApp

from vivavoce.audio.formats import OutputFormat
from vivavoce.audio.wav import wav_header
from vivavoce.server.rest.access import TheCaller, TheHouse, admits
from vivavoce.server.rest.answers import Performance, StreamedAnswer
from vivavoce.server.rest.openai_errors import OPENAI_EXCEPTION_HANDLERS, openai_error_responses
from vivavoce.server.rest.openapi import EVENTS, answers_with
from vivavoce.sessions.entrance import SPEECH_PERMISSION
from vivavoce.sessions.opening import find_voice
from vivavoce.sessions.recital import Recital, RecitalLine
from vivavoce.wire.openai_speech import (
    EventFrames,
    FileFrames,
    ResponseFormat,
    SpeechOrder,
)
from vivavoce.wire.voice_settings import VoiceSettings, read_voice_settings

# The rate of OpenAI's own audio, and of our English voice; Opus has only one.
_RATE = 24_000
_FORMATS: MappingProxyType[ResponseFormat, OutputFormat] = MappingProxyType(
    {
        "mp3": OutputFormat("mp3_24000_128", "mp3", _RATE, 128),
        "opus": OutputFormat("opus_48000_64", "opus", 48_000, 64),
        "aac": OutputFormat("aac_24000_96", "aac", _RATE, 96),
        "flac": OutputFormat("flac_24000", "flac", _RATE),
        "wav": OutputFormat("wav_24000", "wav", _RATE),
        "pcm": OutputFormat("pcm_24000", "pcm", _RATE),
    }
)

# Under each name of OpenAI's the voice of ours that is nearest in gender, age and pace.
_VOICES = MappingProxyType(
    {
        "alloy": "Andrea",
        "ash": "Orfeo",
        "ballad": "Orfeo",
        "cedar": "Claudio",
        "coral": "Allegra",
        "echo": "Ottavio",
        "fable": "Leonora",
        "marin": "Allegra",
        "nova": "Celeste",
        "onyx": "Claudio",
        "sage": "Viola",
        "shimmer": "Gioia",
        "verse": "Ottavio",
    }
)


@dataclass
class _SpeechOperation(Operation):
    def __post_init__(self) -> None:
        answers_with(self, {EVENTS, *(fmt.media_type for fmt in _FORMATS.values())})


@post(
    "/v1/audio/speech",
    status_code=200,
    guards=[admits(SPEECH_PERMISSION)],
    exception_handlers=OPENAI_EXCEPTION_HANDLERS,
    responses=openai_error_responses(),
    operation_class=_SpeechOperation,
    tags=["openai"],
)
async def create_speech(data: JSONBody[SpeechOrder], house: TheHouse, caller: TheCaller) -> ASGIApp:
    """The speech as it is made, as OpenAI's clients ask for it."""
    house.desk.notices.without_effect(data.without_effect())
    fmt = _FORMATS[data.response_format or "mp3"]
    lead = wav_header(fmt.sample_rate, None) if fmt.codec == "wav" else b""
    is_events = data.stream_format == "sse"
    voice = find_voice(_our_name(data.voice_name), house.settings)
    performance = Performance(
        recital=Recital(
            lines=(RecitalLine(data.input, voice),),
            output_format=fmt,
            voice_settings=read_voice_settings({"speed": data.speed}) or VoiceSettings(),
        ),
        frames=EventFrames(len(data.input), lead) if is_events else FileFrames(lead),
        media_type=EVENTS if is_events else fmt.media_type,
        house=house,
        caller=caller,
    )
    return StreamedAnswer(performance)


OPENAI_ROUTES = (create_speech,)


def _our_name(name: str | None) -> str | None:
    return None if not name else _VOICES.get(name.lower(), name)
