from __future__ import annotations

import pytest

from vivavoce.clients.event_frames import read_event
from vivavoce.clients.events import (
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

ALIGNED = {
    "audio_base_64": "AAE=",
    "event_id": 4,
    "alignment": {"chars": ["a"], "char_start_times_ms": [0], "char_durations_ms": [20.5]},
}
CORRECTED = {
    "original_agent_response": "I am well.",
    "corrected_agent_response": "I am",
    "event_id": 4,
}
CALLED = {"tool_name": "t", "tool_call_id": "c1", "parameters": {"x": 1}, "event_id": 6}
ANSWERED = {"tool_name": "t", "tool_call_id": "c1", "tool_type": "client", "is_error": True}


@pytest.mark.parametrize(
    ("kind", "key", "told", "event"),
    [
        (
            "conversation_initiation_metadata",
            "conversation_initiation_metadata_event",
            {"conversation_id": "c", "agent_output_audio_format": "ulaw_8000"},
            ConversationStarted("c", "ulaw_8000", "pcm_16000"),
        ),
        (
            "audio",
            "audio_event",
            ALIGNED,
            AgentSpeech(b"\0\1", SpeechAlignment(("a",), (0.0,), (20.5,)), 4),
        ),
        (
            "tentative_user_transcript",
            "tentative_user_transcription_event",
            {"user_transcript": "Hel"},
            UserTranscript("Hel", False),
        ),
        (
            "agent_response_correction",
            "agent_response_correction_event",
            CORRECTED,
            AgentResponseCorrection("I am well.", "I am", 4),
        ),
        (
            "agent_chat_response_part",
            "text_response_part",
            {"type": "delta", "text": "a", "event_id": 2},
            AgentTextPart("a", "delta", 2),
        ),
        ("interruption", "interruption_event", {"event_id": 5}, Interruption(5)),
        ("client_tool_call", "client_tool_call", CALLED, ToolCalled("t", "c1", {"x": 1}, 6)),
        (
            "agent_tool_response",
            "agent_tool_response",
            ANSWERED,
            ToolAnswered("t", "c1", "client", True),
        ),
        ("vad_score", "vad_score_event", {"vad_score": 0.5}, VadScore(0.5)),
        ("error", "error_event", {"message": "No."}, ConversationFailed(1011, "No.")),
    ],
)
def test_a_message_is_read_as_its_event(
    kind: str, key: str, told: dict[str, object], event: ConversationEvent
) -> None:
    assert read_event({"type": kind, key: told}) == event


@pytest.mark.parametrize(
    "frame",
    [
        {"type": "brand_new", "x": 1},
        {"no": "type"},
        {"type": "audio"},
        {"type": "audio", "audio_event": {"audio_base_64": "not base64!", "event_id": 1}},
        {"type": "audio", "audio_event": {"audio_base_64": "AAE=", "event_id": "one"}},
        {"type": "interruption", "interruption_event": {"event_id": True}},
        {"type": "user_transcript", "user_transcription_event": {"user_transcript": None}},
    ],
)
def test_what_cannot_be_read_is_unknown_and_whole(frame: dict[str, object]) -> None:
    assert read_event(frame) == Unknown(str(frame.get("type")), frame)


def test_sound_is_not_shown_where_an_event_is_printed() -> None:
    assert "audio" not in repr(AgentSpeech(b"secret", None, 1))
