"""The caller's side of a call: what clients send, and how it is heard."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import numpy as np
import pybase64
import pytest

from tests.sessions.converse.scene import CHUNK_BYTES, CHUNK_S, CallScene, an_agent, call
from vivavoce.audio.encoders import StreamEncoder
from vivavoce.audio.formats import parse_output_format
from vivavoce.engines.base import SpeechBlock, SpeechRequest
from vivavoce.engines.voices.fake import FakeVoice

IN_VIRTUAL_TIME = True

STORY = "Once upon a time there was a very long story that went on and on and on."
RULES = ({"when": "time", "say": "It is noon."}, {"when": "story", "say": STORY})


@pytest.mark.parametrize("name", ["ulaw_8000", "pcm_24000", "pcm_48000"])
async def test_callers_are_heard_in_the_format_that_they_were_told(name: str) -> None:
    agent = an_agent(rules=RULES, asr={"user_input_audio_format": name})
    async with call(agent) as scene:
        fmt = parse_output_format(name)
        encoder = StreamEncoder(fmt, 16_000)
        said = scene.ears.sound_of("What time is it?") + bytes(64_000)
        data = encoder.encode(said).data + encoder.finish().data
        size = len(data) // 150
        for start in range(0, len(data), size):
            scene.hear(data[start : start + size])
            await asyncio.sleep(CHUNK_S)
        await scene.heard("agent_response")
    assert scene.of("conversation_initiation_metadata")[0]["user_input_audio_format"] == name
    assert scene.transcripts == ["What time is it?"]


async def test_sound_in_half_samples_is_put_together() -> None:
    async with call(an_agent(rules=RULES)) as scene:
        said = scene.ears.sound_of("What time is it?") + bytes(64_000)
        for start in range(0, len(said), 641):
            scene.hear(said[start : start + 641])
            await asyncio.sleep(CHUNK_S)
        await scene.heard("agent_response")
    assert scene.transcripts == ["What time is it?"]


async def test_sound_that_comes_all_at_once_is_one_turn() -> None:
    async with call(an_agent(rules=RULES)) as scene:
        scene.hear(scene.ears.sound_of("What time is it?") + bytes(64_000))
        await scene.heard("agent_response")
    assert scene.transcripts == ["What time is it?"]


async def test_slow_ears_make_a_turn_late_and_lose_nothing_of_it() -> None:
    async with call(an_agent(rules=RULES), ears_delay_s=4.0) as scene:
        await scene.speak("What time is it?", quiet_s=10)
    assert scene.transcripts == ["What time is it?"]
    assert scene.responses == ["It is noon."]


async def test_who_talks_without_an_end_is_answered_all_the_same() -> None:
    async with call(an_agent()) as scene:
        await scene.speak("Please wait for a story. " * 20, quiet_s=5)
    assert "".join(scene.transcripts).count("story") >= 18
    assert scene.responses
    assert "error" not in scene.kinds


async def test_without_a_pause_for_breath_too() -> None:
    async with call(an_agent(turn={"turn_timeout": -1})) as scene:
        for _ in range(100):
            scene.hear(bytes(640) + b"\x00\x20\x00\xe0" * (15_360 // 2))
            await asyncio.sleep(0.98)
        await scene.hush(5)
    assert scene.responses
    assert "error" not in scene.kinds


class Breath(FakeVoice):
    """Noise in place of tones: of a tone nobody can tell how late it is."""

    def speak(self, request: SpeechRequest) -> Iterator[SpeechBlock]:
        rng = np.random.default_rng(7)
        for block in super().speak(request):
            tones = np.frombuffer(block.pcm, "<i2")
            loud = np.where(np.abs(tones) > 0, 3_000.0, 0.0)
            noise = (rng.standard_normal(len(tones)) * loud).astype("<i2")
            yield SpeechBlock(noise.tobytes(), block.original, block.normalized)


async def test_the_agents_own_voice_in_the_microphone_is_no_caller() -> None:
    async with call(an_agent(first_message=STORY, rules=RULES), voice=Breath()) as scene:
        await echoing(scene, 7.0)
    assert "interruption" not in scene.kinds
    assert scene.transcripts == []
    assert scene.said == [("agent", STORY)]


async def test_nor_is_it_after_the_microphone_was_closed_for_a_while() -> None:
    agent = an_agent(rules=RULES, turn={"turn_timeout": -1})
    async with call(agent, voice=Breath()) as scene:
        await scene.hush(1.0)
        await asyncio.sleep(3)
        scene.write("story")
        await echoing(scene, 7.0)
    assert "interruption" not in scene.kinds
    assert scene.said == [("user", "story"), ("agent", STORY)]


async def test_a_microphone_that_is_closed_and_opened_hears_the_next_turn() -> None:
    async with call(an_agent(rules=RULES, turn={"turn_timeout": -1})) as scene:
        await scene.speak("What time is it?", quiet_s=0.1)
        await asyncio.sleep(60)
        await scene.speak("What time is it?", quiet_s=0.1)
        await asyncio.sleep(5)
    assert scene.transcripts == ["What time is it?"] * 2
    assert scene.responses == ["It is noon."] * 2


async def echoing(scene: CallScene, seconds: float, *, late: int = 6) -> None:
    """A microphone that hears the loudspeaker, a quarter as loud and `late` chunks later."""
    played = 0
    for index in range(round(seconds / CHUNK_S)):
        data = b"".join(pybase64.b64decode(one["audio_base_64"]) for one in scene.of("audio"))
        if data or played:
            sound = data[played : played + CHUNK_BYTES]
            played += CHUNK_BYTES if index >= late else 0
            echo = np.frombuffer(sound.ljust(CHUNK_BYTES, b"\0"), "<i2") // 4
            pcm = echo.astype("<i2").tobytes() if index >= late else bytes(CHUNK_BYTES)
        else:
            pcm = bytes(CHUNK_BYTES)
        scene.hear(pcm)
        await asyncio.sleep(CHUNK_S)
