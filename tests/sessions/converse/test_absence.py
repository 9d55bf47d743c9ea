"""Callers who lose the line in the middle of a call, and come back to it."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest

from tests.sessions.converse.faltering import (
    DELAY_S,
    FalteringPeer,
    faltering,
    played,
    text_played,
)
from tests.sessions.converse.scene import an_agent
from tests.sessions.converse.test_vanishing import CLIENT_TOOL

IN_VIRTUAL_TIME = True

STORY = "Once upon a time there was a very long story that went on and on and on."
RULES = ({"when": "time", "say": "It is noon."}, {"when": "story", "say": STORY})


def silences(peer: FalteringPeer) -> list[float]:
    """Seconds without sound between two pieces of the agent's."""
    gaps = [later.starts_at - earlier.ends_at for earlier, later in pairwise(played(peer))]
    return [gap for gap in gaps if gap > 0.001]


@pytest.mark.parametrize("away_s", [0.2, 0.5, 1.0, 3.0, 25.0])
@pytest.mark.parametrize("moment", [0, 1, 3, 7, 12, 20, 29, 36, 43])
async def test_an_answer_that_was_cut_is_heard_whole_and_nothing_twice(
    moment: int, away_s: float
) -> None:
    async with faltering(an_agent(first_message=STORY, rules=RULES)) as line:
        await asyncio.sleep(moment / 10)
        await line.peer.be_away(away_s)
        came_back_at = line.now
        await asyncio.sleep(6)
    assert text_played(line.peer).split() == STORY.split()
    assert line.scene.responses == [STORY]
    assert line.scene.said == [("agent", STORY)]
    assert "interruption" not in line.scene.kinds
    gaps = silences(line.peer)
    if away_s > 0.6 and 0 < moment < 38:
        (gap,) = gaps  # it goes on as soon as there is a line
        assert gap <= away_s
        later = [piece for piece in played(line.peer) if piece.starts_at > came_back_at - 0.001]
        assert later[0].starts_at == pytest.approx(came_back_at + DELAY_S, abs=0.02)
    elif away_s <= 0.2:
        assert gaps == []


@pytest.mark.parametrize(
    ("away_s", "noticed"),
    [(0.1, True), (0.45, True), (0.7, True), (5.0, True), (0.2, False), (0.7, False), (2.0, False)],
)
@pytest.mark.parametrize("after_s", [0.05, 0.2, 0.5, 1.0])
async def test_what_is_remembered_of_an_answer_is_what_was_heard_of_it(
    away_s: float, after_s: float, noticed: bool
) -> None:
    async with faltering(an_agent(first_message=STORY, rules=RULES)) as line:
        await asyncio.sleep(1.2)
        await line.peer.be_away(away_s, noticed=noticed)
        await asyncio.sleep(after_s)
        line.scene.write("time")
        await line.scene.heard("interruption")
        stopped_at = line.peer.times[line.scene.kinds.index("interruption")]
        await asyncio.sleep(3)
    (correction,) = line.scene.of("agent_response_correction")
    heard = correction["corrected_agent_response"].split()
    begun = len(text_played(line.peer, stopped_at).split())
    assert begun >= 3
    # A word counts once half of it has been heard.
    assert heard in (STORY.split()[:begun], STORY.split()[: begun - 1])
    assert line.scene.responses[-1] == "It is noon."


async def test_nobody_is_spoken_to_who_is_away_and_the_wait_goes_on_afterwards() -> None:
    async with faltering(an_agent(first_message="Hello.", turn={"turn_timeout": 3.0})) as line:
        await asyncio.sleep(0.6 + 2.0)
        await line.peer.be_away(25.0)
        came_back_at = line.now
        await asyncio.sleep(0.7)
        assert line.scene.responses == ["Hello."]
        await line.scene.heard("agent_response", 2)
        assert line.now - came_back_at < 1.4


