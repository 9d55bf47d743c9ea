"""Prompts, and a mind that counts, for tests of minds in front of others."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager

from vivavoce.engines.minds.base import Message, Prompt, Role, Seat, Thought, Words
from vivavoce.wire.rules import Rule

RULES = (
    Rule(when="joke", say=("One.", "Two.")),
    Rule(when="(silence)", say="Hello?"),
    Rule(
        when="time in (.+)",
        say="One moment.",
        tool="clock",
        parameters={"place": "{1}"},
        then="It is {result} in {1}.",
    ),
    Rule(when="date", tool="calendar"),
)


def user(*texts: str) -> tuple[Message, ...]:
    """Turns of the caller, each answered but the last."""
    between = Message(Role.ASSISTANT, "Yes.")
    messages = [one for text in texts for one in (Message(Role.USER, text), between)]
    return (Message(Role.SYSTEM, "Be kind."), *messages[:-1])


async def answer(seat: Seat, *messages: Message) -> list[Thought]:
    async with aclosing(seat.think(Prompt(messages))) as thinking:
        return [thought async for thought in thinking]


class CountingMind:
    """Says how often it was asked; `prepared` and `closed` count, too."""

    name = "counting"

    def __init__(self) -> None:
        self.asked = self.prepared = self.closed = 0

    @asynccontextmanager
    async def seat(self) -> AsyncIterator[Seat]:
        yield self

    async def think(self, prompt: Prompt) -> AsyncGenerator[Thought, None]:
        self.asked += 1
        try:
            yield Words(f"{self.asked}.")
            yield Words("more")
        finally:
            self.closed += 1

    async def prepare(self, prompt: Prompt) -> None:
        self.prepared += 1
