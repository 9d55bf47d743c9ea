"""Minds of calls: those that are slow, that break, and that are not there."""

from __future__ import annotations

import asyncio

import pytest

from tests.sessions.converse.scene import CallScene, an_agent, call
from tests.sessions.converse.thinker import Thinker, calls
from vivavoce.errors import CustomMindFailed, MindFailed, MindMissing, MindTimeout, VivavoceError

IN_VIRTUAL_TIME = True

LLM = {"llm": ""}


@pytest.mark.parametrize(
    ("failure", "kind"),
    [
        (MindFailed("The model broke."), "llm_error"),
        (CustomMindFailed("Your model broke."), "custom_llm_error"),
        (MindTimeout("The model said nothing."), "llm_timeout"),
    ],
)
@pytest.mark.parametrize("is_spoken", [True, False])
async def test_a_mind_that_breaks_ends_the_call_by_name(
    failure: VivavoceError, kind: str, is_spoken: bool
) -> None:
    mind = Thinker(["Well, ", failure])
    async with call(an_agent(prompt=LLM), mind=mind) as scene:
        if is_spoken:
            await scene.speak("What time is it?", quiet_s=2)
        else:
            scene.write("What time is it?")
        await scene.until(lambda: scene.peer.closed)
    assert (scene.error["error_type"], scene.error["code"]) == (kind, 1002)
    assert scene.error["message"] == str(failure)
    assert scene.peer.closed == (1002, str(failure))
    assert (scene.record.status, scene.record.error_code) == ("failed", 1002)
    assert scene.record.termination_reason == kind


async def test_a_mind_that_says_nothing_for_too_long_ends_the_call() -> None:
    async with call(an_agent(prompt=LLM), mind=Thinker(["Well, ", 60])) as scene:
        scene.write("What time is it?")
        await asyncio.sleep(19)
        assert scene.peer.closed is None
        await asyncio.sleep(2)
    assert scene.error["error_type"] == "llm_timeout"


async def test_one_that_breaks_while_nobody_has_asked_it_yet_does_no_harm() -> None:
    mind = Thinker([MindFailed("The model broke.")], ["Yes."])
    async with call(an_agent(prompt=LLM), mind=mind) as scene:
        await scene.speak("Tell me a story.", quiet_s=0.12)
        await scene.speak("Please wait for Anna.", quiet_s=2)
    assert "error" not in scene.kinds
    assert len(mind.prompts) == 2
    assert scene.responses == ["Yes."]


async def test_a_mind_that_is_not_there_is_named_with_what_to_do() -> None:
    mind = Thinker(seat_failure=MindMissing("Run `vivavoce fetch` first."))
    scene = CallScene(an_agent(prompt=LLM), mind=mind)
    scene.begin()
    await scene.run()
    assert scene.kinds[0] == "conversation_initiation_metadata"
    assert "vivavoce fetch" in scene.error["message"]
    assert scene.peer.closed is not None
    assert scene.peer.closed[0] == 1002


async def test_the_greeting_does_not_wait_for_the_mind() -> None:
    agent = an_agent(first_message="Hello.", prompt=LLM)
    async with call(agent, mind=Thinker(seat_delay_s=20)) as scene:
        await asyncio.sleep(1)
        assert "audio" in scene.kinds


async def test_while_the_mind_is_loading_the_call_goes_on() -> None:
    mind = Thinker(["Yes."], seat_delay_s=30)
    async with call(an_agent(prompt=LLM), mind=mind) as scene:
        scene.write("Hello?")
        await asyncio.sleep(20)
        assert scene.kinds.count("ping") >= 6
        await asyncio.sleep(12)
    assert scene.responses == ["Yes."]


async def test_a_slow_mind_is_filled_in_for_once() -> None:
    turn = {"soft_timeout_config": {"timeout_seconds": 2, "message": "Let me think."}}
    async with call(an_agent(prompt=LLM, turn=turn), mind=Thinker([8.0, "It is noon."])) as scene:
        await scene.speak("What time is it?", quiet_s=4)
        assert scene.audio_s > 0.06 * len("Let me think.")
        assert scene.responses == []
        await scene.hush(6)
    assert scene.responses == ["Let me think. It is noon."]
    assert scene.audio_s > 0.06 * len("Let me think. It is noon.")


