"""Whose turn it is in a call that is spoken, as its client sees it."""

from __future__ import annotations

import asyncio
from itertools import pairwise

from tests.sessions.converse.scene import CallScene, an_agent, call
from vivavoce.engines.voices.fake import FakeVoice

IN_VIRTUAL_TIME = True

STORY = "Once upon a time there was a very long story that went on."
RULES = (
    {"when": "time", "say": "It is noon."},
    {"when": "story", "say": STORY},
    {"when": "stop", "say": "As you like."},
    {"when": "(silence)", "say": "Are you there?"},
)


async def interrupted(scene: CallScene) -> None:
    """The agent tells its story until it is told to stop."""
    await scene.speak("Tell me a story.", quiet_s=1.2)
    assert scene.kinds[-1] == "audio"
    await scene.speak("Stop now.", quiet_s=2.0)


async def test_a_spoken_turn_is_transcribed_answered_and_then_heard() -> None:
    async with call(an_agent(rules=RULES)) as scene:
        await scene.speak("What time is it?", quiet_s=2.0)
    assert scene.told[1:] == ["user_transcript", "agent_response", "audio"]
    assert scene.transcripts == ["What time is it?"]
    assert scene.responses == ["It is noon."]
    assert scene.said == [("user", "What time is it?"), ("agent", "It is noon.")]
    ids = [scene.of(kind)[0]["event_id"] for kind in scene.told[1:]]
    assert ids[0] < ids[1] == ids[2]


async def test_what_is_said_so_far_is_shown_before_the_turn_is_over() -> None:
    async with call(an_agent(rules=RULES)) as scene:
        await scene.speak("What time is it?", quiet_s=1.0)
    tentative = scene.of("tentative_user_transcript")
    assert tentative
    assert tentative[-1]["user_transcript"] == "What time is it?"
    assert {one["event_id"] for one in tentative} == {scene.of("user_transcript")[0]["event_id"]}
    assert scene.kinds.index("tentative_user_transcript") < scene.kinds.index("user_transcript")


async def test_one_turn_follows_another() -> None:
    async with call(an_agent(rules=RULES)) as scene:
        for _ in range(3):
            await scene.speak("What time is it?", quiet_s=2.0)
    assert scene.responses == ["It is noon."] * 3
    assert scene.told[1:] == ["user_transcript", "agent_response", "audio"] * 3
    ids = [one["event_id"] for one in scene.of("audio")]
    assert ids == sorted(ids)
    assert len(set(ids)) == 3


async def test_barging_in_stops_the_agent_and_says_what_was_heard() -> None:
    async with call(an_agent(rules=RULES)) as scene:
        await interrupted(scene)
    assert scene.told[1:] == [
        *("user_transcript", "agent_response", "audio", "interruption"),
        *("agent_response_correction", "user_transcript", "agent_response", "audio"),
    ]
    (correction,) = scene.of("agent_response_correction")
    assert correction["original_agent_response"] == STORY
    assert STORY.startswith(correction["corrected_agent_response"])
    assert 2 < len(correction["corrected_agent_response"].split()) < 8
    assert scene.transcripts[1] == "Stop now."


async def test_nothing_of_an_interrupted_answer_is_sent_after_the_interruption() -> None:
    async with call(an_agent(rules=RULES)) as scene:
        await interrupted(scene)
    at = scene.kinds.index("interruption")
    (interruption,) = scene.of("interruption")
    before = [m["audio_event"] for m in scene.peer.messages[:at] if m["type"] == "audio"]
    behind = [m["audio_event"] for m in scene.peer.messages[at:] if m["type"] == "audio"]
    assert {one["event_id"] for one in before} == {interruption["event_id"]}
    assert min(one["event_id"] for one in behind) > interruption["event_id"]


async def test_an_interrupted_answer_is_written_down_as_far_as_it_was_heard() -> None:
    async with call(an_agent(rules=RULES)) as scene:
        await interrupted(scene)
    answer = scene.record.transcript[1]
    assert answer.interrupted
    assert answer.original_message == STORY
    assert answer.message == scene.of("agent_response_correction")[0]["corrected_agent_response"]
    assert scene.said[2:] == [("user", "Stop now."), ("agent", "As you like.")]


async def test_a_murmur_lets_the_agent_go_on_to_its_end() -> None:
    async with call(an_agent(rules=RULES)) as scene:
        await scene.speak("Tell me a story.", quiet_s=1.2)
        await scene.speak("Mhm.", quiet_s=5.0)
    assert "interruption" not in scene.kinds
    assert scene.said == [("user", "Tell me a story."), ("agent", STORY)]
    assert scene.audio_s > 0.06 * len(STORY)


