"""Text to speech over REST, in the four forms of the protocol."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from litestar import post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, JSONBody, QueryParameter
from litestar.types import ASGIApp

from vivavoce.audio.formats import OutputFormat
from vivavoce.engines.voices.catalog import is_model_id
from vivavoce.server.house import House
from vivavoce.server.rest.access import TheCaller, TheHouse, admits
from vivavoce.server.rest.answers import Performance, StreamedAnswer, WholeAnswer
from vivavoce.server.rest.bodies import AudioBody, TimedBody
from vivavoce.server.rest.errors import error_responses
from vivavoce.server.rest.openapi import LINES
from vivavoce.server.rest.recitals import (
    AudioOperation,
    LinesOperation,
    Logging,
    StreamFormat,
    WholeFormat,
    asked_format,
    recital_of,
)
from vivavoce.sessions.entrance import SPEECH_PERMISSION
from vivavoce.sessions.opening import find_voice
from vivavoce.sessions.recital import Recital, RecitalLine
from vivavoce.wire.flat import BinaryFrames
from vivavoce.wire.rest_speech import SpeechBody
from vivavoce.wire.timed_audio import TimedAudio, TimestampLines

_PATH = "/v1/text-to-speech/{voice_id:str}"
_JSON = "application/json"


Latency: TypeAlias = Annotated[
    int,
    QueryParameter(
        ge=0,
        le=4,
        description="Accepted; it is always as low as it can be.",
        # Litestar leaves a limit of 0 out of the schema.
        schema_extra={"minimum": 0},
    ),
]


@post(
    _PATH,
    status_code=200,
    guards=[admits(SPEECH_PERMISSION)],
    responses=error_responses(404, 413),
    operation_class=AudioOperation,
    tags=["text-to-speech"],
)
async def convert(
    voice_id: FromPath[str],
    data: JSONBody[SpeechBody],
    house: TheHouse,
    caller: TheCaller,
    output_format: WholeFormat = "",
    enable_logging: Logging = True,
    optimize_streaming_latency: Latency = 0,
) -> ASGIApp:
    """The speech as a whole, with its length. An unknown voice speaks as the default one."""
    fmt = asked_format(output_format, house, wav=True)
    body = AudioBody(fmt)
    recital = await _recital(voice_id, data, house, fmt, keep=enable_logging)
    performance = Performance(
        recital=recital,
        frames=body.frames,
        media_type=fmt.media_type,
        house=house,
        caller=caller,
    )
    return WholeAnswer(performance, body)


@post(
    _PATH + "/stream",
    status_code=200,
    guards=[admits(SPEECH_PERMISSION)],
    responses=error_responses(404, 413),
    operation_class=AudioOperation,
    tags=["text-to-speech"],
)
async def stream(
    voice_id: FromPath[str],
    data: JSONBody[SpeechBody],
    house: TheHouse,
    caller: TheCaller,
    output_format: StreamFormat = "",
    enable_logging: Logging = True,
    optimize_streaming_latency: Latency = 0,
) -> ASGIApp:
    """The speech as it is made, from its first words on."""
    fmt = asked_format(output_format, house)
    recital = await _recital(voice_id, data, house, fmt, keep=enable_logging)
    performance = Performance(
        recital=recital,
        frames=BinaryFrames(),
        media_type=fmt.media_type,
        house=house,
        caller=caller,
    )
    return StreamedAnswer(performance)


@post(
    _PATH + "/with-timestamps",
    status_code=200,
    guards=[admits(SPEECH_PERMISSION)],
    responses={
        200: ResponseSpec(TimedAudio, generate_examples=False, description="All of it."),
        **error_responses(404, 413),
    },
    tags=["text-to-speech"],
)
async def convert_with_timestamps(
    voice_id: FromPath[str],
    data: JSONBody[SpeechBody],
    house: TheHouse,
    caller: TheCaller,
    output_format: WholeFormat = "",
    enable_logging: Logging = True,
    optimize_streaming_latency: Latency = 0,
) -> ASGIApp:
    """The speech as a whole, in base64, with the time of each character."""
    fmt = asked_format(output_format, house, wav=True)
    body = TimedBody(fmt)
    recital = await _recital(voice_id, data, house, fmt, keep=enable_logging)
    performance = Performance(
        recital=recital, frames=body.frames, media_type=_JSON, house=house, caller=caller
    )
    return WholeAnswer(performance, body)


@post(
    _PATH + "/stream/with-timestamps",
    status_code=200,
    guards=[admits(SPEECH_PERMISSION)],
    responses=error_responses(404, 413),
    operation_class=LinesOperation,
    tags=["text-to-speech"],
)
async def stream_with_timestamps(
    voice_id: FromPath[str],
    data: JSONBody[SpeechBody],
    house: TheHouse,
    caller: TheCaller,
    output_format: StreamFormat = "",
    enable_logging: Logging = True,
    optimize_streaming_latency: Latency = 0,
) -> ASGIApp:
    """The speech as it is made: a line of JSON, as `/with-timestamps` has it, for each piece."""
    fmt = asked_format(output_format, house)
    recital = await _recital(voice_id, data, house, fmt, keep=enable_logging)
    performance = Performance(
        recital=recital,
        frames=TimestampLines(),
        media_type=LINES,
        house=house,
        caller=caller,
    )
    return StreamedAnswer(performance)


SPEECH_ROUTES = (convert, stream, convert_with_timestamps, stream_with_timestamps)


async def _recital(
    voice_id: str, body: SpeechBody, house: House, fmt: OutputFormat, *, keep: bool
) -> Recital:
    """Raises VoiceNotFound or DictionaryNotFound."""
    voice = find_voice(None if is_model_id(voice_id) else voice_id, house.settings)
    return await recital_of(
        (RecitalLine(body.text, voice),),
        body,
        house,
        fmt,
        settings=body.voice_settings,
        next_text=body.next_text,
        keep=keep,
    )