@pytest.mark.parametrize("after_s", [0.0, 10.0])
async def test_limits_of_a_call_do_not_run_while_its_client_is_away(after_s: float) -> None:
    agent = an_agent(
        turn={"turn_timeout": -1, "silence_end_call_timeout": 20},
        conversation={"max_duration_seconds": 30},
    )
    async with faltering(agent) as line:
        await asyncio.sleep(after_s)
        pings = line.scene.kinds.count("ping")
        await line.peer.be_away(100.0)
        await asyncio.sleep(1.0)
        assert line.peer.closed is None
        assert line.scene.kinds.count("ping") <= pings + 1
        await asyncio.sleep(17.0 - after_s)
        assert line.peer.closed is None
        await asyncio.sleep(4.0)
        assert line.peer.closed is not None
    assert line.scene.record.termination_reason == "silence"


async def test_no_ping_says_that_an_absence_was_a_slow_line() -> None:
    async with faltering(an_agent(turn={"turn_timeout": -1})) as line:
        await asyncio.sleep(7)
        for _ in range(5):
            await line.peer.be_away(4.0, noticed=False)
            await asyncio.sleep(1.0)
        await asyncio.sleep(7)
    pings = [ping["ping_ms"] for ping in line.scene.of("ping")]
    assert len(pings) > 5
    assert max(ms or 0 for ms in pings) <= 2_000 * DELAY_S + 1


async def test_an_answer_that_is_ready_meanwhile_begins_when_its_caller_is_back() -> None:
    agent = an_agent(rules=RULES, turn={"turn_timeout": -1})
    async with faltering(agent, block_delay_s=0.5) as line:
        line.scene.write("time")
        await asyncio.sleep(DELAY_S + 0.1)
        line.peer.cut()
        await asyncio.sleep(5.0)
        assert line.scene.voice.spoken
        assert "audio" not in line.peer.kept
        line.peer.come_back()
        came_back_at = line.now
        await asyncio.sleep(3.0)
    assert played(line.peer)[0].starts_at == pytest.approx(came_back_at + DELAY_S, abs=0.01)
    assert text_played(line.peer).strip() == "It is noon."


async def test_a_server_that_shuts_down_waits_for_nobody_who_is_away() -> None:
    async with faltering(an_agent(first_message=STORY)) as line:
        await asyncio.sleep(1.0)
        line.peer.cut()
        line.scene.session.drain()
        await asyncio.sleep(0.3)
        assert line.peer.closed is not None
    assert line.scene.record.error_code is not None


async def test_a_client_that_never_comes_back_has_hung_up() -> None:
    async with faltering(an_agent(first_message=STORY)) as line:
        await asyncio.sleep(1.0)
        line.peer.cut()
        await asyncio.sleep(30.0)
        line.peer.vanish()
    (said,) = line.scene.record.transcript
    assert line.scene.record.termination_reason == "client disconnected"
    assert said.interrupted
    assert STORY.startswith(said.message)


async def test_a_tool_of_a_client_that_is_away_is_waited_for() -> None:
    tool = {**CLIENT_TOOL, "response_timeout_secs": 3}
    rules = [{"when": "order", "tool": "order", "then": "It is ordered."}]
    async with faltering(an_agent(rules=rules, prompt={"tools": [tool]})) as line:
        line.scene.write("order")
        await line.scene.heard("client_tool_call")
        (asked,) = line.scene.of("client_tool_call")
        await asyncio.sleep(1.0)
        await line.peer.be_away(20.0)
        await asyncio.sleep(1.0)
        line.peer.say(
            type="client_tool_result",
            tool_call_id=asked["tool_call_id"],
            result="done",
            is_error=False,
        )
        await asyncio.sleep(3.0)
    assert line.scene.responses == ["It is ordered."]
    (response,) = line.scene.of("agent_tool_response")
    assert not response["is_error"]


async def test_a_conversation_in_writing_is_answered_while_its_client_is_away() -> None:
    agent = an_agent(rules=RULES, conversation={"text_only": True})
    async with faltering(agent) as line:
        line.scene.write("time")
        await asyncio.sleep(DELAY_S + 0.001)
        await line.peer.be_away(5.0)
        await asyncio.sleep(1.0)
    assert line.scene.responses == ["It is noon."]
    assert line.scene.said == [("user", "time"), ("agent", "It is noon.")]
