"""Questions to the client, and its answers."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from vivavoce.sessions.converse.client_line import ClientAnswer, McpCall, McpConnection
from vivavoce.sessions.converse.dialect import SdkDialect
from vivavoce.sessions.converse.event_ids import EventIds
from vivavoce.sessions.converse.socket_line import SocketLine

CALL = McpCall(
    service_id="s1",
    call_id="c1",
    tool_name="look",
    tool_description="Looks.",
    parameters={"at": 1},
    state="awaiting_approval",
    approval_timeout_s=300,
)


class Line:
    def __init__(self, *events: str) -> None:
        self.sent: list[dict[str, Any]] = []
        self.ids = EventIds()
        self.line = SocketLine(self._send, SdkDialect(events), self.ids)

    async def _send(self, frame: str | None) -> None:
        if frame is not None:
            self.sent.append(json.loads(frame))


async def test_a_tool_is_asked_for_and_its_answer_is_found_by_its_id() -> None:
    here = Line()
    here.ids.next()
    first = asyncio.create_task(here.line.call("a", "c1", {"x": 1}, wait=True))
    second = asyncio.create_task(here.line.call("b", "c2", {}, wait=True))
    await asyncio.sleep(0)
    here.line.answered("c2", ClientAnswer("two"))
    here.line.answered("c1", ClientAnswer("one", is_error=True))
    assert await first == ClientAnswer("one", is_error=True)
    assert await second == ClientAnswer("two")
    assert here.sent[0]["client_tool_call"] == {
        "tool_name": "a",
        "tool_call_id": "c1",
        "parameters": {"x": 1},
        "event_id": 1,
    }


async def test_without_waiting_there_is_no_answer() -> None:
    here = Line()
    assert await here.line.call("a", "c1", {}, wait=False) is None
    assert len(here.sent) == 1
    here.line.answered("c1", ClientAnswer("late"))


async def test_answers_that_nobody_waits_for_are_dropped() -> None:
    here = Line()
    here.line.answered("c1", ClientAnswer("early"))
    here.line.approved("c1", True)
    asking = asyncio.create_task(here.line.call("a", "c1", {}, wait=True))
    await asyncio.sleep(0)
    here.line.answered("c1", ClientAnswer("first"))
    here.line.answered("c1", ClientAnswer("second"))
    assert await asking == ClientAnswer("first")


async def test_a_question_that_is_given_up_is_forgotten() -> None:
    here = Line()
    asking = asyncio.create_task(here.line.call("a", "c1", {}, wait=True))
    await asyncio.sleep(0)
    asking.cancel()
    await asyncio.wait([asking])
    here.line.answered("c1", ClientAnswer("late"))
    again = asyncio.create_task(here.line.call("a", "c1", {}, wait=True))
    await asyncio.sleep(0)
    assert not again.done()
    here.line.answered("c1", ClientAnswer("now"))
    assert await again == ClientAnswer("now")


async def test_the_client_decides_about_tools_of_other_servers() -> None:
    here = Line("mcp_tool_call")
    asking = asyncio.create_task(here.line.ask_approval(CALL))
    await asyncio.sleep(0)
    here.line.approved("c1", False)
    assert await asking is False
    told = here.sent[0]["mcp_tool_call"]
    assert (told["state"], told["approval_timeout_secs"]) == ("awaiting_approval", 300)
    assert told["parameters"] == {"at": 1}


async def test_states_of_such_tools_are_told_to_who_asks() -> None:
    for events, count in (((), 0), (("mcp_tool_call", "mcp_connection_status"), 2)):
        here = Line(*events)
        await here.line.note_mcp(CALL)
        await here.line.note_connections((McpConnection("s1", True, 3),))
        assert len(here.sent) == count
