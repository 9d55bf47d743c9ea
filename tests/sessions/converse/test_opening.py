"""How calls begin, and agents that clients bring along."""

from __future__ import annotations

import asyncio
import json

import pytest

from tests.sessions.conftest import Peer
from tests.sessions.converse.scene import an_agent, call
from vivavoce.errors import InvalidMessage
from vivavoce.sessions.connection import Connection
from vivavoce.sessions.converse.opening import Opening, read_opening
from vivavoce.sessions.duplex import PeerGone
from vivavoce.wire.conversation import FlatAudio, UserAudio, UserText

IN_VIRTUAL_TIME = True

INITIATION = {"type": "conversation_initiation_client_data", "user_id": "u1"}
ENCLAVE = {"type": "enclave_setup_config", "agent_config_dict": {"agent": {}}}


async def opening_of(*messages: dict[str, object]) -> Opening:
    peer = Peer()
    connection = Connection(peer, send_timeout_s=1.0, error_frame=lambda error: None)
    for message in messages:
        peer.say_raw(json.dumps(message))
    return await read_opening(connection)


async def test_the_initiation_begins_a_call_of_the_sdks() -> None:
    opening = await opening_of(INITIATION, {"type": "user_activity"})
    assert not opening.is_flat
    assert opening.initiation.user_id == "u1"
    assert opening.rest == []


async def test_what_comes_before_it_belongs_to_the_call() -> None:
    sound = {"user_audio_chunk": "YWI="}
    opening = await opening_of(sound, {"type": "user_message", "text": "Hi."}, INITIATION)
    assert opening.rest == [UserAudio(b"ab"), UserText("Hi.")]
    assert opening.initiation.user_id == "u1"


async def test_the_agent_of_a_self_hosted_client_comes_first() -> None:
    opening = await opening_of(ENCLAVE, INITIATION)
    assert opening.enclave is not None
    assert opening.enclave.config == {"agent": {}}
    assert opening.initiation.user_id == "u1"


@pytest.mark.parametrize(
    "messages", [(), ({"user_audio_chunk": "YWI="},), ({"type": "something_new"},)]
)
async def test_after_two_seconds_of_nothing_else_it_is_a_call_of_the_sdks(
    messages: tuple[dict[str, object], ...],
) -> None:
    began_at = asyncio.get_running_loop().time()
    opening = await opening_of(*messages)
    assert not opening.is_flat
    assert len(opening.rest) == len(messages)
    assert asyncio.get_running_loop().time() - began_at == pytest.approx(2.0)


async def test_behind_an_agent_the_initiation_may_take_two_seconds_more() -> None:
    peer = Peer()
    connection = Connection(peer, send_timeout_s=1.0, error_frame=lambda error: None)
    async with asyncio.TaskGroup() as tasks:
        reading = tasks.create_task(read_opening(connection))
        await asyncio.sleep(1.5)
        peer.say_raw(json.dumps(ENCLAVE))
        await asyncio.sleep(1.5)
        peer.say_raw(json.dumps(INITIATION))
    assert reading.result().enclave is not None
    assert reading.result().initiation.user_id == "u1"


async def test_another_agent_behind_the_first_gives_no_more_time() -> None:
    peer = Peer()
    connection = Connection(peer, send_timeout_s=1.0, error_frame=lambda error: None)

    async def send_agents() -> None:
        for _ in range(8):
            peer.say_raw(json.dumps(ENCLAVE))
            await asyncio.sleep(1.5)

    sending = asyncio.create_task(send_agents())
    began = asyncio.get_running_loop().time()
    await read_opening(connection)
    assert asyncio.get_running_loop().time() - began <= 4.0
    sending.cancel()


async def test_who_says_very_much_before_it_begins_has_begun() -> None:
    sound = {"user_audio_chunk": "AAAA" * 200_000}
    opening = await opening_of(*[sound] * 20, INITIATION)
    assert 0 < len(opening.rest) < 20
    assert opening.initiation.user_id is None


async def test_an_agent_without_a_type_begins_a_flat_call() -> None:
    opening = await opening_of({"agent": {"first_message": "Hi.", "voice": {"voice_id": "v"}}})
    assert opening.is_flat
    assert opening.initiation.override == {
        "agent": {"first_message": "Hi."},
        "tts": {"voice_id": "v"},
    }


async def test_so_does_flat_sound() -> None:
    opening = await opening_of({"type": "audio", "audio": "YWI="})
    assert opening.is_flat
    assert opening.rest == [FlatAudio(b"ab")]


async def test_a_peer_that_leaves_begins_nothing() -> None:
    peer = Peer()
    peer.vanish()
    connection = Connection(peer, send_timeout_s=1.0, error_frame=lambda error: None)
    with pytest.raises(PeerGone):
        await read_opening(connection)


async def test_what_is_no_message_begins_nothing() -> None:
    peer = Peer()
    peer.say_raw("{")
    connection = Connection(peer, send_timeout_s=1.0, error_frame=lambda error: None)
    with pytest.raises(InvalidMessage):
        await read_opening(connection)


async def test_a_self_hosted_client_talks_to_its_own_agent() -> None:
    async with call(an_agent(first_message="I am the server's."), begins=False) as scene:
        scene.peer.say(
            type="enclave_setup_config",
            agent_config_dict={
                "name": "Mine",
                "conversation_config": {
                    "agent": {
                        "first_message": "I am yours.",
                        "prompt": {
                            "llm": "scripted",
                            "rules": [{"when": "tea", "tool": "order", "then": "Done: {result}"}],
                        },
                    }
                },
            },
            tools_config_list=[
                {
                    "type": "client",
                    "name": "order",
                    "description": "",
                    "expects_response": True,
                    "parameters": {"type": "object", "properties": {}},
                }
            ],
        )
        scene.begin()
        await scene.heard("audio")
        scene.write("Tea.")
        await scene.heard("client_tool_call")
        scene.peer.say(
            type="client_tool_result",
            tool_call_id=scene.of("client_tool_call")[0]["tool_call_id"],
            result="tea",
        )
        await scene.until(lambda: "Done: tea" in scene.responses)
    assert scene.kinds[0] == "conversation_initiation_metadata"
    assert scene.responses[0] == "I am yours."
    assert (scene.record.agent_id, scene.record.agent_name) == ("self_hosted", "Mine")


async def test_one_that_brings_none_talks_to_the_servers() -> None:
    async with call(an_agent(first_message="I am the server's."), begins=False) as scene:
        scene.peer.say(type="enclave_setup_config", agent_config_dict=None)
        scene.begin()
        await scene.heard("agent_response")
    assert scene.responses == ["I am the server's."]
