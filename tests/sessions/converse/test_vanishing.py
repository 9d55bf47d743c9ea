"""Peers that vanish, and those that say anything at all: nothing of their calls is left."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence

import pybase64
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sessions.converse.scene import CallScene, an_agent
from tests.sessions.converse.thinker import Thinker, calls
from vivavoce.engines.ears.fake import FakeEars

IN_VIRTUAL_TIME = True

STORY = "Once upon a time there was a very long story that went on."
CLIENT_TOOL = {
    "type": "client",
    "name": "order",
    "description": "",
    "parameters": {"type": "object", "properties": {}},
    "expects_response": True,
    "response_timeout_secs": 5,
}
END_CALL = {
    "type": "system",
    "name": "end_call",
    "description": "",
    "params": {"system_tool_type": "end_call"},
}


def busy_scene() -> CallScene:
    """Everything in it takes a while."""
    mind = Thinker(
        [0.1, "One moment. ", calls("order")],
        [0.2, STORY],
        ["As you like. ", 0.5, "Anything else?"],
        seat_delay_s=0.3,
    )
    agent = an_agent(
        first_message="Hello there.",
        prompt={"llm": "", "tools": [CLIENT_TOOL, END_CALL]},
        turn={"turn_timeout": 3, "soft_timeout_config": {"timeout_seconds": 1}},
    )
    return CallScene(agent, mind=mind, ears_delay_s=0.05, block_delay_s=0.02)


async def lively(scene: CallScene) -> None:
    """What a client does in a call of some 12 s."""
    scene.begin()
    await scene.hush(1.0)
    await scene.speak("What time is it?", quiet_s=1.0)
    scene.peer.say(type="client_tool_result", tool_call_id="c1", result="ok")
    await scene.hush(1.5)
    await scene.speak("Stop now. Stop now.", quiet_s=1.5)
    scene.write("And now?")
    await scene.hush(3.0)


@pytest.mark.parametrize("moment", range(0, 120, 4))
async def test_a_peer_that_vanishes_at_any_moment_leaves_nothing(moment: int) -> None:
    scene = busy_scene()
    async with asyncio.timeout(100), asyncio.TaskGroup() as tasks:
        tasks.create_task(scene.session.run())
        talking = tasks.create_task(lively(scene))
        await asyncio.sleep(moment / 10)
        scene.peer.vanish()
        talking.cancel()
    scene.is_left_clean()
    assert all(record.status == "done" for record in scene.store.saved[-1:])


async def test_fifty_callers_who_vanish_at_once_leave_nothing() -> None:
    scenes = [busy_scene() for _ in range(50)]
    async with asyncio.timeout(100), asyncio.TaskGroup() as tasks:
        talking = []
        for scene in scenes:
            tasks.create_task(scene.session.run())
            talking.append(tasks.create_task(lively(scene)))
            await asyncio.sleep(0.1)
        for scene, talk in zip(scenes, talking, strict=True):
            scene.peer.vanish()
            talk.cancel()
    for scene in scenes:
        scene.is_left_clean()
    assert [scene.record.status for scene in scenes] == ["done"] * 50


@pytest.mark.parametrize("moment", range(0, 100, 7))
async def test_a_server_that_is_cancelled_leaves_nothing(moment: int) -> None:
    scene = busy_scene()
    talking = asyncio.create_task(lively(scene))
    serving = asyncio.create_task(scene.session.run())
    await asyncio.sleep(moment / 10)
    talking.cancel()
    serving.cancel()
    await asyncio.wait([talking, serving])
    scene.is_left_clean()


async def test_a_call_that_cannot_begin_gives_its_ears_back() -> None:
    locators = [{"pronunciation_dictionary_id": "nowhere", "version_id": "v"}]
    scene = CallScene(an_agent(tts={"pronunciation_dictionary_locators": locators}))
    scene.begin()
    await scene.run()
    assert scene.error["code"] == 1008


_EARS = FakeEars()
_SOUNDS = [b"", bytes(640), bytes(6_400), b"\x01", _EARS.sound_of("Yes. No."), bytes(64_000)]
_messages = st.one_of(
    st.sampled_from(_SOUNDS).map(
        lambda pcm: {"user_audio_chunk": pybase64.b64encode_as_string(pcm)}
    ),
    st.sampled_from(["Hello?", "order", "", "story", None]).map(
        lambda text: {"type": "user_message", "text": text}
    ),
    st.sampled_from(
        [
            {"type": "conversation_initiation_client_data"},
            {"type": "conversation_initiation_client_data", "dynamic_variables": {"name": [1]}},
            {"type": "enclave_setup_config", "agent_config_dict": None},
            {"type": "user_activity"},
            {"type": "pong", "event_id": "no"},
            {"type": "pong", "event_id": 1},
            {"type": "contextual_update", "text": "It rains."},
            {"type": "feedback", "event_id": 2, "score": "like"},
            {"type": "client_tool_result", "tool_call_id": "c1", "result": [1]},
            {"type": "client_tool_result"},
            {"type": "mcp_tool_approval_result", "tool_call_id": "c1", "is_approved": True},
            {"type": "multimodal_message", "file": {"file_id": "f1"}},
            {"type": "something_new"},
            {"type": "audio", "audio": ""},
            {"agent": {"first_message": "Flat."}},
            {},
        ]
    ),
).map(json.dumps)
_frames = st.one_of(*[_messages] * 9, st.sampled_from(["{", "[]", b"\xff\xfe", "null"]))
_scripts = st.lists(st.tuples(_frames, st.sampled_from([0.0, 0.0, 0.02, 0.3, 2.5])), max_size=25)


async def act(scene: CallScene, script: Sequence[tuple[str | bytes, float]]) -> None:
    for frame, pause_s in script:
        scene.peer.say_raw(frame)
        await asyncio.sleep(pause_s)
    scene.peer.vanish()


@given(script=_scripts, begins=st.booleans())
@settings(max_examples=150)
async def test_whatever_a_client_says_its_call_ends_well_and_ids_never_fall(
    script: list[tuple[str | bytes, float]], begins: bool
) -> None:
    rules = [{"when": "order", "tool": "order", "then": "It is ordered."}]
    prompt = {"tools": [CLIENT_TOOL]}
    scene = CallScene(an_agent(first_message="Hello there.", rules=rules, prompt=prompt))
    if begins:
        scene.begin()
    async with asyncio.timeout(300), asyncio.TaskGroup() as tasks:
        tasks.create_task(scene.session.run())
        tasks.create_task(act(scene, script))
    scene.is_left_clean()
    is_flat = any("conversation_id" not in json.dumps(m) for m in scene.peer.messages[:1])
    if not is_flat:
        check_ids(scene)


def check_ids(scene: CallScene) -> None:
    interrupted = last = 0
    for message in scene.peer.messages:
        if message["type"] == "audio":
            event_id = message["audio_event"]["event_id"]
            assert event_id > interrupted
        elif message["type"] == "interruption":
            event_id = interrupted = message["interruption_event"]["event_id"]
        else:
            continue
        assert event_id >= last
        last = event_id
