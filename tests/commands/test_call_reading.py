from __future__ import annotations

import pytest

from tests.commands.call_frames_said import KeptCallLines, begun, error
from tests.commands.scripted_line import ScriptedLine
from vivavoce.commands.call_reading import read_call
from vivavoce.commands.failures import CommandFailed
from vivavoce.commands.heard_call import HeardCall
from vivavoce.commands.line import LineClosed

Said = dict[str, object] | LineClosed

BYE = LineClosed(1000, "end_call")


async def read(*said: Said) -> tuple[str, list[dict[str, object]]]:
    line = ScriptedLine(*((0, one) for one in said))
    reason = await read_call(line, HeardCall(KeptCallLines()))
    return reason, line.heard


async def test_an_agent_that_hangs_up_says_why() -> None:
    assert await read(begun(), BYE) == ("end_call", [])


async def test_pings_are_answered_by_their_ids() -> None:
    ping: Said = {"type": "ping", "ping_event": {"event_id": 7, "ping_ms": None}}
    _, heard = await read(begun(), ping, BYE)
    assert heard == [{"type": "pong", "event_id": 7}]


async def test_a_tool_of_the_client_is_answered_with_an_error() -> None:
    call: Said = {
        "type": "client_tool_call",
        "client_tool_call": {"tool_name": "lamp", "tool_call_id": "c1", "parameters": {}},
    }
    _, heard = await read(begun(), call, BYE)
    [answer] = heard
    assert "lamp" in str(answer.pop("result"))
    assert answer == {"type": "client_tool_result", "tool_call_id": "c1", "is_error": True}


async def test_messages_that_nobody_knows_change_nothing() -> None:
    unknown: Said = {"type": "weather", "weather_event": {"rain": True}}
    assert await read(begun(), unknown, {}, BYE) == ("end_call", [])


async def test_a_call_that_has_lasted_long_enough_ends_well() -> None:
    over = error(1000, "max_duration_exceeded", "The call has lasted long enough.")
    reason, _ = await read(begun(), over)
    assert reason == "The call has lasted long enough."


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (error(1008, "invalid_api_key", "No such key."), "invalid_api_key: No such key."),
        (LineClosed(1006, "the connection was lost"), r"hung up \(1006\): the connection was lost"),
        ({"type": 3}, "does not speak the protocol"),
    ],
)
async def test_what_a_server_has_against_it_is_told(said: Said, told: str) -> None:
    with pytest.raises(CommandFailed, match=told):
        await read(begun(), said)
