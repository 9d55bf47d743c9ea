"""A mind that thinks what a test says, as slowly as it says."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from tests.sessions.converse.scene import an_agent
from vivavoce.engines.minds.base import (
    Calls,
    Prompt,
    Role,
    Seat,
    Thought,
    ToolCall,
    Words,
)
from vivavoce.sessions.converse.plan import CalledAgent

LLM = {"llm": ""}
"""The prompt of an agent that thinks with what the server has."""

Step = Thought | str | float | Exception


class Thinker:
    """`Mind`: for each prompt the next of `answers`, and the last one ever after.

    Of an answer's steps, a text is words, a number seconds to wait, an exception what goes wrong.
    `prompts` and `prepared` keep what it was asked and what it was to read. Entering its seat takes
    `seat_delay_s`, and fails if there is a `seat_failure`.
    """

    name = "thinker"

    def __init__(
        self,
        *answers: Sequence[Step],
        seat_delay_s: float = 0.0,
        seat_failure: Exception | None = None,
    ) -> None:
        self.prompts: list[Prompt] = []
        self.prepared: list[Prompt] = []
        self.seats = 0
        self._answers = answers or (("Yes.",),)
        self._seat_delay_s = seat_delay_s
        self._seat_failure = seat_failure

    @asynccontextmanager
    async def seat(self) -> AsyncIterator[Seat]:
        """Counts in `seats` while it is taken."""
        await asyncio.sleep(self._seat_delay_s)
        if self._seat_failure is not None:
            raise self._seat_failure
        self.seats += 1
        try:
            yield self
        finally:
            self.seats -= 1

    async def think(self, prompt: Prompt) -> AsyncGenerator[Thought, None]:
        """See `Seat`."""
        steps = self._answers[min(len(self.prompts), len(self._answers) - 1)]
        self.prompts.append(prompt)
        for step in steps:
            if isinstance(step, Exception):
                raise step
            if isinstance(step, float | int):
                await asyncio.sleep(step)
            else:
                yield Words(step) if isinstance(step, str) else step

    async def prepare(self, prompt: Prompt) -> None:
        """See `Seat`."""
        self.prepared.append(prompt)

    @property
    def last_words(self) -> list[str]:
        """What it was asked, each time."""
        return [prompt.messages[-1].text for prompt in self.prompts]

    @property
    def system(self) -> str:
        """What it was told of itself, the last time."""
        first = self.prompts[-1].messages[0]
        return first.text if first.role is Role.SYSTEM else ""


def calls(name: str, arguments: str = "{}", *, call_id: str = "c1") -> Calls:
    """One call of a tool."""
    return Calls((ToolCall(call_id, name, arguments),))


def system_tool(kind: str, **params: object) -> dict[str, object]:
    """One of the server's own."""
    return {
        "type": "system",
        "name": kind,
        "description": "",
        "params": {"system_tool_type": kind, **params},
    }


def an_agent_with(*tools: dict[str, object], text_only: bool = True, **more: Any) -> CalledAgent:
    """An agent that has these tools, and answers in writing unless it is told otherwise."""
    return an_agent(
        prompt={**LLM, "tools": list(tools)}, conversation={"text_only": text_only}, **more
    )
