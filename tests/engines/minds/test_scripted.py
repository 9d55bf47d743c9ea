"""Answers by rules alone."""

from __future__ import annotations

import msgspec

from tests.engines.minds.counting_mind import RULES, answer, user
from vivavoce.engines.minds.base import Calls, Message, Mind, Role, Words
from vivavoce.engines.minds.scripted import ScriptedMind


async def test_without_rules_it_says_what_it_heard() -> None:
    mind: Mind = ScriptedMind()
    async with mind.seat() as seat:
        assert await answer(seat, *user("Good {0} day")) == [Words("You said: Good {0} day")]
        assert await answer(seat, *user("...")) == [Words("Are you still there?")]
        assert await answer(seat, Message(Role.SYSTEM, "x")) == [Words("Are you still there?")]


async def test_otherwise_is_said_where_no_rule_matches() -> None:
    async with ScriptedMind(RULES, "Pardon?").seat() as seat:
        assert await answer(seat, *user("what")) == [Words("Pardon?")]
        assert await answer(seat, *user("...")) == [Words("Hello?")]


async def test_several_texts_are_said_in_turn_however_often_one_is_asked_for() -> None:
    async with ScriptedMind(RULES).seat() as seat:
        assert await answer(seat, *user("a joke")) == [Words("One.")]
        assert await answer(seat, *user("a joke")) == [Words("One.")]
        assert await answer(seat, *user("a joke", "what?", "a joke")) == [Words("Two.")]
        assert await answer(seat, *user("joke", "joke", "joke")) == [Words("One.")]


async def test_a_rule_with_a_tool_calls_it_and_tells_the_result() -> None:
    async with ScriptedMind(RULES).seat() as seat:
        asked = user("What's the time in Rome")
        words, calls = await answer(seat, *asked)
        assert words == Words("One moment.")
        assert isinstance(calls, Calls)
        (call,) = calls.calls
        assert msgspec.structs.astuple(call)[1:] == ("clock", '{"place": "Rome"}')
        done = (
            *asked,
            Message(Role.ASSISTANT, "One moment.", calls.calls),
            Message(Role.TOOL, "noon", tool_call_id=call.call_id),
        )
        assert await answer(seat, *done) == [Words("It is noon in Rome.")]


async def test_a_result_that_no_rule_has_words_for_is_told_as_it_is() -> None:
    async with ScriptedMind(RULES).seat() as seat:
        asked = user("the date")
        (calls,) = await answer(seat, *asked)
        assert isinstance(calls, Calls)
        call_id = calls.calls[0].call_id
        called = Message(Role.ASSISTANT, "", calls.calls)
        result = Message(Role.TOOL, "Monday", tool_call_id=call_id)
        assert await answer(seat, *asked, called, result) == [Words("Monday")]


async def test_each_call_of_a_seat_has_an_id_of_its_own() -> None:
    async with ScriptedMind(RULES).seat() as seat:
        answers = [await answer(seat, *user("date")) for _ in range(3)]
    calls = [one for found in answers for one in found if isinstance(one, Calls)]
    assert len({call.calls[0].call_id for call in calls}) == 3
