"""What has been said in a conversation: what a new one is told when the server has lost it."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Final

from vivavoce.clients.events import (
    AgentResponse,
    AgentResponseCorrection,
    AgentSpeech,
    ConversationEvent,
    UserTranscript,
)

_TURNS: Final = 200
_MOST_CHARACTERS: Final = 6_000
"""About 1,500 tokens, of which a small model has room for beside its prompt."""
_FIRST_ID: Final = 1
"""A turn that is answered has an id, too: what the agent says with the first one is a greeting."""
_PREFACE: Final = (
    "The connection was lost, and this goes on with a conversation that has begun. "
    "Do not greet again. What has been said so far:"
)


@dataclass
class _Turn:
    speaker: str
    text: str
    event_id: int = 0
    was_written: bool = False


class CallMemory:
    """Both sides' turns, the last of them in full. Pure; `heed` takes every event in order."""

    def __init__(self) -> None:
        self._turns: deque[_Turn] = deque(maxlen=_TURNS)
        self._owed: list[_Turn] = []
        self._arrived_id = 0
        self._arrived: list[str] = []
        self._has_spoken = False

    @property
    def has_spoken(self) -> bool:
        """Whether anything of the agent's has come, so that it has greeted."""
        return self._has_spoken

    def wrote(self, text: str) -> None:
        """The caller has sent a turn of text."""
        self._owed.append(_Turn("User", text, was_written=True))

    def heed(self, event: ConversationEvent) -> None:
        """Remembers what is said in it."""
        match event:
            case UserTranscript(text, True) if not self._is_echo(text):
                self._owed.append(_Turn("User", text))
            case AgentResponse(text, event_id):
                self._answered(text, event_id)
            case AgentResponseCorrection(_, corrected, event_id):
                self._correct(event_id, corrected)
            case AgentSpeech(_, alignment, event_id):
                self._has_spoken = True
                if event_id != self._arrived_id:
                    self._arrived_id, self._arrived = event_id, []
                self._arrived += alignment.chars if alignment else ()

    def so_far(self) -> str | None:
        """For the new conversation's `contextual_update`: the end of it, None before anything.

        What of the last answer's sound has not come has not been said.
        """
        lines: list[str] = []
        room = _MOST_CHARACTERS
        for turn in reversed(self._turns):
            said = self._said(turn)
            line = f"{turn.speaker}: {said}"
            room -= len(line)
            if room < 0:
                break
            if said:
                lines.append(line)
        return "\n".join([_PREFACE, *reversed(lines)]) if lines else None

    def unanswered(self) -> str | None:
        """What the caller has said since the agent last answered, None if there is nothing."""
        return " ".join(turn.text for turn in self._owed) or None

    def restart(self) -> None:
        """A new conversation has begun, whose event ids begin anew."""
        for turn in self._turns:
            turn.text, turn.event_id = self._said(turn), 0
        self._arrived_id, self._arrived = 0, []
        # They are sent again as text, which the server may repeat.
        for turn in self._owed:
            turn.was_written = True

    def _said(self, turn: _Turn) -> str:
        is_last = turn.event_id and turn.event_id == self._arrived_id
        arrived = "".join(self._arrived).strip() if is_last else ""
        return arrived if 0 < len(arrived) < len(turn.text) else turn.text

    def _answered(self, text: str, event_id: int) -> None:
        self._has_spoken = True
        if event_id != _FIRST_ID:
            self._turns.extend(self._owed)
            self._owed.clear()
        self._turns.append(_Turn("Agent", text, event_id))

    def _is_echo(self, text: str) -> bool:
        """Whether it is a written turn that the server repeats, or several."""
        return text in " ".join(turn.text for turn in self._owed if turn.was_written)

    def _correct(self, event_id: int, corrected: str) -> None:
        for turn in reversed(self._turns):
            if turn.speaker == "Agent" and turn.event_id == event_id:
                turn.text = corrected
                return
        # Interrupted before its text was complete.
        if corrected:
            self._answered(corrected, event_id)
