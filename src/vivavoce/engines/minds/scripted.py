"""A mind without a model: the same words get the same answer."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager

from vivavoce.engines.minds.base import Prompt, Seat, Thought, Words
from vivavoce.engines.minds.rule_answers import RuleAnswers, is_after_tool, last_words
from vivavoce.engines.minds.rules import fill_words, is_silence
from vivavoce.engines.minds.script import Script
from vivavoce.wire.rules import Rule

_STILL_THERE = "Are you still there?"


class ScriptedMind:
    """Answers by rules; where none matches it says `otherwise`, with `{0}` the caller's words.

    With no rules at all it says what it heard. A tool's result is said as it is, unless the rule
    that called the tool has words for it.
    """

    name = "script"

    def __init__(self, rules: Sequence[Rule] = (), otherwise: str = Script().otherwise) -> None:
        self._rules = tuple(rules)
        self._otherwise = otherwise

    @asynccontextmanager
    async def seat(self) -> AsyncIterator[Seat]:
        """Costs nothing."""
        yield _ScriptedSeat(RuleAnswers(self._rules), self._otherwise)


class _ScriptedSeat:
    def __init__(self, answers: RuleAnswers, otherwise: str) -> None:
        self._answers = answers
        self._otherwise = otherwise

    async def think(self, prompt: Prompt) -> AsyncGenerator[Thought, None]:
        for thought in self._answers.answer(prompt) or (Words(self._without_rule(prompt)),):
            yield thought

    async def prepare(self, prompt: Prompt) -> None:
        """There is nothing to read."""

    def _without_rule(self, prompt: Prompt) -> str:
        if is_after_tool(prompt):
            return prompt.messages[-1].text
        words = last_words(prompt)
        return _STILL_THERE if is_silence(words) else fill_words(self._otherwise, words)
