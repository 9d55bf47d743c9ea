"""The events of a conversation out of the messages of its server."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from vivavoce.clients import frame_fields as fields
from vivavoce.clients.events import (
    AgentResponse,
    AgentResponseCorrection,
    AgentSpeech,
    AgentTextPart,
    ConversationEvent,
    ConversationFailed,
    ConversationStarted,
    Interruption,
    SpeechAlignment,
    ToolAnswered,
    ToolCalled,
    Unknown,
    UserTranscript,
    VadScore,
)
from vivavoce.clients.frame_fields import NotAsExpected

_Frame: TypeAlias = Mapping[str, object]


def read_event(frame: _Frame) -> ConversationEvent:
    """One decoded message; `Unknown` for a type that is not known, or not as it should be."""
    kind = frame.get("type")
    read = _READERS.get(kind) if isinstance(kind, str) else None
    if read is not None:
        try:
            return read(frame)
        except (NotAsExpected, binascii.Error):
            pass
    return Unknown(str(kind), frame)


def _started(frame: _Frame) -> ConversationStarted:
    told = fields.part(frame, "conversation_initiation_metadata_event")
    return ConversationStarted(
        fields.text(told, "conversation_id"),
        fields.text(told, "agent_output_audio_format"),
        fields.text(told, "user_input_audio_format", "pcm_16000"),
    )


def _speech(frame: _Frame) -> AgentSpeech:
    told = fields.part(frame, "audio_event")
    audio = base64.b64decode(fields.text(told, "audio_base_64"), validate=True)
    times = fields.part_or_nothing(told, "alignment")
    alignment = None
    if times:
        alignment = SpeechAlignment(
            fields.texts(times, "chars"),
            fields.numbers(times, "char_start_times_ms"),
            fields.numbers(times, "char_durations_ms"),
        )
    return AgentSpeech(audio, alignment, fields.whole(told, "event_id"))


def _heard(frame: _Frame) -> UserTranscript:
    told = fields.part(frame, "user_transcription_event")
    return UserTranscript(fields.text(told, "user_transcript"), True, _event_id(told))


def _heard_so_far(frame: _Frame) -> UserTranscript:
    told = fields.part(frame, "tentative_user_transcription_event")
    return UserTranscript(fields.text(told, "user_transcript"), False, _event_id(told))


def _response(frame: _Frame) -> AgentResponse:
    told = fields.part(frame, "agent_response_event")
    return AgentResponse(fields.text(told, "agent_response"), _event_id(told))


def _correction(frame: _Frame) -> AgentResponseCorrection:
    told = fields.part(frame, "agent_response_correction_event")
    return AgentResponseCorrection(
        fields.text(told, "original_agent_response"),
        fields.text(told, "corrected_agent_response"),
        _event_id(told),
    )


def _text_part(frame: _Frame) -> AgentTextPart:
    told = fields.part(frame, "text_response_part")
    return AgentTextPart(fields.text(told, "text", ""), fields.text(told, "type"), _event_id(told))


def _interruption(frame: _Frame) -> Interruption:
    return Interruption(fields.whole(fields.part(frame, "interruption_event"), "event_id"))


def _tool_called(frame: _Frame) -> ToolCalled:
    told = fields.part(frame, "client_tool_call")
    return ToolCalled(
        fields.text(told, "tool_name"),
        fields.text(told, "tool_call_id"),
        fields.part_or_nothing(told, "parameters"),
        _event_id(told),
    )


def _tool_answered(frame: _Frame) -> ToolAnswered:
    told = fields.part(frame, "agent_tool_response")
    return ToolAnswered(
        fields.text(told, "tool_name"),
        fields.text(told, "tool_call_id"),
        fields.text(told, "tool_type", ""),
        told.get("is_error") is True,
        _event_id(told),
    )


def _vad_score(frame: _Frame) -> VadScore:
    return VadScore(fields.number(fields.part(frame, "vad_score_event"), "vad_score"))


def _failed(frame: _Frame) -> ConversationFailed:
    told = fields.part(frame, "error_event")
    return ConversationFailed(
        fields.whole(told, "code", 1011),
        fields.text(told, "message", ""),
        fields.text(told, "error_type", ""),
    )


def _event_id(told: _Frame) -> int:
    return fields.whole(told, "event_id", 0)


_READERS: Final[Mapping[str, Callable[[_Frame], ConversationEvent]]] = {
    "conversation_initiation_metadata": _started,
    "audio": _speech,
    "user_transcript": _heard,
    "tentative_user_transcript": _heard_so_far,
    "agent_response": _response,
    "agent_response_correction": _correction,
    "agent_chat_response_part": _text_part,
    "interruption": _interruption,
    "client_tool_call": _tool_called,
    "agent_tool_response": _tool_answered,
    "vad_score": _vad_score,
    "error": _failed,
}
