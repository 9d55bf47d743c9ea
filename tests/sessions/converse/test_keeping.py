"""What is kept of a call, and who is told of it."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
import structlog

from tests.sessions.converse.scene import KeptCalls, an_agent, call
from vivavoce.wire.initiation import Webhook

IN_VIRTUAL_TIME = True


def files_in(directory: Path) -> list[Path]:
    return list(directory.iterdir())


async def test_a_call_is_written_down_from_its_beginning() -> None:
    async with call(an_agent(), begins=False) as scene:
        scene.begin(user_id="u1", dynamic_variables={"name": "Ann"})
        await scene.heard("conversation_initiation_metadata")
        (begun,) = scene.store.begun
        assert begun.status == "in-progress"
        assert (begun.agent_id, begun.agent_name) == ("agent_1", "The agent_1")
        assert begun.user_id == "u1"
        assert json.loads(begun.initiation)["dynamic_variables"] == {"name": "Ann"}
        # There may be keys in the rest of the configuration.
        shown = {"agent": {"language": "en"}, "conversation": {"text_only": False}}
        assert json.loads(begun.config) == shown
    (metadata,) = scene.of("conversation_initiation_metadata")
    assert metadata["conversation_id"] == begun.conversation_id == scene.record.conversation_id
    assert scene.record.status == "done"


async def test_turns_have_the_times_at_which_they_were() -> None:
    async with call(an_agent(first_message="Hello.")) as scene:
        await scene.hush(5)
        await scene.speak("What time is it?", quiet_s=3)
    greeting, asked, answered = scene.record.transcript
    assert greeting.time_in_call_s == pytest.approx(0, abs=0.1)
    assert asked.time_in_call_s == pytest.approx(6.4, abs=0.5)
    assert answered.time_in_call_s == pytest.approx(asked.time_in_call_s, abs=0.3)
    assert scene.record.duration_s == pytest.approx(9.1, abs=0.5)


async def test_turns_are_written_down_while_the_call_is_on() -> None:
    async with call(an_agent(first_message="Hello.")) as scene:
        await asyncio.sleep(2)
        assert [turn.message for turn in scene.record.transcript] == ["Hello."]
        assert scene.record.status == "in-progress"


async def test_feedback_is_kept_with_the_turn_that_it_is_about() -> None:
    async with call(an_agent(first_message="Hello.")) as scene:
        await asyncio.sleep(1)
        scene.write("One.")
        await asyncio.sleep(2)
        first, second = (one["event_id"] for one in scene.of("agent_response"))
        scene.peer.say(type="feedback", event_id=first, score="dislike")
        scene.peer.say(type="feedback", event_id=second, score="like")
        scene.peer.say(type="feedback", event_id=first, score=None)
        await asyncio.sleep(0.1)
    scores = [(turn.message, turn.feedback) for turn in scene.record.transcript]
    assert scores == [("Hello.", None), ("One.", None), ("You said: One.", "like")]


async def test_a_store_that_fails_ends_no_call() -> None:
    async with call(an_agent(first_message="Hello."), store=KeptCalls(fails=True)) as scene:
        scene.write("One.")
        await asyncio.sleep(3)
    assert scene.responses[-1] == "You said: One."
    assert "error" not in scene.kinds
    assert scene.store.begun == scene.store.saved == []


async def test_the_log_has_the_kind_of_what_broke_the_store_and_nothing_that_was_said() -> None:
    with structlog.testing.capture_logs() as logs:
        async with call(an_agent(), store=KeptCalls(fails=True)) as scene:
            scene.write("My name is Rumpelstiltskin.")
            await asyncio.sleep(3)
    complaints = [log for log in logs if log["log_level"] == "error"]
    assert {log["cause"] for log in complaints} == {"OSError"}
    assert "Rumpelstiltskin" not in str(logs)


async def test_a_slow_store_holds_nothing_up() -> None:
    async with call(an_agent(), store=KeptCalls(delay_s=0.9)) as scene:
        for number in range(5):
            scene.write(f"{number}.")
            await asyncio.sleep(2)
    assert scene.responses == [f"You said: {number}." for number in range(5)]


async def test_the_recording_has_both_sides(tmp_path: Path) -> None:
    async with call(an_agent(), recordings=tmp_path) as scene:
        await scene.speak("What time is it?", quiet_s=3)
    assert files_in(tmp_path) == [tmp_path / f"{scene.record.conversation_id}.mp3"]
    assert scene.record.has_user_audio
    assert scene.record.has_response_audio


async def test_a_call_without_sound_leaves_no_recording(tmp_path: Path) -> None:
    async with call(an_agent(conversation={"text_only": True}), recordings=tmp_path) as scene:
        scene.write("One.")
        await scene.heard("agent_response")
    assert files_in(tmp_path) == []
    assert not scene.record.has_user_audio
    assert not scene.record.has_response_audio


async def test_the_servers_own_webhook_hears_of_the_call_when_it_is_over() -> None:
    settings = {"post_call_webhook_url": "http://me.test/", "post_call_webhook_secret": "s3cret"}
    async with call(an_agent(first_message="Hello."), **settings) as scene:
        await asyncio.sleep(2)
        assert scene.webhooks.sent == []
    ((kind, webhook, body),) = scene.webhooks.sent
    assert (kind, webhook) == ("transcript", Webhook("http://me.test/", "s3cret"))
    told = json.loads(body)
    assert told["conversation_id"] == scene.record.conversation_id
    assert told["status"] == "done"
    assert [turn["message"] for turn in told["transcript"]] == ["Hello."]


async def test_webhooks_of_the_client_hear_instead_transcript_first(tmp_path: Path) -> None:
    settings = {"post_call_webhook_url": "http://me.test/"}
    options = {"recordings": tmp_path, "begins": False, **settings}
    async with call(an_agent(first_message="Hello."), **options) as scene:  # type: ignore[arg-type]
        scene.peer.say(
            type="enclave_setup_config",
            agent_config_dict=None,
            post_call_transcription_webhook={"url": "http://you.test/t", "hmac_secret": "x" * 16},
            post_call_audio_webhook={"url": "http://you.test/a"},
        )
        scene.begin()
        await asyncio.sleep(2)
    (_, first, _), (_, second, sound) = scene.webhooks.sent
    assert [kind for kind, _, _ in scene.webhooks.sent] == ["transcript", "audio"]
    assert first == Webhook("http://you.test/t", "x" * 16)
    assert second == Webhook("http://you.test/a")
    (file,) = files_in(tmp_path)
    assert sound == file.read_bytes()


async def test_a_call_that_never_began_is_told_to_nobody() -> None:
    options = {"post_call_webhook_url": "http://me.test/", "begins": False}
    async with call(query="agent_id=nobody", **options) as scene:  # type: ignore[arg-type]
        scene.begin()
        await scene.until(lambda: scene.peer.closed)
    assert scene.webhooks.sent == []
    assert scene.store.begun == []
