"""What a conversation's client does about each message of the server's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Final, TypeAlias

from vivavoce.clients.call_memory import CallMemory
from vivavoce.clients.event_frames import read_event
from vivavoce.clients.events import (
    AgentResponse,
    AgentSpeech,
    ConversationEvent,
    ConversationFailed,
    ConversationStarted,
    Interruption,
    SessionLost,
    ToolCalled,
)
from vivavoce.clients.failures import Failure
from vivavoce.clients.frame_fields import part_or_nothing

_POLICY_VIOLATION: Final = 1008
# What was told to an agent and is told to the next one, should the session be lost.
_MOST_CONTEXTS: Final = 100


@dataclass(frozen=True)
class Tell:
    """The owner is told."""

    event: ConversationEvent


@dataclass(frozen=True)
class Begin:
    """The formats are known: sound may be sent."""

    conversation: ConversationStarted


@dataclass(frozen=True)
class Reply:
    """The server is."""

    message: Mapping[str, object]


@dataclass(frozen=True)
class Play:
    """The agent's speech, as it came, goes to the loudspeaker."""

    audio: bytes = field(repr=False)


@dataclass(frozen=True)
class FallSilent:
    """What waits to be played is dropped."""


@dataclass(frozen=True)
class RunTool:
    """The tool runs, and its result goes back to this session."""

    call: ToolCalled


Effect: TypeAlias = Tell | Begin | Reply | Play | FallSilent | RunTool


class Silence(Enum):
    """Whether the agent lets a call that goes on begin without its greeting."""

    NOT_ASKED_FOR = auto()
    ASKED_FOR = auto()
    GRANTED = auto()
    REFUSED = auto()


class CallCore:
    """The messages of one conversation, in order. Pure."""

    def __init__(self) -> None:
        self.memory = CallMemory()
        self.started: ConversationStarted | None = None
        self.session = 0
        """Counts the sessions that were lost: what is under way for an earlier one is void."""
        self.spoken_id = 0
        """The event id of the agent's last answer."""
        self.contexts: list[Mapping[str, object]] = []
        """What the agent was told by the way; of one id the newest."""
        self._void_id = 0
        self._silence = Silence.NOT_ASKED_FOR
        self._has_started = False

    def context(self, text: str, context_id: str | None) -> Mapping[str, object]:
        """The message that tells the agent something, now and in a session that goes on."""
        message = {"type": "contextual_update", "text": text}
        if context_id:
            message["context_id"] = context_id
            self.contexts = [one for one in self.contexts if one.get("context_id") != context_id]
        self.contexts = [*self.contexts, message][-_MOST_CONTEXTS:]
        return message

    def asks_for_silence(self) -> bool:
        """Whether a session that goes on is to begin without the agent's own greeting."""
        if not self.memory.has_spoken or self._silence is Silence.REFUSED:
            return False
        self._silence = Silence.ASKED_FOR
        return True

    def forgives(self, failure: Failure) -> bool:
        """Whether all that is refused is that silence; the next session does without."""
        is_refusal = failure.close_code == _POLICY_VIOLATION
        if is_refusal and self._silence is Silence.ASKED_FOR:
            self._silence = Silence.REFUSED
            return True
        return False

    def feed(self, frame: Mapping[str, object]) -> list[Effect]:
        """One message. Speech that an interruption has made void has no effect."""
        if frame.get("type") == "ping":
            event_id = part_or_nothing(frame, "ping_event").get("event_id")
            return [Reply({"type": "pong", "event_id": event_id})]
        event = read_event(frame)
        if self._is_refused_silence(event):
            return []
        if isinstance(event, AgentSpeech) and event.event_id <= self._void_id:
            return []
        self.memory.heed(event)
        effects: list[Effect] = [Tell(event)]
        match event:
            case ConversationStarted():
                self.started = event
                self._has_started = True
                if self._silence is Silence.ASKED_FOR:
                    self._silence = Silence.GRANTED
                effects.append(Begin(event))
            case AgentSpeech(audio, _, event_id):
                self.spoken_id = event_id
                effects.append(Play(audio))
            case AgentResponse(_, event_id):
                self.spoken_id = event_id
            case Interruption(event_id):
                self._void_id = max(self._void_id, event_id)
                effects.insert(0, FallSilent())
            case ToolCalled():
                effects.append(RunTool(event))
        return effects

    def restarted(self, reason: str) -> list[Effect]:
        """The session is lost and another one begins, with event ids of its own.

        One that had not begun is no loss.
        """
        self.memory.restart()
        self.session += 1
        self.spoken_id = self._void_id = 0
        is_loss, self._has_started = self._has_started, False
        return [Tell(SessionLost(reason))] if is_loss else []

    def _is_refused_silence(self, event: ConversationEvent) -> bool:
        may_be = self._silence in (Silence.ASKED_FOR, Silence.REFUSED)
        is_refusal = isinstance(event, ConversationFailed) and event.error_type == "override_error"
        return may_be and is_refusal
