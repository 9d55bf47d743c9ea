"""What every server of the protocol must do, by the numbers of its checklist."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import itertools
import json
import os
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from elevenlabs import ElevenLabs
from websockets import ConnectionClosedOK, Subprotocol
from websockets.asyncio.client import ClientConnection

from bench.recogniser import Recogniser, word_error_rate
from tests.integration.end_to_end.call_client import (
    answers,
    bare_call,
    call_url,
    initiation,
    of_kind,
)
from tests.integration.end_to_end.conftest import SayIntoFile
from tests.integration.end_to_end.server_process import ServerProcess
from tests.integration.end_to_end.speech_client import (
    END,
    RECOGNISER_RATE,
    audio_of,
    converse,
    decoded,
    open_socket,
    whole,
)

SENTENCE = "The quick brown fox jumps over the lazy dog. "
_WITHIN_S = 60.0


def contexts_url(server: ServerProcess, query: str = "output_format=pcm_16000") -> str:
    return f"{server.websocket}/v1/text-to-speech/Rachel/multi-stream-input?{query}"


async def say(socket: ClientConnection, *messages: dict[str, Any]) -> None:
    for message in messages:
        await socket.send(json.dumps(message))


async def until_final(socket: ClientConnection, context_id: str) -> list[dict[str, Any]]:
    """The messages of one context up to and with the one that ends it."""
    heard: list[dict[str, Any]] = []
    async with asyncio.timeout(_WITHIN_S):
        while not heard or heard[-1].get("isFinal") is not True:
            message = json.loads(await socket.recv())
            if message.get("contextId") == context_id:
                heard.append(message)
    return heard


def text_of(messages: list[dict[str, Any]]) -> str:
    aligned = [message["alignment"] for message in messages if message.get("alignment")]
    return "".join("".join(alignment["chars"]) for alignment in aligned)


async def heard_in(recogniser: Recogniser, messages: list[dict[str, Any]]) -> str:
    audio = b"".join(audio_of(message) for message in messages if message.get("audio"))
    samples = await asyncio.to_thread(decoded, audio, "pcm_16000", RECOGNISER_RATE)
    return await asyncio.to_thread(recogniser.transcribe, samples)


@pytest.mark.parametrize("way", ["over TLS", "with _ws_base_url"])
def test_01_convert_realtime_ends_with_1000(
    way: str,
    server: ServerProcess,
    tls_server: ServerProcess,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    if way == "over TLS":
        for name, value in tls_server.trust.items():
            monkeypatch.setenv(name, value)
        client = ElevenLabs(base_url=tls_server.http, api_key="any")
    else:
        client = ElevenLabs(base_url=server.http, api_key="any")
        client.text_to_speech._ws_base_url = server.websocket
    # The client sends `voice_settings: null`, and raises for any close code but 1000.
    audio = b"".join(client.text_to_speech.convert_realtime("Rachel", text=iter([SENTENCE])))
    assert len(audio) > 20_000


async def test_02_no_frame_is_over_1_mib_for_a_minute_of_pcm_48000(server: ServerProcess) -> None:
    text = SENTENCE * 26
    heard = await converse(server.speech(output_format="pcm_48000"), whole(text))
    assert heard.code == 1000
    assert len(heard.audio) > 60 * 2 * 48_000
    assert heard.longest_frame < 1 << 20


async def test_03_an_empty_text_ends_stream_input_but_keeps_a_context_alive(
    server: ServerProcess,
) -> None:
    heard = await converse(server.speech(), whole(SENTENCE))
    assert heard.code == 1000
    async with await open_socket(contexts_url(server)) as socket:
        await say(socket, {"text": SENTENCE, "context_id": "a"}, {"text": "", "context_id": "a"})
        await say(socket, {"text": "It goes on. ", "context_id": "a", "flush": True})
        await say(socket, {"context_id": "a", "close_context": True})
        assert text_of(await until_final(socket, "a")) == SENTENCE + "It goes on. "


async def test_04_a_keep_alive_without_an_id_makes_no_context(server: ServerProcess) -> None:
    async with await open_socket(contexts_url(server)) as socket:
        await say(socket, END, {"text": "Hello. ", "context_id": "a", "flush": True}, END)
        await say(socket, {"close_socket": True})
        heard = [json.loads(frame) async for frame in socket]
        assert socket.close_code == 1000
    assert {message["contextId"] for message in heard} == {"a"}
    assert sum(message["isFinal"] is True for message in heard) == 1


async def livekit_turn(socket: ClientConnection, context_id: str, sentences: list[str]) -> None:
    await say(socket, {"text": " ", "voice_settings": {}, "context_id": context_id})
    for sentence in sentences:
        await say(socket, {"text": sentence, "context_id": context_id, "flush": True})
    await say(socket, {"text": "", "context_id": context_id, "flush": True})
    await say(socket, {"context_id": context_id, "close_context": True})


LIVEKIT = (
    "model_id=eleven_turbo_v2_5&output_format=pcm_16000&enable_ssml_parsing=false"
    "&enable_logging=true&inactivity_timeout=180&apply_text_normalization=auto"
    "&sync_alignment=true&auto_mode=true"
)


async def test_05_livekits_turn_gives_audio_and_one_final_with_both_spellings(
    server: ServerProcess, recogniser: Recogniser
) -> None:
    async with await open_socket(contexts_url(server, LIVEKIT)) as socket:
        await livekit_turn(socket, "turn", [SENTENCE, "And then it sleeps. "])
        heard = await until_final(socket, "turn")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(socket.recv(), 0.3)
    assert all(message["context_id"] == "turn" for message in heard)
    assert sum(message["isFinal"] is True for message in heard) == 1
    spoken = await heard_in(recogniser, heard)
    assert word_error_rate(SENTENCE + "And then it sleeps.", spoken) < 0.1


async def test_06_pipecats_bare_close_returns_all_audio_and_the_last_word_whole(
    server: ServerProcess, recogniser: Recogniser
) -> None:
    query = "model_id=eleven_flash_v2_5&output_format=pcm_16000&auto_mode=true"
    async with await open_socket(contexts_url(server, query)) as socket:
        await say(socket, {"text": " ", "context_id": "turn"})
        await say(socket, {"text": SENTENCE.strip(), "context_id": "turn"})
        await say(socket, {"context_id": "turn", "close_context": True})
        *audio, final = await until_final(socket, "turn")
    assert final["audio"] is None
    assert text_of(audio) == SENTENCE
    assert word_error_rate(SENTENCE, await heard_in(recogniser, audio)) < 0.1


async def test_07_twenty_rapid_barge_ins_close_nothing_and_leak_nothing(
    server: ServerProcess,
) -> None:
    async with await open_socket(contexts_url(server, LIVEKIT)) as socket:
        for number in range(20):
            name = f"turn {number}"
            await say(socket, {"text": SENTENCE * 3, "context_id": name})
            await say(socket, {"context_id": name, "close_context": True})
        await say(socket, {"text": "The last one. ", "context_id": "last"})
        await say(socket, {"close_socket": True})
        heard = [json.loads(frame) async for frame in socket]
        assert socket.close_code == 1000
    finals = [message["contextId"] for message in heard if message["isFinal"]]
    assert sorted(finals) == sorted([*(f"turn {number}" for number in range(20)), "last"])


async def test_08_new_voice_settings_on_the_second_context_are_taken(server: ServerProcess) -> None:
    lengths = []
    async with await open_socket(contexts_url(server)) as socket:
        for name, speed in (("slow", 0.7), ("fast", 1.2)):
            await say(socket, {"text": " ", "context_id": name, "voice_settings": {"speed": speed}})
            await say(socket, {"text": SENTENCE, "context_id": name, "flush": True})
            await say(socket, {"context_id": name, "close_context": True})
            heard = await until_final(socket, name)
            lengths.append(sum(len(audio_of(m)) for m in heard if m.get("audio")))
    assert lengths[0] > 1.3 * lengths[1]


CONVAI = Subprotocol("convai")
STORY = "Tell me a story."
METADATA = of_kind("conversation_initiation_metadata")
PART = of_kind("agent_chat_response_part")


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [
        (None, None),
        ([CONVAI], CONVAI),
        ([CONVAI, Subprotocol("bearer.x")], CONVAI),
        ([Subprotocol("chat")], None),
    ],
)
async def test_09_the_subprotocol_is_echoed_where_it_was_offered(
    calls_server: ServerProcess, offered: list[Subprotocol] | None, chosen: str | None
) -> None:
    async with bare_call(call_url(calls_server), initiation(), subprotocols=offered) as call:
        await call.until(METADATA)
        assert call.socket.subprotocol == chosen


async def test_10_metadata_come_first_and_once_and_nothing_is_null_that_may_not_be(
    calls_server: ServerProcess,
) -> None:
    async with bare_call(call_url(calls_server), initiation()) as call:
        await call.until(of_kind("ping"))
        await call.send({"type": "user_message", "text": "Goodbye."})
        with pytest.raises(ConnectionClosedOK):
            await call.until(lambda frame: False)
    kinds = [frame["type"] for frame in call.frames]
    assert kinds[0] == "conversation_initiation_metadata"
    assert kinds.count("conversation_initiation_metadata") == 1
    formats = call.frames[0]["conversation_initiation_metadata_event"]
    assert formats["agent_output_audio_format"] == "pcm_16000"
    assert formats["user_input_audio_format"] == "pcm_16000"
    assert all("ping_ms" in frame["ping_event"] for frame in call.frames if of_kind("ping")(frame))
    sounds = [frame["audio_event"] for frame in call.frames if of_kind("audio")(frame)]
    assert any("alignment" in sound for sound in sounds)
    assert all(sound.get("alignment", {}) is not None for sound in sounds)
    assert all(len(base64.b64decode(sound["audio_base_64"])) % 2 == 0 for sound in sounds)


@pytest.mark.parametrize("override", [{"text_only": True}, {"conversation": {"text_only": True}}])
async def test_11_text_only_is_heeded_in_both_places(
    calls_server: ServerProcess, override: dict[str, object]
) -> None:
    async with bare_call(call_url(calls_server), initiation(**override)) as call:
        await call.until(of_kind("agent_response"))
        await call.send({"type": "user_message", "text": "What time is it?"})
        await call.until(answers("half past nine"))
        await call.send({"type": "user_message", "text": "Goodbye."})
        with pytest.raises(ConnectionClosedOK):
            await call.until(lambda frame: False)
    assert not any(map(of_kind("audio"), call.frames))
    parts = [frame["text_response_part"]["type"] for frame in call.frames if PART(frame)]
    assert parts == ["start", "delta", "stop"] * 3


async def test_12_after_an_interruption_only_sound_with_a_greater_id_comes(
    calls_server: ServerProcess, say_into_file: SayIntoFile
) -> None:
    async with bare_call(call_url(calls_server), initiation()) as call:
        await call.until(METADATA)
        await call.send({"type": "user_message", "text": STORY})
        await call.until(answers("Once upon a time"))
        await call.until(of_kind("audio"))
        speaking = asyncio.create_task(call.say(say_into_file("What time is it?")))
        [*_, interruption] = await call.until(of_kind("interruption"))
        [*before, answer] = await call.until(answers("half past nine"))
        later = [*before, answer, *(await call.until(of_kind("audio")))]
        speaking.cancel()
        await asyncio.gather(speaking, return_exceptions=True)
    interrupted = interruption["interruption_event"]["event_id"]
    story = next(filter(answers("Once upon a time"), call.frames))["agent_response_event"]
    assert interrupted == story["event_id"]
    assert sum(map(of_kind("agent_response_correction"), before)) == 1
    ids = [frame["audio_event"]["event_id"] for frame in later if of_kind("audio")(frame)]
    assert ids
    assert min(ids) > interrupted


async def test_13_an_agent_that_the_client_brings_along_is_called(
    calls_server: ServerProcess,
) -> None:
    setup = {
        "type": "enclave_setup_config",
        "agent_config_dict": {"agent": {"first_message": "I am yours."}},
        "override_agent_config_list": None,
        "tools_config_list": None,
        "prompt_knowledge_base": None,
        "post_call_transcription_webhook_url": None,
        "post_call_audio_webhook_url": None,
    }
    url = f"{calls_server.websocket}/v1/convai/conversation"
    async with bare_call(url, setup, initiation()) as call:
        await call.until(answers("I am yours."))
        assert METADATA(call.frames[0])


async def test_14_a_signed_url_leads_back_here_or_to_the_proxy_in_front(
    calls_server: ServerProcess,
) -> None:
    proxy = {"x-forwarded-proto": "https", "x-forwarded-host": "voice.example:8443"}
    async with httpx.AsyncClient(base_url=calls_server.http, timeout=60, trust_env=False) as client:
        for path in ("get-signed-url", "get_signed_url"):
            path = f"/v1/convai/conversation/{path}?agent_id=default"
            here = (await client.get(path)).json()["signed_url"]
            there = (await client.get(path, headers=proxy)).json()["signed_url"]
            assert here.startswith(f"{calls_server.websocket}/v1/convai/conversation?")
            assert there.startswith("wss://voice.example:8443/v1/convai/conversation?")
            async with bare_call(f"{here}&source=python_sdk&version=2", initiation()) as call:
                await call.until(METADATA)


def chunk(sound: bytes = b"", **fields: object) -> dict[str, Any]:
    audio = base64.b64encode(sound).decode()
    return {"message_type": "input_audio_chunk", "audio_base_64": audio, "commit": False, **fields}


async def transcripts(socket: ClientConnection, count: int) -> list[dict[str, Any]]:
    """As many answers to commits; what comes before one of them is passed over."""
    heard: list[dict[str, Any]] = []
    async with asyncio.timeout(_WITHIN_S):
        while len(heard) < count:
            message = json.loads(await socket.recv())
            assert "error" not in message, message
            if message["message_type"].startswith("committed_transcript"):
                heard.append(message)
    return heard


async def test_15_scribe_pairs_its_commits_and_bears_messages_without_sound(
    server: ServerProcess,
) -> None:
    async with httpx.AsyncClient(base_url=server.http, timeout=60, trust_env=False) as client:
        path = "/v1/text-to-speech/Rachel?output_format=pcm_16000"
        said = await client.post(path, json={"text": SENTENCE})
    path = "/v1/speech-to-text/realtime?model_id=scribe_v2_realtime&include_language_detection=true"
    async with await open_socket(server.websocket + path) as socket:
        assert json.loads(await socket.recv())["message_type"] == "session_started"
        await say(socket, chunk(previous_text="What do they do?"), chunk(said.content), chunk())
        await say(socket, chunk(commit=True), chunk(), chunk(commit=True))
        said_pair, empty_pair = await transcripts(socket, 2), await transcripts(socket, 2)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(socket.recv(), 0.3)
    for plain, paired in (said_pair, empty_pair):
        assert plain == {"message_type": "committed_transcript", "text": plain["text"]}
        assert paired == {
            "message_type": "committed_transcript_with_timestamps",
            "text": plain["text"],
            "language_code": "en",
            "words": None,
        }
    assert word_error_rate(SENTENCE, said_pair[0]["text"]) == 0
    assert empty_pair[0]["text"] == ""


def test_16_models_are_an_array_and_streams_are_audio_and_lines_are_short(
    server: ServerProcess,
) -> None:
    with httpx.Client(base_url=server.http, timeout=60, trust_env=False) as client:
        models = client.get("/v1/models").json()
        assert isinstance(models, list)
        assert models[0]["model_id"]
        body = {"text": SENTENCE * 20}
        for fmt in ("mp3_44100_128", "pcm_16000", "ulaw_8000", "alaw_8000", "opus_48000_64"):
            answer = client.post(f"/v1/text-to-speech/Rachel/stream?output_format={fmt}", json=body)
            assert answer.headers["content-type"].startswith("audio/")
            assert len(answer.content) > 10_000
        path = "/v1/text-to-speech/Rachel/stream/with-timestamps?output_format=pcm_48000"
        lines = client.post(path, json=body).content.splitlines()
        assert max(map(len, lines)) < 100 * 1024
        assert all(json.loads(line)["audio_base64"] for line in lines)


def test_17_browsers_may_call_for_a_single_use_token(server: ServerProcess) -> None:
    headers = {
        "Origin": "https://app.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "xi-api-key,content-type",
    }
    path = f"{server.http}/v1/single-use-token/tts_websocket"
    with httpx.Client(timeout=60, trust_env=False) as client:
        asked = client.options(path, headers=headers)
        assert asked.status_code < 300
        assert asked.headers["access-control-allow-origin"] in ("*", "https://app.example")
        assert "xi-api-key" in asked.headers["access-control-allow-headers"].lower()
        given = client.post(path, headers={"Origin": "https://app.example"})
        assert given.json()["token"]
        assert given.headers["access-control-allow-origin"] in ("*", "https://app.example")


async def test_18_errors_have_the_keys_that_clients_read(server: ServerProcess) -> None:
    async with httpx.AsyncClient(base_url=server.http, timeout=60, trust_env=False) as client:
        refused = await client.get("/v1/voices/nobody")
        assert refused.status_code == 404
        detail = refused.json()["detail"]
        assert detail["message"]
        assert detail["status"] == detail["code"] == "voice_not_found"
    heard = await converse(server.speech(output_format="nonsense"), [])
    assert set(heard.frames[-1]) >= {"message", "error", "code"}
    async with await open_socket(contexts_url(server)) as socket:
        await socket.send('{"context_id": "a", "text": 5}')
        error = json.loads(await socket.recv())
    assert error["contextId"] == error["context_id"] == "a"
    assert set(error) >= {"message", "error", "code"}


async def test_19_livekits_deadlines_of_ten_seconds_are_kept_with_much_to_say(
    server: ServerProcess,
) -> None:
    sentences = [SENTENCE] * 60
    async with await open_socket(contexts_url(server, LIVEKIT)) as socket:
        began = time.monotonic()
        sending = asyncio.create_task(livekit_turn(socket, "turn", sentences))
        moments = [began]
        with contextlib.suppress(StopAsyncIteration):
            while True:
                message = json.loads(await asyncio.wait_for(socket.recv(), _WITHIN_S))
                moments.append(time.monotonic())
                if message["isFinal"]:
                    break
        await sending
    assert max(later - earlier for earlier, later in itertools.pairwise(moments)) < 10


async def test_20_what_nobody_knows_breaks_nothing(server: ServerProcess, home: Path) -> None:
    query = "output_format=pcm_16000&model_id=eleven_v99&fancy=yes&auto_mode=true"
    heard = await converse(
        f"{server.websocket}/v1/text-to-speech/nobody-knows-me/stream-input?{query}",
        whole(SENTENCE, fancy={"deep": [1, None]}, voice_settings={"sparkle": 1}),
    )
    assert (heard.code, heard.text()) == (1000, SENTENCE)
    async with await open_socket(
        f"{server.websocket}/v1/text-to-speech/nobody-knows-me/multi-stream-input?{query}"
    ) as socket:
        await say(socket, {"text": SENTENCE, "context_id": "a", "fancy": None})
        await say(socket, {"context_id": "a", "close_context": True, "fancy": 1})
        assert text_of(await until_final(socket, "a")) == SENTENCE
    async with httpx.AsyncClient(base_url=server.http, timeout=60, trust_env=False) as client:
        answer = await client.post(
            "/v1/text-to-speech/nobody-knows-me?fancy=1",
            json={"text": "Hello.", "model_id": "eleven_v99", "fancy": {}, "seed": None},
        )
        assert answer.status_code == 200
    assert "unknown voice" in server.log
