"""What happens in a conversation, as its client is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias


@dataclass(frozen=True)
class ConversationStarted:
    """The agent is there. Formats are `pcm_<rate>` (16-bit little-endian mono) or `ulaw_8000`."""

    conversation_id: str
    agent_output_audio_format: str
    user_input_audio_format: str = "pcm_16000"


@dataclass(frozen=True)
class SpeechAlignment:
    """When each character begins and how long it sounds, in ms from the beginning of its piece."""

    chars: tuple[str, ...] = ()
    starts_ms: tuple[float, ...] = ()
    durations_ms: tuple[float, ...] = ()


@dataclass(frozen=True)
class AgentSpeech:
    """A piece of the agent's speech, in the format that `ConversationStarted` named."""

    audio: bytes = field(repr=False)
    alignment: SpeechAlignment | None
    event_id: int


@dataclass(frozen=True)
class UserTranscript:
    """What the agent heard; one that is not final is replaced by the next."""

    text: str
    is_final: bool
    event_id: int = 0


@dataclass(frozen=True)
class AgentResponse:
    """All that the agent says in its turn."""

    text: str
    event_id: int = 0


@dataclass(frozen=True)
class AgentResponseCorrection:
    """What was heard of an answer that was interrupted."""

    original: str
    corrected: str
    event_id: int = 0


@dataclass(frozen=True)
class AgentTextPart:
    """In a call in writing, the answer as it comes: `kind` is start, delta or stop."""

    text: str
    kind: str
    event_id: int = 0


@dataclass(frozen=True)
class Interruption:
    """The caller has barged in: speech of this id and of smaller ones is not played any more."""

    event_id: int


@dataclass(frozen=True)
class ToolCalled:
    """The agent calls a tool of this client, which runs if there is one of that name."""

    tool_name: str
    tool_call_id: str
    parameters: Mapping[str, object] = field(repr=False)
    event_id: int = 0


@dataclass(frozen=True)
class ToolAnswered:
    """A tool has run, here or at the server."""

    tool_name: str
    tool_call_id: str
    tool_type: str
    is_error: bool
    event_id: int = 0


@dataclass(frozen=True)
class VadScore:
    """How likely somebody is speaking, 0 to 1."""

    score: float


@dataclass(frozen=True)
class ConversationFailed:
    """The server ends the call; `code` is what it closes the socket with."""

    code: int
    message: str
    error_type: str = ""


@dataclass(frozen=True)
class SessionLost:
    """The server has forgotten this conversation; a new one follows unless `restart` is False."""

    reason: str


@dataclass(frozen=True)
class Unknown:
    """Any other message of the server's."""

    type: str
    raw: Mapping[str, object] = field(repr=False)


ConversationEvent: TypeAlias = (
    ConversationStarted
    | AgentSpeech
    | UserTranscript
    | AgentResponse
    | AgentResponseCorrection
    | AgentTextPart
    | Interruption
    | ToolCalled
    | ToolAnswered
    | VadScore
    | ConversationFailed
    | SessionLost
    | Unknown
)
