"""Tools in a call, as its client sees them."""

from __future__ import annotations

import asyncio

import pytest

from tests.sessions.converse.scene import an_agent, call
from tests.sessions.converse.thinker import Thinker, calls
from vivavoce.engines.minds.base import Role, Usage

IN_VIRTUAL_TIME = True

LLM = {"llm": ""}
ORDER = {
    "type": "client",
    "name": "order",
    "description": "Orders something.",
    "parameters": {"type": "object", "properties": {"what": {"type": "string"}}},
    "expects_response": True,
    "response_timeout_secs": 10,
}


def system_tool(kind: str, **params: object) -> dict[str, object]:
    return {
        "type": "system",
        "name": kind,
        "description": "",
        "params": {"system_tool_type": kind, **params},
    }


def an_agent_with(*tools: dict[str, object], text_only: bool = True, **more: object):  # type: ignore[no-untyped-def]
    return an_agent(
        prompt={**LLM, "tools": list(tools)}, conversation={"text_only": text_only}, **more
    )


async def test_the_client_runs_its_tool_and_the_mind_hears_what_came_of_it() -> None:
    mind = Thinker(["One moment.", calls("order", '{"what":"tea"}')], ["It is ordered."])
    async with call(an_agent_with(ORDER), mind=mind) as scene:
        scene.write("Tea!")
        await scene.heard("client_tool_call")
        (asked,) = scene.of("client_tool_call")
        scene.peer.say(
            type="client_tool_result", tool_call_id=asked["tool_call_id"], result={"cups": 1}
        )
        await scene.heard("agent_response", 2)
    assert (asked["tool_name"], asked["parameters"]) == ("order", {"what": "tea"})
    assert scene.responses == ["One moment.", "It is ordered."]
    assert scene.told[2:] == [
        *("agent_chat_response_part", "agent_response"),
        *("agent_tool_request", "client_tool_call", "agent_tool_response"),
        *("agent_chat_response_part", "agent_response"),
    ]
    (response,) = scene.of("agent_tool_response")
    assert (response["tool_name"], response["is_error"]) == ("order", False)
    assert mind.prompts[1].messages[-1].role is Role.TOOL
    assert mind.prompts[1].messages[-1].text == '{"cups":1}'
    ids = [one["event_id"] for one in scene.of("agent_response")]
    assert ids[0] < ids[1]


async def test_a_tool_that_failed_at_the_client_is_told_as_an_error() -> None:
    mind = Thinker([calls("order")], ["That went wrong."])
    async with call(an_agent_with(ORDER), mind=mind) as scene:
        scene.write("Tea!")
        await scene.heard("client_tool_call")
        scene.peer.say(
            type="client_tool_result", tool_call_id="c1", result="No tea.", is_error=True
        )
        await scene.heard("agent_response")
    assert scene.of("agent_tool_response")[0]["is_error"] is True
    assert mind.last_words[1] == "No tea."


async def test_a_client_that_never_answers_is_not_waited_for_longer_than_the_tool_says() -> None:
    mind = Thinker([calls("order")], ["That went wrong."])
    async with call(an_agent_with(ORDER, turn={"turn_timeout": -1}), mind=mind) as scene:
        scene.write("Tea!")
        await asyncio.sleep(9)
        assert len(mind.prompts) == 1
        await asyncio.sleep(2)
    assert scene.of("agent_tool_response")[0]["is_error"] is True
    assert scene.responses == ["That went wrong."]


async def test_what_tools_did_is_written_down_with_the_answer() -> None:
    mind = Thinker([calls("order", '{"what":"tea"}')], ["It is ordered."])
    async with call(an_agent_with(ORDER), mind=mind) as scene:
        scene.write("Tea!")
        await scene.heard("client_tool_call")
        scene.peer.say(type="client_tool_result", tool_call_id="c1", result="ok")
        await scene.heard("agent_response")
    answer = scene.record.transcript[1]
    assert [(one.name, one.parameters) for one in answer.tool_calls] == [
        ("order", '{"what":"tea"}')
    ]
    assert [(one.result, one.is_error) for one in answer.tool_results] == [("ok", False)]


async def test_the_next_prompt_has_each_word_of_a_turn_with_tools_once() -> None:
    mind = Thinker(["Let me see.", calls("order")], ["Done."], ["Bye."])
    async with call(an_agent_with(ORDER), mind=mind) as scene:
        scene.write("Tea!")
        await scene.heard("client_tool_call")
        scene.peer.say(type="client_tool_result", tool_call_id="c1", result="ok")
        await scene.heard("agent_response", 2)
        await asyncio.sleep(0.1)
        scene.write("Thanks.")
        await scene.heard("agent_response", 3)
    said = [(message.role, message.text) for message in mind.prompts[2].messages]
    assert [one for one in said if one[0] is not Role.SYSTEM] == [
        (Role.USER, "Tea!"),
        (Role.ASSISTANT, "Let me see."),
        (Role.TOOL, "ok"),
        (Role.ASSISTANT, "Done."),
        (Role.USER, "Thanks."),
    ]


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


async def test_the_agent_goes_on_in_another_language() -> None:
    mind = Thinker([calls("language_detection", '{"language":"de"}')], ["Guten Tag."])
    agent = an_agent_with(system_tool("language_detection"), text_only=False)
    async with call(agent, mind=mind) as scene:
        scene.write("Sprechen Sie Deutsch?")
        await scene.heard("agent_response")
        await asyncio.sleep(2)
        scene.write("Danke.")
        await scene.heard("agent_response", 2)
        await scene.heard("audio", 20)
    assert scene.of("agent_tool_response")[0]["is_error"] is False
    assert scene.voice.spoken[-1].voice.language == "de"


async def test_a_tool_that_there_is_not_is_an_error_and_no_end() -> None:
    mind = Thinker([calls("dance")], ["I cannot dance."])
    async with call(an_agent_with(), mind=mind) as scene:
        scene.write("Dance!")
        await scene.heard("agent_response")
    assert scene.of("agent_tool_response")[0]["is_error"] is True
    assert scene.responses == ["I cannot dance."]


async def test_a_mind_that_never_stops_calling_tools_is_stopped() -> None:
    mind = Thinker([calls("dance")])
    async with call(an_agent_with(turn={"turn_timeout": -1}), mind=mind) as scene:
        scene.write("Dance!")
        await asyncio.sleep(5)
        scene.write("Stop!")
        await asyncio.sleep(5)
    assert len(mind.prompts) == 20


async def test_no_tool_is_run_for_an_answer_that_was_only_prepared() -> None:
    mind = Thinker(["Well.", calls("order")])
    agent = an_agent_with(ORDER, text_only=False)
    async with call(agent, mind=mind) as scene:
        await scene.speak("Tell me a story.", quiet_s=0.12)
        await scene.speak("Please wait for Anna.")
        assert len(mind.prompts) >= 1
        assert "client_tool_call" not in scene.kinds
        await scene.hush(2)
    assert scene.kinds.count("client_tool_call") == 1


@pytest.mark.parametrize("wants", [True, False])
async def test_only_who_asks_hears_how_full_the_context_is(wants: bool) -> None:
    mind = Thinker(["Yes.", Usage("m", 10, 100)])
    events = ["context_usage"] if wants else []
    agent = an_agent(prompt=LLM, conversation={"text_only": True}, events=events)
    async with call(agent, mind=mind) as scene:
        scene.write("Hello?")
        await scene.heard("agent_response")
    usages = [(one["model"], one["context_tokens"]) for one in scene.of("context_usage")]
    assert usages == ([("m", 10)] if wants else [])
