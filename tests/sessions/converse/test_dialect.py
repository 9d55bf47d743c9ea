"""Calls in the flat dialect, and which events clients get."""

from __future__ import annotations

import asyncio

import pybase64
import pytest

from tests.sessions.converse.scene import CHUNK_BYTES, CHUNK_S, CallScene, an_agent, call
from vivavoce.errors import MindFailed
from vivavoce.sessions.converse.dialect import FlatDialect, SdkDialect
from vivavoce.wire.alignment import TimedText

IN_VIRTUAL_TIME = True

STORY = "Once upon a time there was a very long story that went on."
RULES = ({"when": "story", "say": STORY}, {"when": "stop", "say": "As you like."})


async def speak_flat(scene: CallScene, text: str, quiet_s: float) -> None:
    pcm = bytes(CHUNK_BYTES * 5) + scene.ears.sound_of(text) + bytes(round(quiet_s * 32_000))
    for start in range(0, len(pcm), CHUNK_BYTES):
        sound = pybase64.b64encode_as_string(pcm[start : start + CHUNK_BYTES])
        scene.peer.say(type="audio", audio=sound)
        await asyncio.sleep(CHUNK_S)


async def test_a_flat_client_is_spoken_to_in_flat_messages_alone() -> None:
    async with call(an_agent(first_message="Hello.", rules=RULES), begins=False) as scene:
        scene.peer.say(agent={})
        await asyncio.sleep(2)
        await speak_flat(scene, "Tell me a story.", 1.2)
        await speak_flat(scene, "Stop now. Stop now.", 3.0)
    assert scene.told == [
        *("agent_response", "audio", "transcript", "agent_response", "audio"),
        *("interruption", "transcript", "agent_response", "audio"),
    ]
    sounds = [message for message in scene.peer.messages if message["type"] == "audio"]
    assert set(sounds[0]) == {"type", "audio"}
    transcripts = [m["transcript"] for m in scene.peer.messages if m["type"] == "transcript"]
    assert transcripts == ["Tell me a story.", "Stop now. Stop now."]


async def test_its_setup_changes_the_agent() -> None:
    async with call(an_agent(first_message="Hello.", rules=RULES), begins=False) as scene:
        scene.peer.say(agent={"first_message": "Good day.", "language": "en"})
        await scene.until(lambda: "agent_response" in scene.kinds)
    assert scene.peer.messages[0] == {"type": "agent_response", "agent_response": "Good day."}


async def test_sound_is_22050_hz_whatever_the_agent_says() -> None:
    agent = an_agent(first_message="Hello.", tts={"agent_output_audio_format": "pcm_8000"})
    async with call(agent, begins=False) as scene:
        scene.peer.say(agent={})
        await asyncio.sleep(2)
    sound = b"".join(
        pybase64.b64decode(m["audio"]) for m in scene.peer.messages if m["type"] == "audio"
    )
    assert len(sound) / 2 / 22_050 == pytest.approx(0.06 * 7 + 0.2, abs=0.05)


async def test_sound_alone_begins_a_flat_call_and_is_heard() -> None:
    async with call(an_agent(rules=RULES), begins=False) as scene:
        await speak_flat(scene, "Tell me a story.", 1.0)
    assert scene.kinds[0] == "transcript"


async def test_what_goes_wrong_is_told_flat() -> None:
    scene = CallScene()
    scene.peer.say(agent={})
    scene.peer.say_raw("{")
    await scene.run()
    (error,) = scene.peer.messages
    assert error["type"] == "error"
    assert error["code"] == 1008
    assert isinstance(error["message"], str)


def test_only_events_that_were_asked_for_are_told() -> None:
    dialect = SdkDialect(["agent_response"])
    assert dialect.agent_response("Hi.", 1) is not None
    assert dialect.user_transcript("Hi.", 1) is None
    assert dialect.tentative_transcript("Hi.", 1) is None
    assert dialect.correction("Hi.", "", 1) is None
    assert dialect.interruption(1) is None
    assert dialect.part("delta", "Hi.", 1) is None
    assert dialect.other("ping", "{}") is None


def test_what_no_client_can_do_without_is_told_always() -> None:
    dialect = SdkDialect([])
    assert dialect.metadata("conv_1", "pcm_16000", "pcm_16000") is not None
    assert dialect.other("client_tool_call", "{}") == "{}"
    assert dialect.error(MindFailed("no")) is not None


def test_written_calls_have_parts_whether_they_were_asked_for_or_not() -> None:
    assert SdkDialect([], text_only=True).part("start", "", 1) is not None


def test_the_flat_dialect_has_no_more_than_its_document() -> None:
    dialect = FlatDialect()
    assert dialect.metadata("conv_1", "pcm_16000", "pcm_16000") is None
    assert dialect.tentative_transcript("Hi.", 1) is None
    assert dialect.correction("Hi.", "", 1) is None
    assert dialect.part("start", "", 1) is None
    assert dialect.other("ping", "{}") is None
    assert dialect.audio(b"ab", 3, TimedText("", ()), 1.0) == '{"type":"audio","audio":"YWI="}'
