"""How a call begins and ends, as its client sees it."""

from __future__ import annotations

import asyncio
import json

import pytest

from tests.sessions.conftest import LimitedCaller
from tests.sessions.converse.scene import CallScene, an_agent, call
from tests.sessions.converse.thinker import Thinker
from vivavoce.engines.ears.fake import FakeEars
from vivavoce.engines.voices.fake import FakeVoice

IN_VIRTUAL_TIME = True


async def test_the_metadata_come_first_and_once() -> None:
    async with call(an_agent(first_message="Hello there.")) as scene:
        await scene.heard("audio")
    assert scene.kinds[0] == "conversation_initiation_metadata"
    assert scene.kinds.count("conversation_initiation_metadata") == 1
    (metadata,) = scene.of("conversation_initiation_metadata")
    assert metadata["conversation_id"].startswith("conv_")
    assert metadata["agent_output_audio_format"] == "pcm_16000"
    assert metadata["user_input_audio_format"] == "pcm_16000"


async def test_an_agent_with_a_first_message_greets() -> None:
    async with call(an_agent(first_message="Hello there.")) as scene:
        await scene.until(lambda: scene.store.saved)
    assert scene.told == ["conversation_initiation_metadata", "agent_response", "audio"]
    assert scene.responses == ["Hello there."]
    assert scene.audio_s == pytest.approx(0.06 * 13 + 0.2, abs=0.1)
    assert scene.said == [("agent", "Hello there.")]


async def test_an_agent_without_one_waits() -> None:
    async with call() as scene:
        await asyncio.sleep(3)
    assert scene.told == ["conversation_initiation_metadata"]


async def test_a_client_that_says_nothing_is_spoken_to_after_two_seconds() -> None:
    async with call(an_agent(first_message="Hello there."), begins=False) as scene:
        await asyncio.sleep(1.9)
        assert scene.kinds == []
        await asyncio.sleep(0.5)
        assert scene.kinds[0] == "conversation_initiation_metadata"
        assert "audio" in scene.kinds


async def test_sound_that_comes_before_the_beginning_is_heard() -> None:
    agent = an_agent(rules=[{"when": "time", "say": "It is noon."}])
    async with call(agent, begins=False) as scene:
        scene.hear(scene.ears.sound_of("What time is it?"))
        scene.begin()
        await scene.hush(3)
    assert scene.transcripts == ["What time is it?"]


async def test_the_query_names_the_agent() -> None:
    agents = [an_agent(), an_agent("other", first_message="I am another.")]
    async with call(*agents, query="agent_id=other&source=js_sdk&version=1.25.0") as scene:
        await scene.heard("agent_response")
    assert scene.responses == ["I am another."]
    assert scene.record.agent_id == "other"


async def test_an_agent_that_there_is_not_is_named_in_the_refusal() -> None:
    scene = CallScene(query="agent_id=nobody")
    scene.begin()
    await scene.run()
    assert scene.kinds == ["error"]
    assert scene.error["code"] == 1008
    assert "nobody" in scene.error["message"]
    assert scene.peer.closed == (1008, scene.error["reason"])
    assert scene.store.begun == []


async def test_what_the_agent_does_not_let_anybody_change_is_refused() -> None:
    allowed = {"agent": {"first_message": False}}
    agent = an_agent(platform={"overrides": {"conversation_config_override": allowed}})
    scene = CallScene(agent)
    scene.begin(conversation_config_override={"agent": {"first_message": "Ha!"}})
    await scene.run()
    assert scene.kinds == ["error"]
    assert (scene.error["error_type"], scene.error["code"]) == ("override_error", 1008)
    assert scene.peer.closed is not None
    assert scene.peer.closed[0] == 1008


async def test_a_placeholder_that_nobody_fills_is_named_in_the_refusal() -> None:
    scene = CallScene(an_agent(first_message="Hello {{name}}."))
    scene.begin()
    await scene.run()
    assert scene.error["error_type"] == "missing_dynamic_variable"
    assert "name" in scene.error["message"]
    assert scene.peer.closed is not None
    assert scene.peer.closed[0] == 1008


