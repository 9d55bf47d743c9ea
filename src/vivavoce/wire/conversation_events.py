"""What the server says on the conversation's socket; every function gives one frame."""

from __future__ import annotations

from typing import Final, Literal

import pybase64

from vivavoce.errors import InvalidParameter, call_code
from vivavoce.wire.alignment import SNAKE_CASE, TimedText, alignment_json
from vivavoce.wire.event_frame import event_frame
from vivavoce.wire.frames import public_text
from vivavoce.wire.tool_events import agent_tool_request as agent_tool_request
from vivavoce.wire.tool_events import agent_tool_response as agent_tool_response
from vivavoce.wire.tool_events import agent_tool_response_full as agent_tool_response_full
from vivavoce.wire.tool_events import client_tool_call as client_tool_call
from vivavoce.wire.tool_events import mcp_connection_status as mcp_connection_status
from vivavoce.wire.tool_events import mcp_tool_call as mcp_tool_call

# Every name that may stand in an agent's `client_events`, as the SDKs of Python and JavaScript
# have them; each knows some that the other does not.
EVENT_NAMES: Final = frozenset(
    {
        "agent_chat_response_part",
        "agent_reasoning_response_part",
        "agent_response",
        "agent_response_complete",
        "agent_response_correction",
        "agent_response_metadata",
        "agent_tool_request",
        "agent_tool_response",
        "agent_tool_response_full_payload",
        "agent_typing",
        "asr_initiation_metadata",
        "audio",
        "client_error",
        "client_tool_call",
        "context_usage",
        "conversation_initiation_metadata",
        "dtmf_request",
        "external_agent_connected",
        "external_agent_disconnected",
        "guardrail_triggered",
        "internal_tentative_agent_response",
        "internal_turn_probability",
        "interruption",
        "mcp_connection_status",
        "mcp_tool_call",
        "ping",
        "rich_content",
        "tentative_user_transcript",
        "user_transcript",
        "vad_score",
    }
)

PartKind = Literal["start", "delta", "stop"]


def metadata(
    conversation_id: str, agent_output_audio_format: str, user_input_audio_format: str
) -> str:
    """The first frame of a call, sent once; formats are `pcm_<rate>` or `ulaw_<rate>`."""
    return event_frame(
        "conversation_initiation_metadata",
        conversation_initiation_metadata_event={
            "conversation_id": conversation_id,
            "agent_output_audio_format": agent_output_audio_format,
            "user_input_audio_format": user_input_audio_format,
        },
    )


def is_metadata(frame: str) -> bool:
    """Whether a frame is the first of a call, as `metadata` writes it."""
    return frame.startswith('{"type":"conversation_initiation_metadata"')


def audio(
    data: bytes,
    event_id: int,
    alignment: TimedText | None = None,
    span: tuple[float, float] | None = None,
) -> str:
    """The agent's next sound; joined by hand, because it is the hot path.

    `span` is where the data lies on the clock of `alignment`, in ms; without it, from 0 to the last
    character's start. There is no key `alignment` where no character begins: a null breaks clients.
    """
    parts = [
        '{"type":"audio","audio_event":{"audio_base_64":"',
        pybase64.b64encode_as_string(data),
        f'","event_id":{event_id}',
    ]
    if alignment is not None and alignment.chars:
        begin_ms, end_ms = span or (0.0, alignment.starts_ms[-1])
        parts += ',"alignment":', alignment_json(alignment, begin_ms, end_ms, keys=SNAKE_CASE)
    parts.append("}}")
    return "".join(parts)


def user_transcript(text: str, event_id: int) -> str:
    """What the caller said in a turn."""
    return event_frame(
        "user_transcript",
        user_transcription_event={"user_transcript": text, "event_id": event_id},
    )


def tentative_user_transcript(text: str, event_id: int) -> str:
    """What the caller has said so far; the next one replaces it."""
    return event_frame(
        "tentative_user_transcript",
        tentative_user_transcription_event={"user_transcript": text, "event_id": event_id},
    )


def agent_response(text: str, event_id: int) -> str:
    """What the agent says in a turn, in full."""
    return event_frame(
        "agent_response", agent_response_event={"agent_response": text, "event_id": event_id}
    )


def agent_response_correction(original: str, corrected: str, event_id: int) -> str:
    """What was heard of an answer that was interrupted."""
    return event_frame(
        "agent_response_correction",
        agent_response_correction_event={
            "original_agent_response": original,
            "corrected_agent_response": corrected,
            "event_id": event_id,
        },
    )


def chat_response_part(kind: PartKind, text: str, event_id: int) -> str:
    """A piece of an answer as it is made; only a `delta` has text."""
    return event_frame(
        "agent_chat_response_part",
        text_response_part={"text": text, "type": kind, "event_id": event_id},
    )


def agent_response_complete(event_id: int) -> str:
    """An answer has been heard, or read, to its end."""
    return event_frame(
        "agent_response_complete", agent_response_complete_event={"event_id": event_id}
    )


def interruption(event_id: int) -> str:
    """The caller has barged in; sound that follows needs a greater id than this one."""
    return event_frame("interruption", interruption_event={"event_id": event_id})


def ping(event_id: int, ping_ms: int | None) -> str:
    """Asks for a pong; `ping_ms` is the last round trip, and always there, null or not."""
    return event_frame("ping", ping_event={"event_id": event_id, "ping_ms": ping_ms})


def vad_score(score: float) -> str:
    """How likely the caller is speaking, 0 to 1."""
    return event_frame("vad_score", vad_score_event={"vad_score": score})


def tentative_agent_response(text: str) -> str:
    """What the agent would say if the turn were over now."""
    return event_frame(
        "internal_tentative_agent_response",
        tentative_agent_response_internal_event={"tentative_agent_response": text},
    )


def context_usage(event_id: int, model: str, tokens: int, limit: int | None) -> str:
    """How much of the language model's context an answer took; `limit` is null if unknown."""
    return event_frame(
        "context_usage",
        context_usage_event={
            "event_id": event_id,
            "model": model,
            "context_tokens": tokens,
            "context_limit_tokens": limit,
        },
    )


def conversation_error(error: BaseException) -> str:
    """What went wrong, as its caller may read it, with the close code that follows."""
    error_type, code = call_code(error)
    text = public_text(error)
    return event_frame(
        "error",
        error_event={
            "code": code,
            "message": text,
            "error_type": error_type,
            "reason": text,
            "debug_message": None,
            "details": {"param": error.param} if isinstance(error, InvalidParameter) else {},
        },
    )
