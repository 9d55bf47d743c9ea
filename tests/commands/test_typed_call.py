from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.commands.call_frames_said import KeptCallLines, begun, error, part, response
from tests.commands.scripted_line import ScriptedLine
from vivavoce.commands.failures import CommandFailed
from vivavoce.commands.line import LineClosed
from vivavoce.commands.typed_call import hold_typed_call

NEVER = 99


async def texts(*said: str) -> AsyncIterator[str]:
    for text in said:
        yield text


async def never_ending() -> AsyncIterator[str]:
    yield "one"
    await asyncio.Event().wait()


async def hold(
    line: ScriptedLine,
    said: AsyncIterator[str],
    *,
    stop: asyncio.Event | None = None,
    in_turns: bool = True,
) -> tuple[str | None, KeptCallLines]:
    lines = KeptCallLines()
    async with asyncio.timeout(10):
        reason = await hold_typed_call(
            line,
            '{"type": "opening"}',
            said,
            lines=lines,
            stop=stop or asyncio.Event(),
            in_turns=in_turns,
        )
    return reason, lines


async def test_each_line_is_a_message_and_waits_for_the_answer_before() -> None:
    line = ScriptedLine(
        (1, begun()),
        (1, response("Hello!", 1)),
        (2, part("Par")),
        (2, part("is.")),
        (2, response("Paris.", 3)),
        (3, response("Rome.", 5)),
        (NEVER, begun()),
    )
    reason, lines = await hold(line, texts("France?", "Italy?"))
    assert reason is None
    assert [message["type"] for message in line.heard] == ["opening", *["user_message"] * 2]
    assert [message["text"] for message in line.heard[1:]] == ["France?", "Italy?"]
    assert lines.shown == [
        "agent: Hello!",
        "you: France?",
        "agent: Paris.",
        "you: Italy?",
        "agent: Rome.",
    ]
    assert lines.passed == ["agent: Par", "agent: Paris."]


async def test_each_answer_is_timed_and_the_greeting_is_not() -> None:
    line = ScriptedLine(
        (1, begun()), (1, response("Hello!", 1)), (2, response("Paris.", 3)), (NEVER, begun())
    )
    _, lines = await hold(line, texts("France?"))
    [aside] = lines.asides
    assert aside.startswith("first word ")


async def test_what_a_user_has_typed_is_not_shown_again_and_waits_for_nothing() -> None:
    line = ScriptedLine((1, begun()), (3, response("Both.", 3)), (NEVER, begun()))
    _, lines = await hold(line, texts("One?", "Two?"), in_turns=False)
    assert lines.shown == ["agent: Both."]


async def test_an_agent_that_hangs_up_ends_it() -> None:
    line = ScriptedLine((1, begun()), (2, response("Bye!", 1)), (2, LineClosed(1000, "bye")))
    reason, lines = await hold(line, never_ending())
    assert reason == "bye"
    assert lines.shown[-1] == "agent: Bye!"


async def test_a_wish_to_stop_ends_it() -> None:
    stop = asyncio.Event()
    stop.set()
    line = ScriptedLine((1, begun()), (NEVER, begun()))
    assert (await hold(line, never_ending(), stop=stop))[0] is None


async def test_what_a_server_has_against_it_is_told() -> None:
    line = ScriptedLine((1, error(1008, "invalid_api_key", "No.")))
    with pytest.raises(ExceptionGroup) as raised:
        await hold(line, never_ending())
    assert raised.group_contains(CommandFailed, match=r"invalid_api_key: No\.")
