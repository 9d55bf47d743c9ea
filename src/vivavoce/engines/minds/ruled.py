"""Rules in front of a model: what must be certain, such as a tool, does not depend on it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager

from vivavoce.engines.minds.base import Mind, Prompt, Seat, Thought
from vivavoce.engines.minds.rule_answers import RuleAnswers
from vivavoce.wire.rules import Rule


class RuledMind:
    """Answers by rules, and where none matches by `inner`.

    So tools can be called for the small embedded model, which cannot call any. A result for which
    the rule has no words is given to `inner`.
    """

    def __init__(self, rules: Sequence[Rule], inner: Mind) -> None:
        self._rules = tuple(rules)
        self._inner = inner

    @property
    def name(self) -> str:
        """The model's."""
        return self._inner.name

    @asynccontextmanager
    async def seat(self) -> AsyncIterator[Seat]:
        """A seat at `inner`, too."""
        async with self._inner.seat() as seat:
            yield _RuledSeat(RuleAnswers(self._rules), seat)


class _RuledSeat:
    def __init__(self, answers: RuleAnswers, inner: Seat) -> None:
        self._answers = answers
        self._inner = inner

    async def think(self, prompt: Prompt) -> AsyncGenerator[Thought, None]:
        by_rule = self._answers.answer(prompt)
        if by_rule is not None:
            for thought in by_rule:
                yield thought
            return
        async with aclosing(self._inner.think(prompt)) as thinking:
            async for thought in thinking:
                yield thought

    async def prepare(self, prompt: Prompt) -> None:
        await self._inner.prepare(prompt)
