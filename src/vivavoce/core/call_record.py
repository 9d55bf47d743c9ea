"""What is kept of a conversation: who said what when, and how long each answer took."""

from __future__ import annotations

import msgspec


class Waterfall(msgspec.Struct, frozen=True, omit_defaults=True):
    """Milliseconds from the caller's last sound to each step of the agent's answer.

    None for a step there was none of. `first_audible` is when the listener hears the answer if it
    plays what it gets at once.
    """

    endpoint: float | None = None
    transcript: float | None = None
    first_token: float | None = None
    first_clause: float | None = None
    first_audio: float | None = None
    first_audible: float | None = None


class ToolCallRecord(msgspec.Struct, frozen=True):
    """A tool that was called; `parameters` is JSON text, `kind` client, webhook, system or mcp."""

    call_id: str
    name: str
    kind: str
    parameters: str


class ToolResultRecord(msgspec.Struct, frozen=True):
    """What became of it, after `latency_s`."""

    call_id: str
    name: str
    kind: str
    result: str
    is_error: bool
    latency_s: float


class TurnRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One side's turn: `role` is user or agent, `message` what was said.

    Of what an agent that was `interrupted` would have said, it is what was heard.
    `original_message` is what an interrupted agent would have said. `event_id` is the one that
    feedback names; `feedback` is like, dislike or None.
    """

    role: str
    message: str
    time_in_call_s: float
    event_id: int = 0
    interrupted: bool = False
    original_message: str | None = None
    tool_calls: tuple[ToolCallRecord, ...] = ()
    tool_results: tuple[ToolResultRecord, ...] = ()
    waterfall: Waterfall | None = None
    feedback: str | None = None


class CallRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One conversation.

    `status` is initiated, in-progress, processing, done or failed. `initiation` is JSON text of
    what the client began with, `config` JSON text of what may be shown of the configuration.
    Times are seconds since 1970.
    """

    conversation_id: str
    agent_id: str
    agent_name: str
    status: str
    started_at: float
    duration_s: float = 0.0
    user_id: str | None = None
    termination_reason: str = ""
    error_code: int | None = None
    error_reason: str = ""
    transcript: tuple[TurnRecord, ...] = ()
    initiation: str = "{}"
    config: str = "{}"
    has_user_audio: bool = False
    has_response_audio: bool = False
    rating: int | None = None
    comment: str = ""