async def test_one_that_the_client_fills_is_spoken() -> None:
    async with call(an_agent(first_message="Hello {{name}}."), begins=False) as scene:
        scene.begin(dynamic_variables={"name": "Ann"}, user_id="u1")
        await scene.heard("agent_response")
    assert scene.responses == ["Hello Ann."]
    assert scene.record.user_id == "u1"


@pytest.mark.parametrize("frame", ["{", "[1]", b"\xff", '{"user_audio_chunk":"!"}'])
@pytest.mark.parametrize("is_first", [True, False])
async def test_what_is_no_message_ends_the_call_by_name(frame: str | bytes, is_first: bool) -> None:
    scene = CallScene()
    if not is_first:
        scene.begin()
    scene.peer.say_raw(frame)
    await scene.run()
    assert scene.kinds[-1] == "error"
    assert (scene.error["error_type"], scene.error["code"]) == ("invalid_message", 1008)
    assert scene.peer.closed is not None
    assert scene.peer.closed[0] == 1008


async def test_messages_that_nobody_knows_do_no_harm() -> None:
    async with call(an_agent(rules=[{"when": "time", "say": "Noon."}])) as scene:
        scene.peer.say(type="something_new", volume=11)
        scene.peer.say(type="pong")
        scene.peer.say(type="client_tool_result", tool_call_id="c9", result="late")
        scene.peer.say(type="mcp_tool_approval_result", tool_call_id="c9", is_approved=True)
        scene.peer.say(type="user_message", text=None)
        scene.peer.say(user_audio_chunk="")
        scene.peer.say(type="feedback", event_id=77, score="like")
        scene.begin()
        scene.peer.say(type="enclave_setup_config")
        scene.peer.say()
        scene.write("What time?")
        await scene.heard("agent_response")
    assert scene.responses == ["Noon."]
    assert scene.kinds.count("conversation_initiation_metadata") == 1


async def test_a_call_lasts_no_longer_than_the_agents_calls_may() -> None:
    agent = an_agent(conversation={"max_duration_seconds": 30}, turn={"turn_timeout": -1})
    async with call(agent) as scene:
        await asyncio.sleep(29)
        assert scene.peer.closed is None
        await asyncio.sleep(2)
    assert scene.error["error_type"] == "max_duration_exceeded"
    assert scene.peer.closed is not None
    assert scene.peer.closed[0] == 1000
    assert scene.record.status == "done"
    assert scene.record.termination_reason == "max_duration_exceeded"
    assert scene.record.duration_s == pytest.approx(30, abs=1)


async def test_who_does_not_even_answer_pings_for_a_minute_is_gone() -> None:
    async with call(answers_pings=False) as scene:
        await asyncio.sleep(59)
        assert scene.peer.closed is None
        await asyncio.sleep(2)
    assert scene.error["error_type"] == "transport_receive_timeout"
    assert scene.peer.closed is not None
    assert scene.peer.closed[0] == 1002
    assert scene.record.status == "failed"
    assert scene.record.error_code == 1002


async def test_who_answers_them_may_say_nothing_for_long() -> None:
    async with call(an_agent(turn={"turn_timeout": -1})) as scene:
        await asyncio.sleep(300)
        assert scene.peer.closed is None


async def test_pings_are_numbered_and_say_how_long_the_last_answer_took() -> None:
    async with call(answers_pings=False) as scene:
        await scene.heard("ping")
        await asyncio.sleep(0.2)
        scene.peer.say(type="pong", event_id=1)
        await scene.heard("ping", 3)
    pings = scene.of("ping")
    assert [one["event_id"] for one in pings] == [1, 2, 3]
    assert pings[0]["ping_ms"] is None
    assert pings[2]["ping_ms"] == pytest.approx(200, abs=15)


async def test_a_client_that_hangs_up_ends_the_call_well() -> None:
    async with call(an_agent(first_message="Hello there.")) as scene:
        await scene.heard("audio")
    assert scene.record.status == "done"
    assert scene.record.termination_reason == "client disconnected"
    assert scene.record.error_code is None


