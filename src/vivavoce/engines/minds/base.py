"""What every mind looks like from the rooms to its left: messages in, words and tool calls out."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager
from typing import Protocol

import msgspec

from vivavoce.core.chat import Message as Message
from vivavoce.core.chat import Role as Role
from vivavoce.core.chat import ToolCall as ToolCall


class ToolSpec(msgspec.Struct, frozen=True):
    """A tool that a mind may call; `parameters` is a JSON Schema of an object."""

    name: str
    description: str
    parameters: dict[str, object]


class Prompt(msgspec.Struct, frozen=True):
    """What a mind is to answer: the system's message first, the newest one last.

    `extra_body` is merged into the request of minds that are asked by HTTP.
    """

    messages: tuple[Message, ...]
    tools: tuple[ToolSpec, ...] = ()
    temperature: float | None = None
    max_tokens: int | None = None
    extra_body: dict[str, object] = {}


class Words(msgspec.Struct, frozen=True):
    """The next piece of the answer; all of them joined, spaces included, are its text."""

    text: str


class Calls(msgspec.Struct, frozen=True):
    """Tools that the mind wants to be run before it says more; the last event of an answer."""

    calls: tuple[ToolCall, ...]


class Usage(msgspec.Struct, frozen=True):
    """How much of the model's context the answer took, in tokens; `limit` is None if unknown."""

    model: str
    tokens: int
    limit: int | None = None


Thought = Words | Calls | Usage


class Seat(Protocol):
    """One conversation's place at a mind; it thinks about one prompt at a time."""

    def think(self, prompt: Prompt) -> AsyncGenerator[Thought, None]:
        """The answer as it is made; closing the generator stops the work within a token.

        Raises MindFailed, MindTimeout or MindMissing.
        """

    async def prepare(self, prompt: Prompt) -> None:
        """The next prompt will begin like this one: a mind that gains by it reads it now.

        Never raises for what the mind lacks; a `think` that comes meanwhile goes first.
        """


class Mind(Protocol):
    """A language model, or what stands in for one."""

    @property
    def name(self) -> str:
        """As logs and `context_usage` have it."""

    def seat(self) -> AbstractAsyncContextManager[Seat]:
        """A seat for one conversation. Entering raises MindMissing or MindFailed."""
