"""The messages that a conversation with a language model is made of."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Role(StrEnum):
    """Who says a message; the values are those of the OpenAI chat wire."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"
    TOOL = "tool"


class ToolCall(msgspec.Struct, frozen=True):
    """A tool that the mind wants to be run.

    `arguments` is the text of a JSON object, unless the model wrote something else.
    """

    call_id: str
    name: str
    arguments: str = "{}"


class Message(msgspec.Struct, frozen=True):
    """One message of a conversation.

    `tool_calls` are those that an assistant's message made, `tool_call_id` the one that a tool's
    message answers, and `is_error` that what it asked for failed.
    """

    role: Role
    text: str
    tool_calls: tuple[ToolCall, ...] = ()
    tool_call_id: str = ""
    is_error: bool = False
