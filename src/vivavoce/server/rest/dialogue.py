"""Text to dialogue over REST: several voices in one answer, in the four forms of the protocol."""

from __future__ import annotations

from functools import partial

from litestar import post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import JSONBody
from litestar.types import ASGIApp

from vivavoce.audio.formats import OutputFormat
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
from vivavoce.wire.rest_speech import DialogueBody
from vivavoce.wire.timed_dialogue import SegmentedBody, SegmentedLines, TimedDialogue

_PATH = "/v1/text-to-dialogue"
_JSON = "application/json"


@post(
    _PATH,
    status_code=200,
    guards=[admits(SPEECH_PERMISSION)],
    responses=error_responses(404, 413),
    operation_class=AudioOperation,
    tags=["text-to-dialogue"],
)
async def convert_dialogue(
    data: JSONBody[DialogueBody],
    house: TheHouse,
    caller: TheCaller,
    output_format: WholeFormat = "",
    enable_logging: Logging = True,
) -> ASGIApp:
    """The dialogue as a whole, with its length. An unknown voice speaks as the default one."""
    fmt = asked_format(output_format, house, wav=True)
    body = AudioBody(fmt)
    performance = Performance(
        recital=await _recital(data, house, fmt, keep=enable_logging),
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
    tags=["text-to-dialogue"],
)
async def stream_dialogue(
    data: JSONBody[DialogueBody],
    house: TheHouse,
    caller: TheCaller,
    output_format: StreamFormat = "",
    enable_logging: Logging = True,
) -> ASGIApp:
    """The dialogue as it is made, from its first words on."""
    fmt = asked_format(output_format, house)
    performance = Performance(
        recital=await _recital(data, house, fmt, keep=enable_logging),
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
        200: ResponseSpec(TimedDialogue, generate_examples=False, description="All of it."),
        **error_responses(404, 413),
    },
    tags=["text-to-dialogue"],
)
async def convert_dialogue_with_timestamps(
    data: JSONBody[DialogueBody],
    house: TheHouse,
    caller: TheCaller,
    output_format: WholeFormat = "",
    enable_logging: Logging = True,
) -> ASGIApp:
    """The dialogue as a whole, in base64, with the time of each character and of each line."""
    fmt = asked_format(output_format, house, wav=True)
    body = TimedBody(fmt, partial(SegmentedBody, data.inputs))
    performance = Performance(
        recital=await _recital(data, house, fmt, keep=enable_logging),
        frames=body.frames,
        media_type=_JSON,
        house=house,
        caller=caller,
    )
    return WholeAnswer(performance, body)


@post(
    _PATH + "/stream/with-timestamps",
    status_code=200,
    guards=[admits(SPEECH_PERMISSION)],
    responses=error_responses(404, 413),
    operation_class=LinesOperation,
    tags=["text-to-dialogue"],
)
async def stream_dialogue_with_timestamps(
    data: JSONBody[DialogueBody],
    house: TheHouse,
    caller: TheCaller,
    output_format: StreamFormat = "",
    enable_logging: Logging = True,
) -> ASGIApp:
    """The dialogue as it is made: a line of JSON, as `/with-timestamps` has it, for each piece."""
    fmt = asked_format(output_format, house)
    performance = Performance(
        recital=await _recital(data, house, fmt, keep=enable_logging),
        frames=SegmentedLines(data.inputs),
        media_type=LINES,
        house=house,
        caller=caller,
    )
    return StreamedAnswer(performance)


DIALOGUE_ROUTES = (
    convert_dialogue,
    stream_dialogue,
    convert_dialogue_with_timestamps,
    stream_dialogue_with_timestamps,
)


async def _recital(body: DialogueBody, house: House, fmt: OutputFormat, *, keep: bool) -> Recital:
    """Raises VoiceNotFound or DictionaryNotFound."""
    names = dict.fromkeys(one.voice_id for one in body.inputs)
    voices = {name: find_voice(name, house.settings) for name in names}
    return await recital_of(
        tuple(RecitalLine(one.text, voices[one.voice_id]) for one in body.inputs),
        body,
        house,
        fmt,
        settings=body.settings,
        next_text=body.future_text,
        keep=keep,
        audio_tags=True,
    )
