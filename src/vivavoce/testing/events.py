"""What a client is told in a conversation, typed, as SDKs read it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

import msgspec
import pybase64


class CallStarted(msgspec.Struct, frozen=True, kw_only=True):
    """`conversation_initiation_metadata`; formats are `pcm_<rate>` or `ulaw_<rate>`."""

    conversation_id: str
    agent_output_audio_format: str
    user_input_audio_format: str = "pcm_16000"


class AgentAudio(msgspec.Struct, frozen=True, kw_only=True):
    """`audio`: a piece of the agent's speech in the call's output format."""

    audio_base_64: str
    event_id: int
    alignment: dict[str, object] = {}

    @property
    def data(self) -> bytes:
        """The encoded sound. Raises ValueError for what is not base64."""
        return pybase64.b64decode(self.audio_base_64, validate=True)


class UserTranscript(msgspec.Struct, frozen=True):
    """`user_transcript`: what the server heard of a turn."""

    text: str = msgspec.field(name="user_transcript")
    event_id: int = 0


class TentativeUserTranscript(msgspec.Struct, frozen=True):
    """`tentative_user_transcript`: what it has heard of it so far."""

    text: str = msgspec.field(name="user_transcript")
    event_id: int = 0


class AgentResponse(msgspec.Struct, frozen=True):
    """`agent_response`: all that the agent says in a turn."""

    text: str = msgspec.field(name="agent_response")
    event_id: int = 0


class AgentCorrection(msgspec.Struct, frozen=True):
    """`agent_response_correction`: what was heard of an answer that was interrupted."""

    original: str = msgspec.field(name="original_agent_response")
    corrected: str = msgspec.field(name="corrected_agent_response")
    event_id: int = 0


class ChatPart(msgspec.Struct, frozen=True):
    """`agent_chat_response_part`: `kind` is start, delta or stop."""

    text: str
    kind: str = msgspec.field(name="type")
    event_id: int = 0


class Interruption(msgspec.Struct, frozen=True):
    """`interruption`: sound of this id and of smaller ones is void."""

    event_id: int


class Ping(msgspec.Struct, frozen=True):
    """`ping`: `ping_ms` may be null and must not be absent."""

    event_id: int
    ping_ms: int | None


class ToolCall(msgspec.Struct, frozen=True):
    """`client_tool_call`: the client is to run a tool."""

    tool_name: str
    tool_call_id: str
    parameters: dict[str, object]
    event_id: int = 0


class ServerError(msgspec.Struct, frozen=True):
    """`error`: a close frame of the same `code` follows."""

    code: int
    message: str
    error_type: str = ""


class OtherEvent(msgspec.Struct, frozen=True):
    """Any other `type`, with the whole frame."""

    type: str
    frame: dict[str, object]


Event = (
    CallStarted
    | AgentAudio
    | UserTranscript
    | TentativeUserTranscript
    | AgentResponse
    | AgentCorrection
    | ChatPart
    | Interruption
    | Ping
    | ToolCall
    | ServerError
    | OtherEvent
)


class Received(NamedTuple):
    """An event and the `time.monotonic()` at which it came."""

    at: float
    event: Event


class _Shape(NamedTuple):
    key: str
    kind: type[Event]


_SHAPES: Final[Mapping[str, _Shape]] = {
    "conversation_initiation_metadata": _Shape(
        "conversation_initiation_metadata_event", CallStarted
    ),
    "audio": _Shape("audio_event", AgentAudio),
    "user_transcript": _Shape("user_transcription_event", UserTranscript),
    "tentative_user_transcript": _Shape(
        "tentative_user_transcription_event", TentativeUserTranscript
    ),
    "agent_response": _Shape("agent_response_event", AgentResponse),
    "agent_response_correction": _Shape("agent_response_correction_event", AgentCorrection),
    "agent_chat_response_part": _Shape("text_response_part", ChatPart),
    "interruption": _Shape("interruption_event", Interruption),
    "ping": _Shape("ping_event", Ping),
    "client_tool_call": _Shape("client_tool_call", ToolCall),
    "error": _Shape("error_event", ServerError),
}

_decoder = msgspec.json.Decoder(dict[str, object])


def read_event(frame: str | bytes) -> Event:
    """One frame of the server.

    Raises msgspec.ValidationError, a kind of ValueError, for a frame that breaks an SDK: without a
    `type`, without what its type must have, or with null where there must be a value.
    """
    fields = _decoder.decode(frame)
    kind = fields.get("type")
    if not isinstance(kind, str):
        raise msgspec.ValidationError("a frame without a type")
    shape = _SHAPES.get(kind)
    if shape is None:
        return OtherEvent(kind, fields)
    event: Event = msgspec.convert(fields.get(shape.key), shape.kind)
    return event
