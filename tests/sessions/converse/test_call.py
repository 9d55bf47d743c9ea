"""What happens in a call at the same time."""

from __future__ import annotations

import asyncio
import gc

from tests.sessions.converse.scene import KeptCalls, an_agent, call
from tests.sessions.converse.thinker import Thinker, an_agent_with, calls, system_tool
from vivavoce.sessions.converse.caller_ear import CallerEar

IN_VIRTUAL_TIME = True

STORY = "Once upon a time there was a very long story that went on."
RULES = (
    {"when": "story", "say": STORY},
    {"when": "stop", "say": "As you like."},
)


async def test_an_answer_that_begins_while_the_last_is_written_down_can_be_interrupted() -> None:
    agent = an_agent(first_message="Hello.", rules=RULES)
    async with call(agent, store=KeptCalls(delay_s=1.0)) as scene:
        await scene.heard("audio")
        await scene.hush(0.7)
        scene.write("A story!")
        await scene.hush(1.3)
        scene.write("Stop.")
        await scene.hush(2.0)
    assert scene.told[1:] == [
        *("agent_response", "audio", "user_transcript", "agent_response", "audio"),
        *("interruption", "agent_response_correction"),
        *("user_transcript", "agent_response", "audio"),
    ]
    assert scene.said[-1] == ("agent", "As you like.")


async def test_an_answer_that_begins_while_a_transfer_fails_can_be_interrupted() -> None:
    nowhere = {"agent_id": "nowhere", "condition": "always", "delay_ms": 1_000}
    agent = an_agent_with(system_tool("transfer_to_agent", transfers=[nowhere]), text_only=False)
    mind = Thinker([calls("transfer_to_agent", '{"agent_number": 0}')], [STORY], ["As you like."])
    async with call(agent, mind=mind) as scene:
        scene.write("Somebody else, please!")
        await asyncio.sleep(0.5)
        scene.write("A story!")
        await asyncio.sleep(2.0)
        scene.write("Stop.")
        await asyncio.sleep(3.0)
    assert scene.told.count("interruption") == 1
    assert scene.said[-3:] == [
        ("agent", scene.of("agent_response_correction")[0]["corrected_agent_response"]),
        ("user", "Stop."),
        ("agent", "As you like."),
    ]


async def test_what_is_left_of_a_call_has_no_sound() -> None:
    gc.collect()
    gc.disable()
    try:
        async with call() as scene:
            await scene.speak("Hello, world.", quiet_s=3.0)
        assert not any(isinstance(one, CallerEar) for one in gc.get_objects())
    finally:
        gc.enable()
