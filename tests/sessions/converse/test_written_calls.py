"""Calls of text alone, as their clients see them."""

from __future__ import annotations

import asyncio

import pytest

from tests.sessions.converse.scene import an_agent, call
from tests.sessions.converse.thinker import Thinker

IN_VIRTUAL_TIME = True

PLACES = (
    {"text_only": True},
    {"conversation": {"text_only": True}},
)
LLM = {"llm": ""}


@pytest.mark.parametrize("override", PLACES)
async def test_an_answer_is_told_in_parts_and_then_whole(override: dict[str, object]) -> None:
    async with call(begins=False) as scene:
        scene.begin(conversation_config_override=override)
        scene.write("What time is it?")
        await scene.heard("agent_response")
    assert scene.told[:2] == ["conversation_initiation_metadata", "user_transcript"]
    parts = scene.of("agent_chat_response_part")
    assert [one["type"] for one in parts] == ["start", "delta", "stop"]
    assert parts[1]["text"] == "You said: What time is it?"
    assert {one["text"] for one in (parts[0], parts[-1])} == {""}
    assert scene.told[2:] == ["agent_chat_response_part", "agent_response"]
    assert {one["event_id"] for one in parts} == {scene.of("agent_response")[0]["event_id"]}


async def test_each_word_is_a_part_of_its_own() -> None:
    agent = an_agent(prompt=LLM, conversation={"text_only": True})
    async with call(agent, mind=Thinker(["It ", 0.1, "is ", 0.1, "noon."])) as scene:
        scene.write("What time is it?")
        await scene.heard("agent_response")
    deltas = [one["text"] for one in scene.of("agent_chat_response_part")[1:-1]]
    assert deltas == ["It ", "is ", "noon."]
    assert scene.responses == ["It is noon."]


async def test_neither_voices_nor_ears_are_taken() -> None:
    agent = an_agent(first_message="Hello.", conversation={"text_only": True})
    async with call(agent, capacity=0, ears_capacity=0) as scene:
        scene.hear(scene.ears.sound_of("What time is it?"))
        scene.write("Hello.")
        await scene.heard("agent_response", 2)
    assert "audio" not in scene.kinds
    assert scene.responses == ["Hello.", "You said: Hello."]
    assert scene.voice.spoken == []


async def test_turns_are_written_down() -> None:
    async with call(an_agent(first_message="Hi.", conversation={"text_only": True})) as scene:
        scene.write("One.")
        await scene.heard("agent_response", 2)
        scene.write("Two.")
        await scene.heard("agent_response", 3)
    assert scene.said == [
        ("agent", "Hi."),
        *(("user", "One."), ("agent", "You said: One.")),
        *(("user", "Two."), ("agent", "You said: Two.")),
    ]
    assert not any(turn.interrupted for turn in scene.record.transcript)


async def test_messages_in_a_hurry_are_each_answered() -> None:
    async with call(an_agent(conversation={"text_only": True})) as scene:
        for number in range(20):
            scene.write(f"{number}.")
            await asyncio.sleep(0.004)
        await asyncio.sleep(2)
    assert scene.responses == [f"You said: {number}." for number in range(20)]
    assert [text for role, text in scene.said if role == "agent"] == scene.responses


async def test_a_message_ends_the_answer_under_way_as_far_as_it_has_come() -> None:
    mind = Thinker(["Once ", "upon ", 5, "a time."], ["Bye."])
    async with call(an_agent(prompt=LLM, conversation={"text_only": True}), mind=mind) as scene:
        scene.write("A story!")
        await asyncio.sleep(1)
        scene.write("Stop.")
        await asyncio.sleep(3)
    assert scene.responses == ["Once upon", "Bye."]
    assert "interruption" not in scene.kinds
    parts = [(one["type"], one["text"]) for one in scene.of("agent_chat_response_part")]
    assert parts == [
        *(("start", ""), ("delta", "Once "), ("delta", "upon "), ("stop", "")),
        *(("start", ""), ("delta", "Bye."), ("stop", "")),
    ]
    assert scene.said[1:] == [("agent", "Once upon"), ("user", "Stop."), ("agent", "Bye.")]


async def test_the_mind_knows_what_was_said_before() -> None:
    mind = Thinker(["One."], ["Two."])
    agent = an_agent(prompt={**LLM, "prompt": "Be brief."}, conversation={"text_only": True})
    async with call(agent, mind=mind) as scene:
        scene.write("A?")
        await scene.heard("agent_response")
        await asyncio.sleep(0.1)
        scene.write("B?")
        await scene.heard("agent_response", 2)
    said = [(message.role.value, message.text) for message in mind.prompts[1].messages]
    assert said[0] == ("system", mind.system)
    assert mind.system.startswith("Be brief.")
    assert said[1:] == [("user", "A?"), ("assistant", "One."), ("user", "B?")]


async def test_the_mind_knows_contextual_updates_and_does_not_answer_them() -> None:
    mind = Thinker(["Yes."])
    async with call(an_agent(prompt=LLM, conversation={"text_only": True}), mind=mind) as scene:
        scene.peer.say(type="contextual_update", text="The cart is empty.", context_id="cart")
        scene.peer.say(type="contextual_update", text="The cart has a hat.", context_id="cart")
        await asyncio.sleep(2)
        assert mind.prompts == []
        scene.write("What is in it?")
        await scene.heard("agent_response")
    assert "has a hat" in mind.system
    assert "is empty" not in mind.system


async def test_a_file_alone_is_a_turn() -> None:
    async with call(an_agent(conversation={"text_only": True})) as scene:
        scene.peer.say(type="multimodal_message", file={"type": "file_input", "file_id": "f1"})
        await scene.heard("agent_response")
    assert "file" in scene.transcripts[0]


async def test_the_agent_speaks_up_in_writing_too() -> None:
    agent = an_agent(turn={"turn_timeout": 5}, conversation={"text_only": True})
    async with call(agent) as scene:
        await asyncio.sleep(6)
    assert scene.responses == ["Are you still there?"]
