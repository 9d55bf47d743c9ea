"""stream-input over real sockets: what clients send, what they get, how it ends."""

from __future__ import annotations

import asyncio
import base64
import io
import json
from typing import Any

import av
import numpy as np
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from vivavoce.audio.formats import OUTPUT_FORMATS
from vivavoce.engines.voices.fake import FakeVoice

SENTENCE = "Hello there, this is room 42. "
# 60 ms a character, and the pause at the end of a sentence.
SENTENCE_S = len(SENTENCE) * 0.06 + 0.2


class Ended:
    """All that a server said until it closed."""

    def __init__(self, frames: list[str | bytes], code: int | None, reason: str | None) -> None:
        self.frames = frames
        self.code = code
        self.reason = reason

    @property
    def messages(self) -> list[dict[str, Any]]:
        return [json.loads(frame) for frame in self.frames]

    @property
    def audio(self) -> bytes:
        return b"".join(base64.b64decode(m["audio"]) for m in self.messages if m.get("audio"))

    @property
    def chars(self) -> str:
        return "".join(
            "".join(m["alignment"]["chars"]) for m in self.messages if m.get("alignment")
        )


async def rest(socket: ClientConnection) -> Ended:
    frames: list[str | bytes] = []
    try:
        async with asyncio.timeout(20):
            while True:
                frames.append(await socket.recv())
    except ConnectionClosed:
        return Ended(frames, socket.close_code, socket.close_reason)


async def conversation(url: str, *messages: object, **options: Any) -> Ended:
    """Sends the messages (JSON unless they are str or bytes) and listens until the end."""
    async with connect(url, **options) as socket:
        for message in messages:
            raw = message if isinstance(message, str | bytes) else json.dumps(message)
            await socket.send(raw)
        return await rest(socket)


async def test_text_comes_back_as_speech_with_timing_and_ends_with_1000(server: Any) -> None:
    ended = await conversation(
        server.speech(), {"text": " "}, {"text": SENTENCE, "flush": True}, {"text": ""}
    )
    assert (ended.code, ended.reason) == (1000, "")
    assert ended.messages[-1]["isFinal"] is True
    assert ended.messages[-1]["audio"] is None
    assert ended.chars == SENTENCE
    assert len(ended.audio) == pytest.approx(SENTENCE_S * 48_000, abs=2)


@pytest.mark.parametrize("name", sorted(OUTPUT_FORMATS))
async def test_every_output_format_decodes_to_the_length_that_was_spoken(
    server: Any, name: str
) -> None:
    url = server.speech(query=f"output_format={name}")
    ended = await conversation(url, {"text": SENTENCE * 3}, {"text": ""})
    assert ended.code == 1000
    fmt = OUTPUT_FORMATS[name]
    if fmt.codec in ("mp3", "opus"):
        with av.open(io.BytesIO(ended.audio)) as container:
            seconds = sum(frame.samples / frame.sample_rate for frame in container.decode(audio=0))
    else:
        width = 2 if fmt.codec == "pcm" else 1
        seconds = len(ended.audio) / width / fmt.sample_rate
    # An encoder begins and ends with up to two frames of its own.
    assert seconds == pytest.approx(3 * SENTENCE_S, abs=0.12)


async def test_the_default_format_is_mp3_at_44100_hz(server: Any) -> None:
    ended = await conversation(server.speech(query=""), {"text": SENTENCE}, {"text": ""})
    with av.open(io.BytesIO(ended.audio)) as container:
        assert container.format.name == "mp3"
        assert container.streams.audio[0].rate == 44_100


async def test_the_audio_arrives_undamaged(server: Any) -> None:
    ended = await conversation(server.speech(), {"text": SENTENCE}, {"text": ""})
    samples = np.frombuffer(ended.audio, dtype="<i2")
    spoken = server.pool.submitted[-1].request
    expected = b"".join(block.pcm for block in FakeVoice().speak(spoken))
    assert samples.tobytes() == expected