async def test_while_it_is_unclear_what_the_caller_wants_no_sound_is_sent() -> None:
    async with call(an_agent(rules=RULES), ears_delay_s=0.3) as scene:
        await scene.speak("Tell me a story.", quiet_s=1.2)
        await scene.speak("Mhm. Mhm. Mhm. Mhm.", quiet_s=5.0)
    times = [
        time
        for time, message in zip(scene.peer.times, scene.peer.messages, strict=True)
        if message["type"] == "audio"
    ]
    assert max(later - earlier for earlier, later in pairwise(times)) > 0.5
    assert scene.said[1] == ("agent", STORY)


async def test_a_protected_greeting_is_heard_to_its_end() -> None:
    agent = an_agent(
        first_message=STORY, rules=RULES, agent={"disable_first_message_interruptions": True}
    )
    async with call(agent) as scene:
        await scene.hush(1.0)
        await scene.speak("Stop now. Stop now.", quiet_s=6.0)
    assert "interruption" not in scene.kinds
    assert scene.said[0] == ("agent", STORY)


async def test_an_unprotected_one_is_not() -> None:
    async with call(an_agent(first_message=STORY, rules=RULES)) as scene:
        await scene.hush(1.0)
        await scene.speak("Stop now. Stop now.", quiet_s=2.0)
    assert scene.told[1:4] == ["agent_response", "audio", "interruption"]


async def test_a_written_message_interrupts() -> None:
    async with call(an_agent(rules=RULES)) as scene:
        await scene.speak("Tell me a story.", quiet_s=1.2)
        scene.write("stop")
        await asyncio.sleep(2)
    assert scene.told[4:] == [
        *("interruption", "agent_response_correction"),
        *("user_transcript", "agent_response", "audio"),
    ]
    assert scene.transcripts == ["Tell me a story.", "stop"]


async def test_a_caller_who_goes_on_is_answered_to_all_of_it() -> None:
    async with call(an_agent(), block_delay_s=2.0) as scene:
        await scene.speak("What time is it?", quiet_s=0.6)
        await scene.speak("Please wait for Anna.", quiet_s=6.0)
    assert scene.transcripts == ["What time is it?", "Please wait for Anna."]
    assert scene.responses[-1] == "You said: What time is it? Please wait for Anna."
    assert "interruption" not in scene.kinds
    assert scene.kinds.index("audio") > scene.kinds.index("user_transcript")


async def test_an_agent_speaks_up_when_nobody_says_anything() -> None:
    async with call(an_agent(rules=RULES, turn={"turn_timeout": 5})) as scene:
        await asyncio.sleep(4.5)
        assert "agent_response" not in scene.kinds
        await asyncio.sleep(2)
        assert scene.responses == ["Are you there?"]
        await asyncio.sleep(30)
    assert len(scene.responses) == 3


async def test_activity_of_the_caller_puts_that_off() -> None:
    async with call(an_agent(rules=RULES, turn={"turn_timeout": 5})) as scene:
        for _ in range(10):
            await asyncio.sleep(2)
            scene.peer.say(type="user_activity")
        assert "agent_response" not in scene.kinds


async def test_a_silent_caller_is_hung_up_on() -> None:
    turn = {"turn_timeout": -1, "silence_end_call_timeout": 20}
    async with call(an_agent(rules=RULES, turn=turn)) as scene:
        await asyncio.sleep(19.5)
        assert scene.peer.closed is None
        await asyncio.sleep(1)
        assert scene.peer.closed == (1000, "silence")
    assert scene.record.termination_reason == "silence"
    assert scene.record.status == "done"


async def test_a_click_is_no_turn() -> None:
    async with call(an_agent(rules=RULES)) as scene:
        await scene.hush(0.5)
        scene.hear(b"\x00\x10\x00\xf0" * 400)
        await scene.hush(3.0)
    assert scene.told == ["conversation_initiation_metadata"]


async def test_a_client_that_closes_its_microphone_while_it_is_spoken_into_is_answered() -> None:
    async with call(an_agent(rules=RULES)) as scene:
        await scene.speak("What time is it?")
        await asyncio.sleep(4)
    assert scene.responses == ["It is noon."]


async def test_each_answer_to_speech_says_how_long_it_took() -> None:
    async with call(an_agent(rules=RULES), voice=FakeVoice(), block_delay_s=0.05) as scene:
        await scene.speak("What time is it?", quiet_s=2.0)
    (waterfall,) = scene.answers
    steps = [waterfall.endpoint, waterfall.transcript, waterfall.first_audible]
    assert all(step is not None for step in steps)
    assert steps == sorted(steps)
    assert scene.record.transcript[1].waterfall == waterfall
    assert scene.record.transcript[0].waterfall is None
