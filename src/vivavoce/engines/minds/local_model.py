"""What a worker process needs of a language model that it has in memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from vivavoce.engines.minds.base import Message


class ContextFull(Exception):
    """The prompt has `tokens` tokens, which is more than a slot's context."""

    def __init__(self, tokens: int) -> None:
        super().__init__(f"{tokens} tokens are more than the context holds")
        self.tokens = tokens


class ModelBroke(Exception):
    """The library could not do it; the text is for the log."""


Hear = Callable[[str], bool]
"""Takes the next piece of text, or "" when only the prompt has been read further; True stops."""


class LocalModel(Protocol):
    """A model with slots, each of which remembers what it has read last.

    Calls for different slots may run at once, each in a thread of its own. They return how many
    tokens the prompt and the answer have together, or have had when they were stopped. They raise
    ContextFull and ModelBroke.
    """

    def answer(
        self,
        slot: int,
        messages: Sequence[Message],
        *,
        most_tokens: int,
        temperature: float | None,
        hear: Hear,
    ) -> int:
        """Write the next message, which `hear` gets piece by piece."""

    def read(self, slot: int, messages: Sequence[Message], *, hear: Hear) -> int:
        """Read the messages, so that a prompt that begins with them is answered sooner."""
