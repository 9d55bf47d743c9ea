"""What a conversation's client does about each message of the server's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from vivavoce.clients.call_memory import CallMemory
from vivavoce.clients.events import (
    AgentResponse,
    AgentSpeech,
    ConversationEvent,
    ConversationStarted,
    Interruption,
    SessionLost,
    ToolCalled,
    read_event,
)
from vivavoce.clients.frame_fields import part_or_nothing


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


class CallCore:
    """The messages of one conversation, in order. Pure."""

    def __init__(self) -> None:
        self.memory = CallMemory()
        self.started: ConversationStarted | None = None
        self.session = 0
        """Counts the sessions that were lost: what is under way for an earlier one is void."""
        self.spoken_id = 0
        """The event id of the agent's last answer."""
        self._void_id = 0

    def feed(self, frame: Mapping[str, object]) -> list[Effect]:
        """One message. Speech that an interruption has made void has no effect."""
        if frame.get("type") == "ping":
            event_id = part_or_nothing(frame, "ping_event").get("event_id")
            return [Reply({"type": "pong", "event_id": event_id})]
        event = read_event(frame)
        if isinstance(event, AgentSpeech) and event.event_id <= self._void_id:
            return []
        self.memory.heed(event)
        effects: list[Effect] = [Tell(event)]
        match event:
            case ConversationStarted():
                self.started = event
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
        """The session is lost and another one begins, with event ids of its own."""
        self.memory.restart()
        self.session += 1
        self.spoken_id = self._void_id = 0
        return [Tell(SessionLost(reason))]
