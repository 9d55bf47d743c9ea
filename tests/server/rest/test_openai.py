"""Speech for OpenAI's clients."""

from __future__ import annotations

import base64
import io
import json
from typing import Any

import av
import pytest

from vivavoce.engines.voices.fake import FakeVoice

SPEECH = "/v1/audio/speech"
ORDER = {"model": "gpt-4o-mini-tts", "voice": "alloy", "input": "Hello there, caller."}


@pytest.mark.parametrize(
    ("name", "media_type", "codec", "rate"),
    [
        ("mp3", "audio/mpeg", "mp3", 24_000),
        ("opus", "audio/ogg", "opus", 48_000),
        ("aac", "audio/aac", "aac", 24_000),
        ("flac", "audio/flac", "flac", 24_000),
        ("wav", "audio/wav", "pcm_s16le", 24_000),
    ],
)
async def test_each_format_is_a_file_that_a_player_reads(
    rest: Any, name: str, media_type: str, codec: str, rate: int
) -> None:
    answer = await rest.client.post(SPEECH, json={**ORDER, "response_format": name})
    assert answer.headers["content-type"] == media_type
    with av.open(io.BytesIO(answer.content)) as container:
        stream = container.streams.audio[0]
        assert stream.codec_context.name.startswith(codec)
        assert stream.sample_rate == rate
        seconds = sum(frame.samples for frame in container.decode(audio=0)) / rate
    # 60 ms a character and a pause, and what codecs add at both ends.
    assert 1.4 < seconds < 1.6


async def test_pcm_is_bare_samples_at_24_khz_and_wav_is_the_same_behind_a_header(rest: Any) -> None:
    pcm, wav = [
        (await rest.client.post(SPEECH, json={**ORDER, "response_format": name})).content
        for name in ("pcm", "wav")
    ]
    assert wav[44:] == pcm
    assert len(pcm) == rest.pool.sample_rate * 2 * 1.46


async def test_mp3_is_what_a_client_gets_who_asks_for_nothing(rest: Any) -> None:
    answer = await rest.client.post(SPEECH, json={"input": "Hi."})
    assert answer.headers["content-type"] == "audio/mpeg"
    assert rest.pool.submitted[-1].request.voice.name == "Allegra"


@pytest.mark.parametrize(
    ("asked", "speaks"),
    [
        ("alloy", "Andrea"),
        ("Onyx", "Claudio"),
        ("nova", "Celeste"),
        ("marin", "Allegra"),
        ("cedar", "Claudio"),
        ("Viola", "Viola"),
        ({"id": "21m00Tcm4TlvDq8ikWAM"}, "Allegra"),
        ("nobody", "Allegra"),
        (None, "Allegra"),
    ],
)
async def test_every_voice_is_answered(rest: Any, asked: object, speaks: str) -> None:
    answer = await rest.client.post(SPEECH, json={**ORDER, "voice": asked})
    assert answer.status_code == 200
    assert rest.pool.submitted[-1].request.voice.name == speaks


async def test_all_of_openais_voices_are_known_by_name(open_rest: Any) -> None:
    names = [
        "alloy",
        "ash",
        "ballad",
        "coral",
        "echo",
        "fable",
        "nova",
        "onyx",
        "sage",
        "shimmer",
        "verse",
        "marin",
        "cedar",
    ]
    async with open_rest(strict_voices=True) as rest:
        for name in names:
            answer = await rest.client.post(SPEECH, json={**ORDER, "voice": name})
            assert answer.status_code == 200


async def test_speed_is_clamped_to_what_the_voice_does(rest: Any) -> None:
    for asked, spoken in ((0.25, 0.5), (1.5, 1.5), (4, 2.0)):
        await rest.client.post(SPEECH, json={**ORDER, "speed": asked})
        assert rest.pool.submitted[-1].request.speed == spoken


async def test_events_carry_the_same_file(rest: Any) -> None:
    order = {**ORDER, "response_format": "wav"}
    file = await rest.client.post(SPEECH, json=order)
    answer = await rest.client.post(SPEECH, json={**order, "stream_format": "sse"})
    assert answer.headers["content-type"] == "text/event-stream"
    lines = [line for line in answer.text.split("\n\n") if line]
    *deltas, done = [json.loads(line.removeprefix("data: ")) for line in lines]
    assert {delta["type"] for delta in deltas} == {"speech.audio.delta"}
    assert b"".join(base64.b64decode(delta["audio"]) for delta in deltas) == file.content
    assert done["type"] == "speech.audio.done"
    assert done["usage"]["total_tokens"] == len(ORDER["input"])


@pytest.mark.parametrize(
    ("order", "param"),
    [
        ({}, "input"),
        ({"input": ""}, "input"),
        ({"input": "Hi.", "speed": 5}, "speed"),
        ({"input": "Hi.", "response_format": "ogg"}, "response_format"),
    ],
)
async def test_what_cannot_be_meant_is_a_bad_request_in_openais_words(
    rest: Any, order: dict[str, Any], param: str
) -> None:
    answer = await rest.client.post(SPEECH, json=order)
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert sorted(error) == ["code", "message", "param", "type"]
    assert (error["type"], error["param"]) == ("invalid_request_error", param)


@pytest.mark.parametrize(
    ("options", "body", "status"),
    [
        ({}, b"{", 400),
        ({"max_message_bytes": 1024}, b'{"input":"' + b"a" * 2000 + b'"}', 413),
        ({"capacity": 0}, b'{"input":"Hi."}', 429),
        ({"api_keys": ("sesame",)}, b'{"input":"Hi."}', 401),
        ({"engine": FakeVoice(fail_on="boom")}, b'{"input":"boom"}', 500),
        ({"max_pending_characters": 5}, b'{"input":"Hello."}', 400),
    ],
)
async def test_every_failure_has_openais_shape_and_a_request_id(
    open_rest: Any, options: dict[str, Any], body: bytes, status: int
) -> None:
    async with open_rest(**options) as rest:
        answer = await rest.client.post(SPEECH, content=body)
        assert answer.status_code == status
        assert sorted(answer.json()["error"]) == ["code", "message", "param", "type"]
        assert answer.headers["x-request-id"]


async def test_a_bearer_is_let_in(open_rest: Any) -> None:
    async with open_rest(api_keys=("sesame",)) as rest:
        headers = {"authorization": "Bearer sesame"}
        assert (await rest.client.post(SPEECH, json=ORDER, headers=headers)).status_code == 200
