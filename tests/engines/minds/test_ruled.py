"""Rules in front of a model."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engines.minds.counting_mind import RULES, CountingMind, answer, user
from vivavoce.engines.minds.base import Message, Mind, Prompt, Role, ToolCall, Words
from vivavoce.engines.minds.ruled import RuledMind


@pytest.mark.parametrize("words", ["a joke", "..."])
async def test_a_rule_answers_before_the_model(words: str) -> None:
    inner = CountingMind()
    async with RuledMind(RULES, inner).seat() as seat:
        assert await answer(seat, *user(words)) != [Words("1."), Words("more")]
    assert inner.asked == 0


async def test_the_model_answers_what_no_rule_does() -> None:
    inner = CountingMind()
    mind: Mind = RuledMind(RULES, inner)
    async with mind.seat() as seat:
        assert await answer(seat, *user("what")) == [Words("1."), Words("more")]
        await seat.prepare(Prompt(user("what")))
    assert (inner.asked, inner.prepared, mind.name) == (1, 1, "counting")


async def test_a_result_without_words_of_a_rule_is_the_models_to_tell() -> None:
    inner = CountingMind()
    async with RuledMind(RULES, inner).seat() as seat:
        for rule_or_model in ("rule_1", "made_1"):
            call = ToolCall(rule_or_model, "calendar")
            called = Message(Role.ASSISTANT, "", (call,))
            result = Message(Role.TOOL, "Monday", tool_call_id=call.call_id)
            await answer(seat, *user("the date"), called, result)
    assert inner.asked == 2


async def test_closing_the_answer_closes_the_models() -> None:
    inner = CountingMind()
    async with RuledMind(RULES, inner).seat() as seat:
        thinking: Any = seat.think(Prompt(user("what")))
        assert await anext(thinking) == Words("1.")
        await thinking.aclose()
    assert inner.closed == 1