async def test_a_fast_one_is_not() -> None:
    turn = {"soft_timeout_config": {"timeout_seconds": 2, "message": "Let me think."}}
    async with call(an_agent(prompt=LLM, turn=turn), mind=Thinker(["It is noon."])) as scene:
        await scene.speak("What time is it?", quiet_s=5)
    assert scene.responses == ["It is noon."]


async def test_a_mind_that_says_nothing_is_no_end() -> None:
    async with call(an_agent(prompt=LLM), mind=Thinker([], ["Yes."])) as scene:
        scene.write("Hello?")
        await asyncio.sleep(1)
        scene.write("Hello??")
        await scene.heard("agent_response")
    assert scene.responses == ["Yes."]


async def test_the_mind_reads_what_was_said_while_it_is_heard() -> None:
    mind = Thinker(["It is noon."])
    agent = an_agent(first_message="Hello.", prompt={**LLM, "prompt": "Be brief."})
    async with call(agent, mind=mind) as scene:
        await scene.heard("audio")
    assert [message.text for message in mind.prepared[0].messages][1:] == ["Hello."]


async def test_what_the_client_adds_for_the_model_gets_there() -> None:
    mind = Thinker(["Yes."])
    agent = an_agent(prompt={**LLM, "temperature": 0.3, "max_tokens": 50})
    async with call(agent, mind=mind, begins=False) as scene:
        scene.begin(custom_llm_extra_body={"seed": 7})
        scene.write("Hello?")
        await scene.heard("agent_response")
    assert mind.prompts[0].extra_body == {"seed": 7}
    assert (mind.prompts[0].temperature, mind.prompts[0].max_tokens) == (0.3, 50)


async def test_an_interrupted_mind_knows_how_far_it_was_heard() -> None:
    story = "Once upon a time there was a very long story that went on."
    mind = Thinker([story], ["As you like."])
    async with call(an_agent(prompt=LLM), mind=mind) as scene:
        await scene.speak("Tell me a story.", quiet_s=1.2)
        await scene.speak("Stop now.", quiet_s=2.0)
    (correction,) = scene.of("agent_response_correction")
    texts = [message.text for message in mind.prompts[-1].messages]
    assert texts[-2:] == [correction["corrected_agent_response"], "Stop now."]


async def test_a_voice_that_a_language_names_and_nobody_has_leaves_the_call_as_it_was() -> None:
    tool = {
        "type": "system",
        "name": "language_detection",
        "params": {"system_tool_type": "language_detection"},
    }
    presets = {"de": {"overrides": {"tts": {"voice_id": "nobody-that-we-know"}}}}
    mind = Thinker([calls("language_detection", '{"language":"de"}')], ["Hello."])
    agent = an_agent(
        prompt={**LLM, "tools": [tool]}, tts={"voice_id": "Claudio"}, language_presets=presets
    )
    async with call(agent, mind=mind, strict_voices=True) as scene:
        scene.write("Deutsch?")
        await scene.heard("audio")
    assert scene.voice.spoken[-1].voice.name == "Claudio"
    assert "error" not in scene.kinds


async def test_a_store_that_fails_during_a_transfer_leaves_the_first_agent_in_the_call() -> None:
    transfers = [{"agent_id": "broken", "condition": "any"}]
    tool = {
        "type": "system",
        "name": "transfer_to_agent",
        "params": {"system_tool_type": "transfer_to_agent", "transfers": transfers},
    }
    mind = Thinker([calls("transfer_to_agent", '{"agent_number":0}')], ["Still me."])
    async with call(an_agent(prompt={**LLM, "tools": [tool]}), mind=mind) as scene:
        scene.write("Sales!")
        await asyncio.sleep(1)
        scene.write("Hello?")
        await scene.heard("agent_response")
    assert scene.responses == ["Still me."]