async def test_a_server_that_shuts_down_lets_the_agent_finish() -> None:
    async with call(an_agent(first_message="Hello there, my friends.")) as scene:
        await scene.heard("audio")
        scene.session.drain()
        await scene.until(lambda: scene.peer.closed)
    assert scene.peer.closed is not None
    assert scene.peer.closed[0] == 1001
    assert scene.audio_s >= 0.06 * len("Hello there, my friends.")
    assert scene.said == [("agent", "Hello there, my friends.")]


async def test_a_server_that_shuts_down_at_once_does_not() -> None:
    async with call(an_agent(first_message="Hello there, my friends.")) as scene:
        await scene.heard("audio")
        scene.session.drain(at_once=True)
        await scene.until(lambda: scene.peer.closed, within_s=0.1)
    assert scene.peer.closed is not None
    assert scene.peer.closed[0] == 1001


async def test_a_full_machine_takes_no_call() -> None:
    scene = CallScene(ears_capacity=0)
    scene.begin()
    await scene.run()
    assert scene.kinds[-1] == "error"
    assert scene.error["error_type"] == "system_busy"
    assert scene.peer.closed is not None
    assert scene.peer.closed[0] == 1013


async def test_a_call_whose_agent_may_not_speak_any_more_ends_by_name() -> None:
    for options, kind in (
        ({"caller": LimitedCaller(characters=5)}, "quota_exceeded"),
        ({"capacity": 0}, "system_busy"),
        ({"caller": LimitedCaller(requests=0)}, "rate_limit_exceeded"),
        ({"caller": LimitedCaller(permitted=False)}, "missing_permissions"),
    ):
        scene = CallScene(an_agent(first_message="Hello there."), **options)  # type: ignore[arg-type]
        scene.begin()
        async with asyncio.timeout(60):
            await scene.session.run()
        assert scene.error["error_type"] == kind
        assert scene.pool.listeners == scene.ears_pool.streams == 0


async def test_a_broken_voice_is_reported_as_such() -> None:
    scene = CallScene(an_agent(first_message="Hello there."), voice=FakeVoice(fail_on="there"))
    scene.begin()
    await scene.run()
    assert scene.error["error_type"] == "cascade_brain_error"
    assert scene.peer.closed is not None
    assert scene.peer.closed[0] == 1002
    assert scene.record.status == "failed"


async def test_broken_ears_are_reported_as_such() -> None:
    scene = CallScene(ears=FakeEars(("Yes.", "No."), fail_on="No."))
    scene.begin()
    async with asyncio.timeout(60), asyncio.TaskGroup() as tasks:
        tasks.create_task(scene.session.run())
        await scene.speak("Yes. No. Yes.", quiet_s=1)
    assert scene.error["code"] == 1002
    scene.is_left_clean()


async def test_text_that_no_voice_can_speak_is_written_and_the_call_goes_on() -> None:
    rules = [{"when": "speak", "say": "你好。"}, {"when": "time", "say": "It is noon."}]
    async with call(an_agent(rules=rules)) as scene:
        scene.write("speak")
        await asyncio.sleep(2)
        scene.write("time")
        await asyncio.sleep(2)
    assert scene.responses == ["你好。", "It is noon."]
    assert "error" not in scene.kinds
    assert scene.audio_s > 0.5


async def test_a_client_that_does_not_read_is_left() -> None:
    async with call(an_agent(first_message="Hello there."), send_timeout_s=3.0) as scene:
        await scene.heard("audio")
        scene.peer.reads.clear()
        await asyncio.sleep(5)
    assert scene.record.status == "failed"
    assert scene.record.error_code == 1008
    assert "error" not in scene.kinds


async def test_what_went_wrong_inside_is_not_for_the_client() -> None:
    async with call(an_agent(prompt={"llm": ""}), mind=Thinker([ValueError("words")])) as scene:
        scene.write("Hello?")
        await scene.until(lambda: scene.peer.closed)
    assert scene.error["error_type"] == "unknown_websocket_crash"
    assert "words" not in json.dumps(scene.error)
    assert scene.peer.closed is not None
    assert scene.peer.closed[0] == 1011
