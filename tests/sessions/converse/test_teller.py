"""Tools in a call, as its client sees them."""

from __future__ import annotations

import asyncio

import pytest

from tests.sessions.converse.scene import an_agent, call
from tests.sessions.converse.thinker import LLM, Thinker, an_agent_with, calls, system_tool
from vivavoce.engines.minds.base import Role, Usage

IN_VIRTUAL_TIME = True

ORDER = {
    "type": "client",
    "name": "order",
    "description": "Orders something.",
    "parameters": {"type": "object", "properties": {"what": {"type": "string"}}},
    "expects_response": True,
    "response_timeout_secs": 10,
}


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
