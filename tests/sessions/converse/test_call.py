"""What happens in a call at the same time."""

from __future__ import annotations

from tests.sessions.converse.scene import KeptCalls, an_agent, call

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
