"""What a server says in a call, and the other end of it, for tests of the client's side."""

from __future__ import annotations

import base64
from typing import Literal

SAMPLES_A_MS = 16


def begun(output: str = "pcm_16000", wanted: str = "pcm_16000") -> dict[str, object]:
    return {
        "type": "conversation_initiation_metadata",
        "conversation_initiation_metadata_event": {
            "conversation_id": "conv_1",
            "agent_output_audio_format": output,
            "user_input_audio_format": wanted,
        },
    }


def sound(text: str, event_id: int, *, ms: int = 100) -> dict[str, object]:
    """Loud sound, over which `text` is spread."""
    pcm = b"\x10\x27" * (SAMPLES_A_MS * ms)
    starts = [place * ms / len(text) for place in range(len(text))]
    return {
        "type": "audio",
        "audio_event": {
            "audio_base_64": base64.b64encode(pcm).decode(),
            "event_id": event_id,
            "alignment": {
                "chars": list(text),
                "char_start_times_ms": starts,
                "char_durations_ms": [1.0] * len(text),
            },
        },
    }


def response(text: str, event_id: int) -> dict[str, object]:
    return {
        "type": "agent_response",
        "agent_response_event": {"agent_response": text, "event_id": event_id},
    }


def part(text: str, kind: str = "delta") -> dict[str, object]:
    return {
        "type": "agent_chat_response_part",
        "text_response_part": {"text": text, "type": kind, "event_id": 1},
    }


def transcript(text: str) -> dict[str, object]:
    event = {"user_transcript": text, "event_id": 2}
    return {"type": "user_transcript", "user_transcription_event": event}


def tentative(text: str) -> dict[str, object]:
    event = {"user_transcript": text, "event_id": 2}
    return {"type": "tentative_user_transcript", "tentative_user_transcription_event": event}


def interruption(event_id: int) -> dict[str, object]:
    return {"type": "interruption", "interruption_event": {"event_id": event_id}}


def correction(original: str, heard: str, event_id: int) -> dict[str, object]:
    return {
        "type": "agent_response_correction",
        "agent_response_correction_event": {
            "original_agent_response": original,
            "corrected_agent_response": heard,
            "event_id": event_id,
        },
    }


def error(code: int, error_type: str, message: str) -> dict[str, object]:
    event = {"code": code, "error_type": error_type, "message": message}
    return {"type": "error", "error_event": event}


class KeptCallLines:
    """`CallLines` that keeps what is shown; what passes is in brackets."""

    def __init__(self) -> None:
        self.shown: list[str] = []
        self.passed: list[str] = []
        self.asides: list[str] = []
        self.notes: list[str] = []

    def passing(self, side: Literal["you", "agent"], text: str) -> None:
        """See `CallLines.passing`."""
        if text:
            self.passed.append(f"{side}: {text}")

    def said(self, side: Literal["you", "agent"], text: str, *, unsaid: str = "") -> None:
        """See `CallLines.said`."""
        self.shown.append(f"{side}: {text}" + (f" [{unsaid.strip()}]" if unsaid else ""))

    def aside(self, text: str) -> None:
        """See `CallLines.aside`."""
        self.asides.append(text)

    def note(self, text: str) -> None:
        """See `CallLines.note`."""
        self.notes.append(text)
