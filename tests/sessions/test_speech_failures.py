"""How a stream-input session fails, times out, drains and lets go."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
import structlog

from tests.sessions.conftest import LimitedCaller
from vivavoce.engines.voices.fake import FakeVoice

TWENTY_S = "This is one of many sentences, and it is a long one. " * 6


@pytest.mark.parametrize("frame", ["not JSON", "[]", "{}", '{"text":1}', b"\x00\x01"])
async def test_a_message_outside_the_protocol_ends_the_connection(
    stage: Any, frame: str | bytes
) -> None:
    scene = stage()
    scene.peer.say_raw(frame)
    await scene.run()
    [error] = scene.peer.messages
    assert (error["error"], error["code"]) == ("invalid_input_message", 1008)
    assert scene.peer.closed[0] == 1008
    assert error["message"].startswith(scene.peer.closed[1])
    assert len(scene.peer.closed[1].encode()) <= 123


@pytest.mark.parametrize(
    ("query", "error_id", "param"),
    [
        ("output_format=wav_44100", "invalid_output_format", "output_format"),
        ("output_format=flac", "invalid_output_format", "output_format"),
        ("seed=-1", "invalid_parameters", "seed"),
        ("frames=xml", "invalid_parameters", "frames"),
    ],
)
async def test_a_bad_query_is_answered_before_any_message(
    stage: Any, query: str, error_id: str, param: str
) -> None:
    scene = stage(url=f"Rachel?{query}")
    await scene.run()
    [error] = scene.peer.messages
    assert (error["error"], error["param"], error["code"]) == (error_id, param, 1008)
    assert scene.peer.closed[0] == 1008


async def test_an_unknown_voice_is_answered_by_the_default(stage: Any) -> None:
    scene = stage(url="nobody", default_voice="Orfeo")
    scene.peer.say("Hello. ")
    scene.peer.say("")
    await scene.run()
    assert scene.pool.submitted[0].request.voice.name == "Orfeo"


async def test_a_strict_server_refuses_an_unknown_voice(stage: Any) -> None:
    scene = stage(url="nobody", strict_voices=True)
    await scene.run()
    assert [m["error"] for m in scene.peer.messages] == ["voice_not_found"]
    assert scene.peer.closed[0] == 1008


async def test_text_in_a_foreign_script_is_refused_after_what_came_before(stage: Any) -> None:
    scene = stage()
    scene.peer.say("Hello. ", flush=True)
    scene.peer.say("你好。", flush=True)
    await scene.run()
    assert scene.peer.chars() == "Hello. "
    assert scene.peer.messages[-1]["error"] == "unsupported_language"
    assert scene.peer.closed[0] == 1008


async def test_a_voice_that_breaks_is_the_servers_fault(stage: Any) -> None:
    scene = stage(engine=FakeVoice(fail_on="dynamite"))
    scene.peer.say("Hello. Here is dynamite. ")
    scene.peer.say("")
    await scene.run()
    assert scene.peer.chars() == "Hello. "
    assert scene.peer.messages[-1]["error"] == "internal_error"
    assert scene.peer.closed[0] == 1011


async def test_a_bug_is_logged_in_full_and_told_in_general(stage: Any) -> None:
    scene = stage()

    def broken(*_: object, **__: object) -> None:
        raise KeyError("secret")

    scene.pool.submit = broken
    scene.peer.say("Hello. ", flush=True)
    with structlog.testing.capture_logs() as logs:
        await scene.run()
    assert scene.peer.messages == [
        {"message": "The server failed.", "error": "internal_error", "code": 1011}
    ]
    assert scene.peer.closed == (1011, "The server failed.")
    assert [type(log["exc_info"]) for log in logs if log["log_level"] == "error"] == [KeyError]


async def test_a_full_server_refuses_a_new_turn(stage: Any) -> None:
    scene = stage(capacity=0)
    scene.peer.say("Hello. ", flush=True)
    await scene.run()
    assert [m["error"] for m in scene.peer.messages] == ["system_busy"]
    assert scene.peer.closed[0] == 1013
    assert scene.pool.submitted == []


async def test_a_full_server_still_lets_an_idle_connection_end_well(stage: Any) -> None:
    scene = stage(capacity=0)
    scene.peer.say(" ")
    scene.peer.say("")
    await scene.run()
    assert scene.peer.closed == (1000, "")


async def test_no_text_for_the_inactivity_timeout_ends_the_connection(stage: Any) -> None:
    scene = stage(url="Rachel?inactivity_timeout=1")
    scene.peer.say(" ")
    await scene.run()
    [error] = scene.peer.messages
    assert (error["error"], error["code"]) == ("input_timeout_exceeded", 1008)
    assert scene.peer.closed == (1008, error["message"])


async def test_keep_alives_reset_the_inactivity_clock(stage: Any) -> None:
    scene = stage(url="Rachel?inactivity_timeout=1")
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(scene.run())
        for _ in range(6):
            scene.peer.say(" ")
            await asyncio.sleep(0.3)
        assert scene.peer.closed is None
        scene.peer.vanish()


async def test_the_inactivity_timeout_waits_for_speech_under_way(stage: Any) -> None:
    scene = stage(url="Rachel?inactivity_timeout=1", block_delay_s=0.4)
    scene.peer.say("One two three four, five six seven eight, nine ten. ", flush=True)
    await scene.run()
    assert scene.peer.chars() == "One two three four, five six seven eight, nine ten. "
    assert scene.peer.messages[-1]["error"] == "input_timeout_exceeded"


async def test_a_key_may_come_with_the_first_message(stage: Any) -> None:
    for field in ("xi_api_key", "xi-api-key", "authorization", "single_use_token"):
        scene = stage(api_keys=("right",))
        scene.peer.say(" ", **{field: "right"})
        scene.peer.say("Hello. ")
        scene.peer.say("")
        await scene.run()
        assert scene.peer.chars() == "Hello. "


@pytest.mark.parametrize(
    ("fields", "error_id"),
    [({}, "authentication_required"), ({"xi_api_key": "wrong"}, "invalid_api_key")],
)
async def test_a_first_message_without_a_good_key_is_refused(
    stage: Any, fields: dict[str, str], error_id: str
) -> None:
    scene = stage(api_keys=("right",))
    scene.peer.say("Hello. ", **fields)
    await scene.run()
    assert [m["error"] for m in scene.peer.messages] == [error_id]
    assert scene.peer.closed[0] == 1008
    assert scene.pool.submitted == []


async def test_a_key_that_never_comes_is_not_awaited_for_ever(
    stage: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vivavoce.sessions.entrance._KEY_WITHIN_S", 0.05)
    scene = stage(api_keys=("right",))
    await scene.run()
    assert [m["error"] for m in scene.peer.messages] == ["authentication_required"]


async def test_a_client_that_vanishes_mid_word_leaves_nothing_behind(stage: Any) -> None:
    scene = stage(block_delay_s=0.01)
    scene.peer.say(TWENTY_S)
    with structlog.testing.capture_logs() as logs:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(scene.run())
            await scene.peer.heard(2)
            scene.peer.vanish()
    assert scene.pool.listeners == 0
    assert all(s.cancelled or s.ended for s in scene.pool.submitted)
    assert len(scene.pool.submitted) < 6
    assert [log for log in logs if log["log_level"] in ("warning", "error")] == []


async def test_a_client_that_ends_and_closes_at_once_is_no_error(stage: Any) -> None:
    scene = stage()
    scene.peer.say("Hello there. ")
    scene.peer.say("")
    scene.peer.vanish()
    with structlog.testing.capture_logs() as logs:
        await scene.run()
    assert [log for log in logs if log["log_level"] != "debug"] == []
    assert scene.pool.listeners == 0


async def test_cancelling_a_session_gives_everything_back(stage: Any) -> None:
    scene = stage(block_delay_s=0.01)
    scene.peer.say(TWENTY_S)
    task = asyncio.create_task(scene.run())
    await scene.peer.heard(1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert scene.pool.listeners == 0
    assert all(s.cancelled or s.ended for s in scene.pool.submitted)


async def test_a_client_that_never_reads_is_let_go_and_speech_waits_meanwhile(stage: Any) -> None:
    scene = stage(url="Rachel?output_format=pcm_48000", send_timeout_s=0.5)
    scene.peer.reads.clear()
    scene.peer.say("This is one of many sentences. " * 200)
    with structlog.testing.capture_logs() as logs:
        await scene.run()
    # Each takes two seconds of speech, 256 KB as base64; a megabyte may wait.
    assert len(scene.pool.submitted) < 10
    assert scene.pool.listeners == 0
    assert [log.get("error") for log in logs if log["event"] == "session refused"] == [
        "slow_reader"
    ]


async def test_an_idle_session_leaves_at_once_when_the_server_drains(stage: Any) -> None:
    scene = stage()
    scene.peer.say(" ")
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(scene.run())
        await asyncio.sleep(0.02)
        scene.session.drain()
    assert [m["error"] for m in scene.peer.messages] == ["server_shutting_down"]
    assert scene.peer.closed == (1001, "The server is shutting down.")


async def test_a_draining_session_first_speaks_what_was_asked_and_takes_no_more(
    stage: Any,
) -> None:
    scene = stage(block_delay_s=0.01)
    scene.peer.say("Hello. How do you do? ", flush=True)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(scene.run())
        await scene.peer.heard(1)
        scene.session.drain()
        scene.peer.say("And more. ", flush=True)
    assert scene.peer.chars() == "Hello. How do you do? "
    assert scene.peer.messages[-1]["error"] == "server_shutting_down"
    assert scene.peer.closed[0] == 1001


async def test_a_draining_session_that_is_told_of_the_end_ends_well(stage: Any) -> None:
    scene = stage(block_delay_s=0.01)
    scene.peer.say("Hello. How do you do? ", flush=True)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(scene.run())
        await scene.peer.heard(1)
        scene.session.drain()
        scene.peer.say("")
    assert scene.peer.chars() == "Hello. How do you do? "
    assert scene.peer.closed == (1000, "")


async def test_a_session_can_be_told_to_leave_in_the_middle_of_a_word(stage: Any) -> None:
    scene = stage(block_delay_s=0.05)
    scene.peer.say(TWENTY_S)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(scene.run())
        await scene.peer.heard(1)
        scene.session.drain(at_once=True)
    assert scene.peer.closed[0] == 1001
    assert len(scene.peer.chars()) < len(TWENTY_S)


async def test_settings_without_effect_are_named_once_for_all_connections(stage: Any) -> None:
    query = "apply_language_text_normalization=true"
    first, second = stage(url=f"Rachel?{query}"), stage(url=f"Rachel?{query}")
    second.session._desk = first.session._desk
    with structlog.testing.capture_logs() as logs:
        for scene in (first, second):
            scene.peer.say(" ", voice_settings={"similarity_boost": 0.5, "style": 0.1})
            scene.peer.say("")
            await scene.run()
    named = [log["setting"] for log in logs if log["event"] == "setting has no effect here"]
    assert named == ["apply_language_text_normalization", "similarity_boost", "style"]


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"capacity": 0}, "system_busy"),
        ({"caller": LimitedCaller(characters=3)}, "quota_exceeded"),
    ],
)
async def test_a_refusal_reaches_a_client_that_ends_its_input_at_once(
    stage: Any, options: dict[str, Any], error: str
) -> None:
    scene = stage(**options)
    scene.peer.say("Some words. ", flush=True)
    scene.peer.say("")
    await scene.run()
    assert [message.get("error") for message in scene.peer.messages] == [error]


async def test_an_unknown_dictionary_reaches_a_client_that_ends_its_input_at_once(
    stage: Any,
) -> None:
    scene = stage()
    locators = [{"pronunciation_dictionary_id": "none"}]
    scene.peer.say("Hi. ", flush=True, pronunciation_dictionary_locators=locators)
    scene.peer.say("")
    await scene.run()
    assert scene.peer.messages[-1]["error"] == "pronunciation_dictionary_not_found"
    assert scene.peer.closed is not None
    assert scene.peer.closed[0] == 1008