async def test_a_minute_at_48_khz_never_makes_a_frame_of_a_megabyte(start_server: Any) -> None:
    server = start_server(engine=FakeVoice(words_per_block=1_000))
    minute = "Many words in one long sentence without an end " * 25
    ended = await conversation(
        server.speech(query="output_format=pcm_48000"), {"text": minute}, {"text": ""}
    )
    assert len(ended.audio) > 60 * 96_000
    assert max(map(len, ended.frames)) < 128 * 1024


async def test_a_stream_can_be_spoken_to_in_turns(server: Any) -> None:
    async with connect(server.speech()) as socket:
        for word in ("One. ", "Two. ", "Three. "):
            await socket.send(json.dumps({"text": word, "flush": True}))
            message = json.loads(await socket.recv())
            assert "".join(message["alignment"]["chars"]) == word
            assert message["isFinal"] is None
        await socket.send(json.dumps({"text": ""}))
        assert [m["isFinal"] for m in (await rest(socket)).messages] == [True]


async def test_a_message_may_come_in_fragments(server: Any) -> None:
    whole = json.dumps({"text": SENTENCE}, ensure_ascii=False)
    async with connect(server.speech()) as socket:
        await socket.send([whole[:3], whole[3:9], "", whole[9:]])
        await socket.send(json.dumps({"text": ""}))
        assert (await rest(socket)).chars == SENTENCE


async def test_json_in_binary_frames_is_understood(server: Any) -> None:
    ended = await conversation(
        server.speech(), json.dumps({"text": SENTENCE}).encode(), b'{"text":""}'
    )
    assert (ended.chars, ended.code) == (SENTENCE, 1000)


@pytest.mark.parametrize(
    "message", ["", "{", "[]", "nonsense", '{"text":5}', b"\x00\xff", '{"a":' + "[" * 50_000]
)
async def test_what_is_not_the_protocol_is_answered_and_closed(
    server: Any, message: str | bytes
) -> None:
    ended = await conversation(server.speech(), message)
    [error] = ended.messages
    assert error["error"] == "invalid_input_message"
    assert error["code"] == ended.code == 1008
    assert ended.reason
    assert error["message"].startswith(ended.reason)


async def test_a_message_beyond_the_limit_is_refused_with_1009(start_server: Any) -> None:
    server = start_server(max_message_bytes=10_000)
    ended = await conversation(server.speech(), {"text": "x" * 20_000})
    assert ended.code == 1009
    server.until(server.is_idle)


async def test_a_message_below_the_limit_is_taken(start_server: Any) -> None:
    server = start_server(engine=FakeVoice(words_per_block=99), max_message_bytes=10_000)
    text = "So many words. " * 600
    ended = await conversation(
        server.speech(query="output_format=ulaw_8000"), {"text": text}, {"text": ""}
    )
    assert ended.chars == text


@pytest.mark.parametrize(
    ("query", "error_id"),
    [
        ("output_format=wav_44100", "invalid_output_format"),
        ("inactivity_timeout=never", "invalid_parameters"),
    ],
)
async def test_a_query_that_cannot_be_served_is_named(
    server: Any, query: str, error_id: str
) -> None:
    ended = await conversation(server.speech(query=query))
    [error] = ended.messages
    assert (error["error"], error["code"], ended.code) == (error_id, 1008, 1008)
    assert error["param"] == query.partition("=")[0]


async def test_unknown_names_never_break_a_session(server: Any) -> None:
    url = server.speech("no-such-voice", "model_id=from_the_future&shine=9&output_format=pcm_8000")
    ended = await conversation(
        url, {"text": SENTENCE, "new_key": {"a": 1}, "voice_settings": {"glow": 3}}, {"text": ""}
    )
    assert (ended.chars, ended.code) == (SENTENCE, 1000)


async def test_silence_for_the_inactivity_timeout_is_told_and_closed(server: Any) -> None:
    ended = await conversation(server.speech(query="inactivity_timeout=1"), {"text": " "})
    [error] = ended.messages
    assert (error["error"], error["code"], ended.code) == ("input_timeout_exceeded", 1008, 1008)
    assert ended.reason == error["message"]


