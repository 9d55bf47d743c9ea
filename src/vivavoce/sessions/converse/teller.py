"""Tells the client what the agent says and does, as it thinks of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from vivavoce.core.call_record import ToolCallRecord, ToolResultRecord
from vivavoce.core.history import History
from vivavoce.engines.minds.base import Message, Role, ToolCall, Usage
from vivavoce.sessions.converse.call_log import CallLog
from vivavoce.sessions.converse.dialect import CallDialect
from vivavoce.sessions.converse.event_ids import EventIds
from vivavoce.sessions.converse.outcomes import (
    ChangeLanguage,
    Effect,
    EndCall,
    ToolOutcome,
    TransferToAgent,
    Voicemail,
)
from vivavoce.sessions.converse.reply import Reply, Round
from vivavoce.sessions.converse.role import AgentRole
from vivavoce.wire import conversation_events as events

Send = Callable[[str | None], Awaitable[None]]


class Teller:
    """`ReplyListener` of a call.

    `effect` is what is to happen once the answer has been heard, `last_word` the frame that tells
    of it then: some clients hang up when they read it.
    """

    def __init__(
        self,
        send: Send,
        *,
        dialect: CallDialect,
        ids: EventIds,
        history: History,
        log: CallLog,
        role: Callable[[], AgentRole],
        change_language: Callable[[str], None],
        on_begun: Callable[[], None],
        on_thought: Callable[[Reply], None],
    ) -> None:
        """`on_begun` hears of the first words of an answer."""
        self.effect: Effect | None = None
        self.last_word: str | None = None
        self._send = send
        self._dialect = dialect
        self._ids = ids
        self._history = history
        self._log = log
        self._role = role
        self._change_language = change_language
        self._on_begun = on_begun
        self._on_thought = on_thought
        self._begun_part = 0

    def take_effect(self) -> tuple[Effect | None, str | None]:
        """What is to happen now that the answer has been heard, and what to tell of it."""
        taken = self.effect, self.last_word
        self.effect = self.last_word = None
        return taken

    async def on_words(self, reply: Reply, text: str) -> None:
        """See `ReplyListener`."""
        if self._begun_part != reply.event_id:
            self._begun_part = reply.event_id
            self._on_begun()
            await self._send(self._dialect.part("start", "", reply.event_id))
        await self._send(self._dialect.part("delta", text, reply.event_id))

    async def on_round(self, reply: Reply, finished: Round) -> None:
        """See `ReplyListener`."""
        if self._begun_part == finished.event_id:
            await self._send(self._dialect.part("stop", "", finished.event_id))
        text = finished.text.strip()
        frame = events.tentative_agent_response(text)
        await self._send(self._dialect.other("internal_tentative_agent_response", frame))
        await self._send(self._dialect.agent_response(text, finished.event_id))

    async def on_usage(self, reply: Reply, usage: Usage) -> None:
        """See `ReplyListener`."""
        frame = events.context_usage(reply.event_id, usage.model, usage.tokens, usage.limit)
        await self._send(self._dialect.other("context_usage", frame))

    def on_thought(self, reply: Reply) -> None:
        """See `ReplyListener`."""
        self._on_thought(reply)

    def next_event_id(self) -> int:
        """See `ReplyListener`."""
        return self._ids.next()

    async def on_calls(self, reply: Reply, calls: Sequence[ToolCall]) -> Sequence[Message] | None:
        """See `ReplyListener`: runs the tools one after the other."""
        last = reply.rounds[-1]
        said = "" if last.is_remembered else last.text.strip()
        last.is_remembered = True
        self._history.agent(said)
        self._history.tool_calls(calls)
        messages = [Message(Role.ASSISTANT, said, tuple(calls))]
        for call in calls:
            outcome = await self._run(call, reply.event_id)
            self._history.tool_result(call.call_id, outcome.result)
            messages.append(
                Message(
                    Role.TOOL,
                    outcome.result,
                    tool_call_id=call.call_id,
                    is_error=outcome.is_error,
                )
            )
            self._note(call, outcome)
        if self.effect is None:
            return messages
        words = _words_of(self.effect)
        if words:
            await reply.interject(words)
        return None

    async def _run(self, call: ToolCall, event_id: int) -> ToolOutcome:
        belt = self._role().belt
        kind = belt.kind(call.name)
        frame = events.agent_tool_request(call.name, call.call_id, kind, event_id)
        await self._send(self._dialect.other("agent_tool_request", frame))
        outcome = await belt.run(call)
        await self._tell(outcome, event_id)
        return outcome

    async def _tell(self, outcome: ToolOutcome, event_id: int) -> None:
        name, call_id, kind = outcome.name, outcome.call_id, outcome.kind
        frame = events.agent_tool_response(name, call_id, kind, outcome.is_error, event_id)
        shown = self._dialect.other("agent_tool_response", frame)
        if isinstance(outcome.effect, ChangeLanguage):
            self._change_language(outcome.effect.code)
        elif outcome.effect is not None:
            self.effect = outcome.effect
            if isinstance(outcome.effect, EndCall | Voicemail):
                self.last_word, shown = shown, None
        await self._send(shown)
        full = events.agent_tool_response_full(
            name, call_id, kind, outcome.is_error, event_id, outcome.result
        )
        await self._send(self._dialect.other("agent_tool_response_full_payload", full))

    def _note(self, call: ToolCall, outcome: ToolOutcome) -> None:
        self._log.tools_ran(
            [ToolCallRecord(call.call_id, call.name, outcome.kind, call.arguments)],
            [
                ToolResultRecord(
                    call.call_id,
                    call.name,
                    outcome.kind,
                    outcome.result,
                    outcome.is_error,
                    outcome.latency_s,
                )
            ],
        )


def _words_of(effect: Effect) -> str:
    if isinstance(effect, EndCall | Voicemail | TransferToAgent):
        return effect.message or ""
    return ""
