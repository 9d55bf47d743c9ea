"""What a client says in a call, given to whom it is for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import structlog

from vivavoce.core.history import History
from vivavoce.sessions.converse.call_log import CallLog
from vivavoce.sessions.converse.client_line import ClientAnswer
from vivavoce.sessions.converse.conductor import Conductor
from vivavoce.sessions.converse.headset import Headset
from vivavoce.sessions.converse.heartbeat import Heartbeat
from vivavoce.sessions.converse.socket_line import SocketLine
from vivavoce.wire.conversation import (
    ContextualUpdate,
    ConversationMessage,
    Feedback,
    FlatAudio,
    McpApproval,
    Pong,
    ToolResult,
    UserActivity,
    UserAudio,
    UserText,
)

_FILE_SENT: Final = "(The caller has sent a file.)"

_log = structlog.get_logger(__name__)


class Incoming:
    """Takes one message after the other."""

    def __init__(
        self,
        conductor: Conductor,
        headset: Headset,
        *,
        line: SocketLine,
        history: History,
        log: CallLog,
        heartbeat: Heartbeat,
        clock: Callable[[], float],
    ) -> None:
        self._conductor = conductor
        self._headset = headset
        self._line = line
        self._history = history
        self._log = log
        self._heartbeat = heartbeat
        self._clock = clock

    async def take(self, message: ConversationMessage) -> None:
        """The next one."""
        match message:
            case UserAudio(pcm) | FlatAudio(pcm):
                await self._headset.hear(pcm)
            case UserText():
                text = message.text or (_FILE_SENT if message.file_ids else "")
                if text:
                    await self._conductor.take_text(text)
            case UserActivity():
                self._conductor.take_activity()
            case ContextualUpdate(text, context_id):
                self._history.context(text, context_id)
            case Feedback(event_id, score):
                self._log.feedback(event_id, score)
            case ToolResult(call_id, result, is_error):
                self._line.answered(call_id, ClientAnswer(result, is_error))
            case McpApproval(call_id, is_approved):
                self._line.approved(call_id, is_approved)
            case Pong(event_id):
                self._heartbeat.answered(event_id, self._clock())
            case _:
                _log.debug("message without effect", kind=type(message).__name__)
