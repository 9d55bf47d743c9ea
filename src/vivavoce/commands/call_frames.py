"""The messages of a call, as a client reads and writes them."""

from __future__ import annotations

import base64
import json

import msgspec

from vivavoce.commands.failures import CommandFailed


class CallBegun(msgspec.Struct, frozen=True):
    """`conversation_initiation_metadata_event`; formats are `pcm_<rate>` or `ulaw_8000`."""

    conversation_id: str
    agent_output_audio_format: str
    user_input_audio_format: str = "pcm_16000"


class Timing(msgspec.Struct, frozen=True):
    """When each character begins to sound, in ms from the beginning of its frame."""

    chars: tuple[str, ...] = ()
    char_start_times_ms: tuple[float, ...] = ()


class AgentSound(msgspec.Struct, frozen=True):
    """`audio_event`."""

    audio_base_64: str
    event_id: int = 0
    alignment: Timing | None = None

    @property
    def data(self) -> bytes:
        """The sound, in the agent's format. Raises CommandFailed for what is not base64."""
        try:
            return base64.b64decode(self.audio_base_64, validate=True)
        except ValueError as error:
            raise CommandFailed(f"the server does not speak the protocol: {error}") from error


class AgentText(msgspec.Struct, frozen=True):
    """`agent_response_event`."""

    agent_response: str
    event_id: int = 0


class Correction(msgspec.Struct, frozen=True):
    """`agent_response_correction_event`."""

    original_agent_response: str
    corrected_agent_response: str
    event_id: int = 0


class CallerText(msgspec.Struct, frozen=True):
    """`user_transcription_event`, and the tentative one."""

    user_transcript: str


class TextPart(msgspec.Struct, frozen=True):
    """`text_response_part`."""

    text: str = ""
    type: str = "delta"


class EventId(msgspec.Struct, frozen=True):
    """An event of which only the id counts."""

    event_id: int = 0


class ToolAsked(msgspec.Struct, frozen=True):
    """`client_tool_call`."""

    tool_call_id: str
    tool_name: str = ""


class CallError(msgspec.Struct, frozen=True):
    """`error_event`; `code` is what the socket is closed with."""

    code: int = 1011
    message: str = ""
    error_type: str = "error"


class CallFrame(msgspec.Struct, frozen=True):
    """Any message of a server, as far as this client heeds it."""

    type: str = ""
    begun: CallBegun | None = msgspec.field(
        name="conversation_initiation_metadata_event", default=None
    )
    sound: AgentSound | None = msgspec.field(name="audio_event", default=None)
    text: AgentText | None = msgspec.field(name="agent_response_event", default=None)
    correction: Correction | None = msgspec.field(
        name="agent_response_correction_event", default=None
    )
    caller: CallerText | None = msgspec.field(name="user_transcription_event", default=None)
    tentative: CallerText | None = msgspec.field(
        name="tentative_user_transcription_event", default=None
    )
    part: TextPart | None = msgspec.field(name="text_response_part", default=None)
    interruption: EventId | None = msgspec.field(name="interruption_event", default=None)
    ping: EventId | None = msgspec.field(name="ping_event", default=None)
    tool: ToolAsked | None = msgspec.field(name="client_tool_call", default=None)
    error: CallError | None = msgspec.field(name="error_event", default=None)


_decoder = msgspec.json.Decoder(CallFrame)


def read_call_frame(message: str) -> CallFrame:
    """Raises CommandFailed for what no server of the protocol says."""
    try:
        return _decoder.decode(message)
    except msgspec.DecodeError as error:
        raise CommandFailed(f"the server does not speak the protocol: {error}") from error


def sound_message(data: bytes) -> str:
    """The caller's next sound, in the format that the server asked for."""
    return json.dumps({"user_audio_chunk": base64.b64encode(data).decode()})


def text_message(text: str) -> str:
    """What the caller has typed."""
    return json.dumps({"type": "user_message", "text": text})


def pong_message(event_id: int) -> str:
    """The answer to a ping."""
    return json.dumps({"type": "pong", "event_id": event_id})


def no_tool_message(call: ToolAsked) -> str:
    """The answer to a tool that is to be run here, where there are none."""
    return json.dumps(
        {
            "type": "client_tool_result",
            "tool_call_id": call.tool_call_id,
            "result": f"There is no tool {call.tool_name}: the caller is at a terminal.",
            "is_error": True,
        }
    )
