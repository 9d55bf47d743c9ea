"""What follows when an answer has been heard: hanging up, waiting, another agent."""

from __future__ import annotations

import asyncio

from tests.sessions.converse.scene import an_agent, call
from tests.sessions.converse.thinker import LLM, Thinker, an_agent_with, calls, system_tool

IN_VIRTUAL_TIME = True


async def test_an_agent_that_ends_the_call_is_heard_to_its_end_first() -> None:
    mind = Thinker(["Goodbye, my friend.", calls("end_call", '{"reason":"all done"}')])
    agent = an_agent_with(system_tool("end_call"), text_only=False)
    async with call(agent, mind=mind) as scene:
        scene.write("Bye!")
        await scene.until(lambda: scene.peer.closed)
    assert scene.peer.closed == (1000, "all done")
    assert scene.kinds[-1] == "agent_tool_response"
    assert scene.kinds.count("agent_tool_response") == 1
    sounds = [at for at, kind in enumerate(scene.kinds) if kind == "audio"]
    first, last = scene.peer.times[sounds[0]], scene.peer.times[-1]
    assert last - first >= scene.audio_s - 0.1
    assert scene.record.termination_reason == "all done"
    assert scene.record.status == "done"
    assert scene.said == [("user", "Bye!"), ("agent", "Goodbye, my friend.")]


async def test_its_last_words_may_be_in_the_call_of_the_tool() -> None:
    mind = Thinker([calls("end_call", '{"message":"So long!"}')])
    agent = an_agent_with(system_tool("end_call"), text_only=False)
    async with call(agent, mind=mind) as scene:
        scene.write("Bye!")
        await scene.until(lambda: scene.peer.closed)
    assert scene.responses == ["So long!"]
    assert scene.audio_s > 0.06 * len("So long!")
    assert scene.peer.closed == (1000, "end_call")


async def test_a_reason_of_any_length_closes_the_call() -> None:
    mind = Thinker([calls("end_call", '{"reason":"%s"}' % ("ä" * 500))])
    async with call(an_agent_with(system_tool("end_call")), mind=mind) as scene:
        scene.write("Bye!")
        await scene.until(lambda: scene.peer.closed)
    assert scene.peer.closed is not None
    assert len(scene.peer.closed[1].encode()) <= 123


async def test_a_caller_who_speaks_over_the_goodbye_stays() -> None:
    mind = Thinker(["Goodbye, my dear old friend, and all the best.", calls("end_call")], ["Yes?"])
    agent = an_agent_with(system_tool("end_call"), text_only=False)
    async with call(agent, mind=mind) as scene:
        scene.write("Bye!")
        await scene.heard("audio", 3)
        scene.write("Wait!")
        await asyncio.sleep(5)
        assert scene.peer.closed is None
    assert scene.responses[-1] == "Yes?"
    assert "agent_tool_response" not in scene.kinds


async def test_an_agent_that_skips_its_turn_says_nothing_until_the_caller_does() -> None:
    mind = Thinker([calls("skip_turn")], ["Welcome back."])
    agent = an_agent_with(system_tool("skip_turn"), turn={"turn_timeout": 5})
    async with call(agent, mind=mind) as scene:
        scene.write("Give me a minute.")
        await asyncio.sleep(60)
        assert scene.responses == []
        scene.write("Here I am.")
        await scene.heard("agent_response")
    assert scene.responses == ["Welcome back."]


async def test_what_it_says_while_it_skips_is_in_the_next_prompt_once() -> None:
    mind = Thinker(["Sure.", calls("skip_turn")], ["Welcome back."])
    async with call(an_agent_with(system_tool("skip_turn")), mind=mind) as scene:
        scene.write("Give me a minute.")
        await asyncio.sleep(2)
        scene.write("Here I am.")
        await scene.heard("agent_response", 2)
    texts = [message.text for message in mind.prompts[1].messages]
    assert texts.count("Sure.") == 1


async def test_another_agent_takes_the_call_over() -> None:
    transfer = system_tool(
        "transfer_to_agent",
        transfers=[
            {
                "agent_id": "sales",
                "condition": "wants to buy",
                "delay_ms": 500,
                "transfer_message": "One moment.",
                "enable_transferred_agent_first_message": True,
            }
        ],
    )
    sales = an_agent(
        "sales",
        first_message="Sales here.",
        prompt={**LLM, "prompt": "You sell."},
        conversation={"text_only": False},
    )
    mind = Thinker([calls("transfer_to_agent", '{"agent_number":0}')], ["A hat."])
    agent = an_agent_with(transfer, text_only=False)
    async with call(agent, sales, mind=mind) as scene:
        scene.write("A hat, please.")
        await scene.heard("agent_response", 2)
        await asyncio.sleep(3)
        scene.write("What do you have?")
        await scene.heard("agent_response", 3)
        await asyncio.sleep(2)
        assert mind.seats == 1
    assert scene.responses == ["One moment.", "Sales here.", "A hat."]
    assert mind.system.startswith("You sell.")
    assert scene.record.agent_id == "sales"
    assert mind.seats == 0


async def test_without_a_first_message_it_answers_what_was_asked() -> None:
    transfer = system_tool(
        "transfer_to_agent", transfers=[{"agent_id": "sales", "condition": "wants to buy"}]
    )
    mind = Thinker([calls("transfer_to_agent", '{"agent_number":0}')], ["A hat it is."])
    sales = an_agent("sales", first_message="Sales here.", prompt=LLM)
    async with call(an_agent_with(transfer), sales, mind=mind) as scene:
        scene.write("A hat, please.")
        await scene.heard("agent_response")
    assert scene.responses == ["A hat it is."]
    assert any(message.text == "A hat, please." for message in mind.prompts[1].messages)


async def test_an_agent_that_there_is_not_leaves_the_first_one_in_the_call() -> None:
    transfer = system_tool(
        "transfer_to_agent", transfers=[{"agent_id": "nobody", "condition": "any"}]
    )
    mind = Thinker([calls("transfer_to_agent", '{"agent_number":0}')], ["Still me."])
    async with call(an_agent_with(transfer), mind=mind) as scene:
        scene.write("A hat, please.")
        await asyncio.sleep(1)
        scene.write("Hello?")
        await scene.heard("agent_response")
    assert scene.responses == ["Still me."]


async def test_a_caller_who_speaks_during_a_transfer_hears_one_agent_at_a_time() -> None:
    transfer = system_tool(
        "transfer_to_agent",
        transfers=[
            {
                "agent_id": "sales",
                "condition": "any",
                "delay_ms": 2_000,
                "enable_transferred_agent_first_message": True,
            }
        ],
    )
    story = "This is a long answer of the first one, which goes on and on and on and on."
    mind = Thinker([calls("transfer_to_agent", '{"agent_number":0}')], [story])
    sales = an_agent("sales", first_message="Sales here.", prompt=LLM)
    async with call(an_agent_with(transfer, text_only=False), sales, mind=mind) as scene:
        scene.write("A hat, please.")
        await asyncio.sleep(0.5)
        scene.write("Are you still there?")
        await asyncio.sleep(6)
        sounding = scene.pool.listeners
    assert sounding == 0
    assert scene.told[-5:] == [
        *("audio", "interruption", "agent_response_correction", "agent_response", "audio"),
    ]
    assert scene.said[-1] == ("agent", "Sales here.")
