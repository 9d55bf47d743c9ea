"""A voice server for your own machine, and clients for it that outlive a bad network.

from vivavoce import RealtimeTTS

with RealtimeTTS() as tts:
    for chunk in tts.stream("Hello, this is a real-time test."):
        play(chunk.audio)

Names are loaded when they are first used: the server's modules load no client.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from vivavoce.clients.async_context import AsyncSpeechContext
    from vivavoce.clients.async_conversation import AsyncVoiceConversation
    from vivavoce.clients.async_speech import AsyncRealtimeTTS
    from vivavoce.clients.async_transcription import AsyncTranscriber
    from vivavoce.clients.audio_buffer import AudioBuffer
    from vivavoce.clients.backoff import BackoffLaw
    from vivavoce.clients.connection import Connection
    from vivavoce.clients.conversation import VoiceConversation
    from vivavoce.clients.devices import DeviceFailed, Loudspeaker, Microphone
    from vivavoce.clients.events import (
        AgentResponse,
        AgentResponseCorrection,
        AgentSpeech,
        AgentTextPart,
        ConversationFailed,
        ConversationStarted,
        Interruption,
        SessionLost,
        SpeechAlignment,
        ToolAnswered,
        ToolCalled,
        Unknown,
        UserTranscript,
        VadScore,
    )
    from vivavoce.clients.failures import CannotConnect, ConnectionOver, Failure
    from vivavoce.clients.jitter_buffer import JitterBuffer, JitterStatistics
    from vivavoce.clients.options import ConnectionOptions
    from vivavoce.clients.speech import RealtimeTTS
    from vivavoce.clients.speech_chunk import SpeechChunk, SpeechFailed
    from vivavoce.clients.speech_context import SpeechContext
    from vivavoce.clients.states import ConnectionState, Restarted, StateChange
    from vivavoce.clients.tools import Tools
    from vivavoce.clients.transcription import Transcriber
    from vivavoce.clients.transcripts import (
        CommittedTranscript,
        PartialTranscript,
        TranscribedWord,
        TranscriptionFailed,
        TranscriptionStarted,
    )
    from vivavoce.errors import VivavoceError

__all__ = [
    "AgentResponse",
    "AgentResponseCorrection",
    "AgentSpeech",
    "AgentTextPart",
    "AsyncRealtimeTTS",
    "AsyncSpeechContext",
    "AsyncTranscriber",
    "AsyncVoiceConversation",
    "AudioBuffer",
    "BackoffLaw",
    "CannotConnect",
    "CommittedTranscript",
    "Connection",
    "ConnectionOptions",
    "ConnectionOver",
    "ConnectionState",
    "ConversationFailed",
    "ConversationStarted",
    "DeviceFailed",
    "Failure",
    "Interruption",
    "JitterBuffer",
    "JitterStatistics",
    "Loudspeaker",
    "Microphone",
    "PartialTranscript",
    "RealtimeTTS",
    "Restarted",
    "SessionLost",
    "SpeechAlignment",
    "SpeechChunk",
    "SpeechContext",
    "SpeechFailed",
    "StateChange",
    "ToolAnswered",
    "ToolCalled",
    "Tools",
    "TranscribedWord",
    "Transcriber",
    "TranscriptionFailed",
    "TranscriptionStarted",
    "Unknown",
    "UserTranscript",
    "VadScore",
    "VivavoceError",
    "VoiceConversation",
]

_HOMES: Final = {
    "clients.async_context": ("AsyncSpeechContext",),
    "clients.async_conversation": ("AsyncVoiceConversation",),
    "clients.async_speech": ("AsyncRealtimeTTS",),
    "clients.async_transcription": ("AsyncTranscriber",),
    "clients.audio_buffer": ("AudioBuffer",),
    "clients.backoff": ("BackoffLaw",),
    "clients.connection": ("Connection",),
    "clients.conversation": ("VoiceConversation",),
    "clients.devices": ("DeviceFailed", "Loudspeaker", "Microphone"),
    "clients.events": (
        "AgentResponse",
        "AgentResponseCorrection",
        "AgentSpeech",
        "AgentTextPart",
        "ConversationFailed",
        "ConversationStarted",
        "Interruption",
        "SessionLost",
        "SpeechAlignment",
        "ToolAnswered",
        "ToolCalled",
        "Unknown",
        "UserTranscript",
        "VadScore",
    ),
    "clients.failures": ("CannotConnect", "ConnectionOver", "Failure"),
    "clients.jitter_buffer": ("JitterBuffer", "JitterStatistics"),
    "clients.options": ("ConnectionOptions",),
    "clients.speech": ("RealtimeTTS",),
    "clients.speech_chunk": ("SpeechChunk", "SpeechFailed"),
    "clients.speech_context": ("SpeechContext",),
    "clients.states": ("ConnectionState", "Restarted", "StateChange"),
    "clients.tools": ("Tools",),
    "clients.transcription": ("Transcriber",),
    "clients.transcripts": (
        "CommittedTranscript",
        "PartialTranscript",
        "TranscribedWord",
        "TranscriptionFailed",
        "TranscriptionStarted",
    ),
    "errors": ("VivavoceError",),
}


def __getattr__(name: str) -> object:
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{home}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
