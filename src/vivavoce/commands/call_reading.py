"""What a server says in a call, for whoever plays and shows it."""

from __future__ import annotations

from typing import Protocol

from vivavoce.commands.call_frames import (
    AgentSound,
    AgentText,
    CallBegun,
    CallFrame,
    Correction,
    no_tool_message,
    pong_message,
    read_call_frame,
)
from vivavoce.commands.failures import CommandFailed
from vivavoce.commands.line import Line, LineClosed

_NORMAL = 1000


class CallListener(Protocol):
    """One end of a call."""

    def begins(self, call: CallBegun) -> None:
        """The first message."""

    def agent_sounds(self, sound: AgentSound) -> None:
        """The agent's next sound."""

    def agent_writes(self, text: str) -> None:
        """More of an answer in writing."""

    def agent_said(self, said: AgentText) -> None:
        """All that an answer says; it may sound for a while yet."""

    def agent_corrected(self, correction: Correction) -> None:
        """What was heard of an answer that has been interrupted."""

    def interrupted(self, event_id: int) -> None:
        """Sound up to that id is not to be heard any more."""

    def caller_says(self, text: str) -> None:
        """What is being said, as far as it is understood; the next call replaces it."""

    def caller_said(self, text: str) -> None:
        """What has been said."""


async def read_call(line: Line, listener: CallListener) -> str:
    """Until the agent hangs up; why it did. Answers pings, and tools that are not here.

    Raises CommandFailed with what the server says against the call.
    """
    while True:
        try:
            frame = read_call_frame(await line.receive())
            await _answer(line, frame)
        except LineClosed as closed:
            if closed.code == _NORMAL:
                return str(closed)
            raise CommandFailed(f"the server hung up ({closed.code}): {closed}") from closed
        if frame.error is not None:
            if frame.error.code == _NORMAL:
                return frame.error.message
            raise CommandFailed(f"{frame.error.error_type}: {frame.error.message}")
        tell(listener, frame)


async def _answer(line: Line, frame: CallFrame) -> None:
    if frame.ping is not None:
        await line.send(pong_message(frame.ping.event_id))
    if frame.tool is not None:
        await line.send(no_tool_message(frame.tool))


def tell(listener: CallListener, frame: CallFrame) -> None:
    """What the frame says, if it says anything to a listener."""
    if frame.sound is not None:
        listener.agent_sounds(frame.sound)
    elif frame.tentative is not None:
        listener.caller_says(frame.tentative.user_transcript)
    elif frame.caller is not None:
        listener.caller_said(frame.caller.user_transcript)
    elif frame.part is not None and frame.part.text:
        listener.agent_writes(frame.part.text)
    elif frame.text is not None:
        listener.agent_said(frame.text)
    elif frame.interruption is not None:
        listener.interrupted(frame.interruption.event_id)
    elif frame.correction is not None:
        listener.agent_corrected(frame.correction)
    elif frame.begun is not None:
        listener.begins(frame.begun)
