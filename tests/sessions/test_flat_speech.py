"""The flat dialect of speech: audio, and never anything else."""

from __future__ import annotations

import base64
from typing import Any

import pytest
import structlog

from vivavoce.engines.voices.fake import FakeVoice

MODEL = "eleven_multilingual_v2"


def said(scene: Any) -> bytes:
    voice = FakeVoice()
    return b"".join(block.pcm for s in scene.pool.submitted for block in voice.speak(s.request))


async def test_a_path_that_names_a_model_gets_bare_base64_and_a_close_frame(stage: Any) -> None:
    scene = stage(url=f"{MODEL}?output_format=pcm_24000")
    scene.peer.say(" ", voice_settings={"stability": 0.5}, xi_api_key="any string")
    for text in ("Hello, ", "this is ", "a test."):
        scene.peer.say(text, flush=True)
    scene.peer.say("")
    await scene.run()
    audio = b"".join(base64.b64decode(frame, validate=True) for frame in scene.peer.frames)
    assert audio == said(scene)
    assert scene.peer.closed == (1000, "")


async def test_binary_frames_carry_the_bytes_themselves(stage: Any) -> None:
    scene = stage(url=f"{MODEL}?output_format=pcm_24000&frames=binary")
    scene.peer.say("Hello there. ")
    scene.peer.say("")
    await scene.run()
    assert all(isinstance(frame, bytes) for frame in scene.peer.frames)
    assert b"".join(scene.peer.frames) == said(scene)


@pytest.mark.parametrize(
    ("url", "is_json"),
    [
        (f"{MODEL}?frames=json", True),
        ("Rachel", True),
        ("nobody_we_know", True),
        ("Rachel?frames=base64", False),
    ],
)
async def test_the_query_decides_before_the_path(stage: Any, url: str, is_json: bool) -> None:
    scene = stage(url=url)
    scene.peer.say("Hello. ")
    scene.peer.say("")
    await scene.run()
    assert all(frame.startswith("{") is is_json for frame in scene.peer.frames)


@pytest.mark.parametrize(
    ("url", "message", "name"),
    [
        (MODEL, {}, "Viola"),
        (MODEL, {"voice_id": "Claudio"}, "Claudio"),
        (f"{MODEL}?voice_id=Orfeo", {"voice_id": "Claudio"}, "Orfeo"),
        ("Celeste?frames=base64", {"voice_id": "Claudio"}, "Celeste"),
    ],
)
async def test_the_voice_comes_from_query_or_first_message_or_settings(
    stage: Any, url: str, message: dict[str, str], name: str
) -> None:
    scene = stage(url=url, default_voice="Viola")
    scene.peer.say(" ", **message)
    scene.peer.say("Hello. ", voice_id="Andrea")
    scene.peer.say("")
    await scene.run()
    assert scene.pool.submitted[0].request.voice.name == name


@pytest.mark.parametrize(
    ("url", "frame", "code"),
    [
        (MODEL, "not JSON", 1008),
        (f"{MODEL}?seed=x", '{"text":" "}', 1008),
        (f"{MODEL}?frames=binary&output_format=x", '{"text":" "}', 1008),
        (MODEL, '{"text":"dynamite","flush":true}', 1011),
    ],
)
async def test_errors_are_told_by_the_close_frame_and_the_log_alone(
    stage: Any, url: str, frame: str, code: int
) -> None:
    scene = stage(url=url, engine=FakeVoice(fail_on="dynamite"))
    scene.peer.say_raw(frame)
    with structlog.testing.capture_logs() as logs:
        await scene.run()
    assert scene.peer.frames == []
    assert scene.peer.closed[0] == code
    assert scene.peer.closed[1]
    assert scene.peer.closed[1] in next(log["reason"] for log in logs if "reason" in log)