async def test_pings_are_answered_while_speaking(start_server: Any) -> None:
    server = start_server(block_delay_s=0.05)
    async with connect(server.speech()) as socket:
        await socket.send(json.dumps({"text": SENTENCE * 3, "flush": True}))
        await asyncio.wait_for(await socket.ping(), 10)
        await socket.send(json.dumps({"text": ""}))
        assert (await rest(socket)).code == 1000


async def test_a_client_may_close_whenever_it_likes(server: Any) -> None:
    for messages in ([], [{"text": " "}], [{"text": SENTENCE}], [{"text": SENTENCE}, {"text": ""}]):
        async with connect(server.speech()) as socket:
            for message in messages:
                await socket.send(json.dumps(message))
    await asyncio.to_thread(server.until, server.is_idle)


@pytest.mark.parametrize(
    ("options", "query"),
    [
        ({"additional_headers": {"xi-api-key": "right"}}, ""),
        ({"additional_headers": {"Authorization": "Bearer right"}}, ""),
        ({}, "authorization=right"),
        ({}, "single_use_token=right"),
        ({"subprotocols": ["bearer.right"]}, ""),
    ],
)
async def test_a_key_counts_wherever_a_handshake_may_hold_it(
    start_server: Any, options: dict[str, Any], query: str
) -> None:
    server = start_server(api_keys=("right",))
    ended = await conversation(
        server.speech(query=query), {"text": SENTENCE}, {"text": ""}, **options
    )
    assert (ended.chars, ended.code) == (SENTENCE, 1000)


async def test_a_key_in_the_first_message_makes_up_for_a_wrong_one_before(
    start_server: Any,
) -> None:
    server = start_server(api_keys=("right",))
    headers = {"xi-api-key": "wrong"}
    good = {"text": " ", "xi_api_key": "right"}
    ended = await conversation(
        server.speech(), good, {"text": SENTENCE}, {"text": ""}, additional_headers=headers
    )
    assert ended.chars == SENTENCE
    ended = await conversation(server.speech(), {"text": SENTENCE}, additional_headers=headers)
    assert [m["error"] for m in ended.messages] == ["invalid_api_key"]
    assert ended.code == 1008


async def test_no_key_at_all_is_refused_by_name(start_server: Any) -> None:
    server = start_server(api_keys=("right",))
    ended = await conversation(server.speech(), {"text": SENTENCE})
    assert [m["error"] for m in ended.messages] == ["authentication_required"]


@pytest.mark.parametrize("frames", ["base64", "binary", None])
async def test_the_flat_dialect_is_one_valid_mp3_stream(server: Any, frames: str | None) -> None:
    query = f"frames={frames}" if frames else ""
    ended = await conversation(
        server.speech("eleven_multilingual_v2", query),
        {"text": " ", "voice_settings": {"stability": 0.5}, "xi_api_key": "anything"},
        {"text": "Hello, ", "flush": True},
        {"text": "this is ", "flush": True},
        {"text": "a test.", "flush": True},
        {"text": ""},
    )
    assert (ended.code, ended.reason) == (1000, "")
    kind = bytes if frames == "binary" else str
    assert all(isinstance(frame, kind) for frame in ended.frames)
    data = b"".join(
        frame if isinstance(frame, bytes) else base64.b64decode(frame, validate=True)
        for frame in ended.frames
    )
    with av.open(io.BytesIO(data)) as container:
        seconds = sum(f.samples for f in container.decode(audio=0)) / 44_100
    # "a test." gets the space that parts it from what might follow.
    characters = len("Hello, this is a test. ")
    assert seconds == pytest.approx(characters * 0.06 + 0.12 + 0.03 + 0.2, abs=0.12)


async def test_json_frames_can_be_asked_for_on_a_models_path(server: Any) -> None:
    url = server.speech("eleven_turbo_v2_5", "frames=json&output_format=pcm_16000")
    ended = await conversation(url, {"text": SENTENCE}, {"text": ""})
    assert ended.chars == SENTENCE


async def test_flat_errors_are_in_the_close_frame_only(server: Any) -> None:
    ended = await conversation(server.speech("eleven_multilingual_v2"), "nonsense")
    assert ended.frames == []
    assert ended.code == 1008
    assert ended.reason is not None
    assert ended.reason.startswith("The message is not JSON")
