"""Sessions that outlive their sockets, over real ones."""

from __future__ import annotations

import asyncio
import base64
import json
import random
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.integration.conftest import RunningServer
from tests.integration.test_keys import StartServer, make_key
from vivavoce.core.limits import Limits

TEXT = "Hello there, this is room 42. " * 4


class Survivor:
    """A client of one session that loses its socket at will, and comes back."""

    def __init__(self, url: str, dice: random.Random) -> None:
        self.frames: list[dict[str, Any]] = []
        self.session: dict[str, Any] = {}
        self.last_seq = 0
        self._url = url
        self._dice = dice

    async def begin(self) -> ClientConnection:
        socket = await connect(f"{self._url}&resume=true")
        frame = json.loads(await socket.recv())
        self._take(frame)
        self.session = frame["session"]
        return socket

    async def come_back(self, **changed: object) -> ClientConnection:
        query = {
            "session": self.session["id"],
            "token": self.session["token"],
            "last_seq": self.last_seq,
            **changed,
        }
        return await connect(
            self._url.partition("?")[0] + "?" + "&".join(f"{k}={v}" for k, v in query.items())
        )

    async def survive(self, socket: ClientConnection) -> int:
        """Loses the socket behind every few frames; how often, when all has been said."""
        cuts = 0
        while True:
            for _ in range(self._dice.randrange(1, 4)):
                try:
                    self._take(json.loads(await socket.recv()))
                except ConnectionClosed:
                    assert socket.close_code == 1000
                    return cuts
            if self.has_ended:
                return cuts
            socket.transport.abort()
            cuts += 1
            await asyncio.sleep(0)
            socket = await self.come_back()
            assert json.loads(await socket.recv())["resumed"]

    @property
    def has_ended(self) -> bool:
        """Whether a connection with one stream of speech has said all."""
        return bool(self.frames[-1].get("isFinal")) and "contextId" not in self.frames[-1]

    @property
    def audio(self) -> bytes:
        return b"".join(base64.b64decode(f["audio"]) for f in self.frames if f.get("audio"))

    @property
    def chars(self) -> str:
        return "".join("".join(f["alignment"]["chars"]) for f in self.frames if f.get("alignment"))

    def _take(self, frame: dict[str, Any]) -> None:
        if "seq" in frame:
            assert frame["seq"] == self.last_seq + 1
            self.last_seq = frame["seq"]
            self.frames.append(frame)


async def closing(socket: ClientConnection) -> tuple[int | None, str | None]:
    try:
        async with asyncio.timeout(5):
            while True:
                await socket.recv()
    except ConnectionClosed:
        return socket.close_code, socket.close_reason


async def uncut(url: str, messages: list[dict[str, object]]) -> bytes:
    audio = b""
    async with connect(url) as socket:
        for message in messages:
            await socket.send(json.dumps(message))
        async for frame in socket:
            audio += base64.b64decode(json.loads(frame).get("audio") or "")
    return audio


@pytest.mark.parametrize("seed", range(5))
async def test_speech_that_is_cut_again_and_again_is_the_same_to_the_byte(
    server: RunningServer, seed: int
) -> None:
    messages: list[dict[str, object]] = [{"text": TEXT, "flush": True}, {"text": ""}]
    whole = await uncut(server.speech(), messages)
    survivor = Survivor(server.speech(), random.Random(seed))
    socket = await survivor.begin()
    for cseq, message in enumerate(messages, start=1):
        await socket.send(json.dumps({**message, "cseq": cseq}))
    assert await survivor.survive(socket) > 3
    assert survivor.audio == whole
    assert survivor.chars.strip() == TEXT.strip()


async def test_contexts_go_on_through_another_socket(server: RunningServer) -> None:
    url = server.url("/v1/text-to-speech/Rachel/multi-stream-input?output_format=pcm_24000")
    survivor = Survivor(url, random.Random(1))
    socket = await survivor.begin()
    await socket.send(json.dumps({"text": TEXT, "context_id": "a", "flush": True, "cseq": 1}))
    socket.transport.abort()
    socket = await survivor.come_back()
    await socket.recv()
    for cseq, message in enumerate(
        [
            {"text": TEXT, "context_id": "a", "flush": True},
            {"text": "And more. ", "context_id": "b", "flush": True},
            {"close_socket": True},
        ],
        start=1,
    ):
        await socket.send(json.dumps({**message, "cseq": cseq}))
    await survivor.survive(socket)
    said = {
        name: "".join(
            "".join(frame["alignment"]["chars"])
            for frame in survivor.frames
            if frame.get("contextId") == name and frame.get("alignment")
        ).strip()
        for name in "ab"
    }
    assert said == {"a": TEXT.strip(), "b": "And more."}


async def test_a_transcription_goes_on_through_another_socket(server: RunningServer) -> None:
    url = server.url("/v1/speech-to-text/realtime?audio_format=pcm_16000&commit_strategy=manual")
    survivor = Survivor(url, random.Random(1))
    first = await survivor.begin()
    sound = base64.b64encode(bytes(32_000)).decode()
    chunk = {"message_type": "input_audio_chunk", "audio_base_64": sound, "commit": False}
    await first.send(json.dumps({**chunk, "cseq": 1}))
    first.transport.abort()
    second = await survivor.come_back()
    await second.send(json.dumps({**chunk, "commit": True, "cseq": 1}))
    await second.send(json.dumps({**chunk, "commit": True, "cseq": 2}))
    kinds = []
    while "committed_transcript" not in kinds:
        kinds.append(json.loads(await second.recv()).get("message_type"))
    await second.close()


@pytest.mark.parametrize(
    ("changed", "code", "reason"),
    [
        ({"session": "sess_unknown"}, 4404, "session_not_found"),
        ({"token": "another"}, 4403, "session_forbidden"),
        ({"last_seq": 99}, 4410, "resume_window_exceeded"),
    ],
)
async def test_who_cannot_come_back_is_told_why(
    server: RunningServer, changed: dict[str, object], code: int, reason: str
) -> None:
    survivor = Survivor(server.speech(), random.Random(1))
    async with await survivor.begin(), await survivor.come_back(**changed) as second:
        assert await closing(second) == (code, reason)


async def test_a_session_is_found_at_its_own_path_only(server: RunningServer) -> None:
    survivor = Survivor(server.speech("Rachel"), random.Random(1))
    elsewhere = Survivor(server.speech("Adam"), random.Random(1))
    async with await survivor.begin():
        elsewhere.session = survivor.session
        async with await elsewhere.come_back() as second:
            assert await closing(second) == (4404, "session_not_found")


async def test_a_last_frame_that_is_no_number_is_refused_by_name(server: RunningServer) -> None:
    survivor = Survivor(server.speech(), random.Random(1))
    async with await survivor.begin(), await survivor.come_back(last_seq="x") as second:
        code, reason = await closing(second)
    assert code == 1008
    assert "last_seq" in (reason or "")


async def test_a_client_that_said_goodbye_is_never_let_in_again(server: RunningServer) -> None:
    survivor = Survivor(server.speech(), random.Random(1))
    socket = await survivor.begin()
    await socket.close()
    async with await survivor.come_back() as second:
        assert (await closing(second))[0] == 4404


async def test_who_has_heard_the_end_is_never_let_in_again(server: RunningServer) -> None:
    survivor = Survivor(server.speech(), random.Random(1))
    socket = await survivor.begin()
    await socket.send(json.dumps({"text": "", "cseq": 1}))
    assert (await closing(socket))[0] == 1000
    survivor.last_seq += 1
    async with await survivor.come_back() as second:
        assert (await closing(second))[0] == 4404


async def test_a_session_that_is_away_counts_for_its_key_until_it_is_over(
    start_server: StartServer, tmp_path: Path
) -> None:
    def served() -> tuple[str, RunningServer]:
        secret, _ = make_key(tmp_path, limits=Limits(turns_at_once=1))
        return secret, start_server(data_dir=tmp_path)

    secret, server = await asyncio.to_thread(served)
    query = f"audio_format=pcm_16000&authorization={secret}"
    url = server.url(f"/v1/speech-to-text/realtime?{query}")
    survivor = Survivor(url, random.Random(1))
    first = await survivor.begin()
    survivor._take(json.loads(await first.recv()))
    first.transport.abort()
    async with connect(url) as refused:
        assert (await closing(refused))[0] == 1008
    await (await survivor.come_back()).close()
    await asyncio.to_thread(server.until, server.is_idle)
    async with connect(url) as third:
        assert json.loads(await third.recv())["message_type"] == "session_started"


async def test_frames_that_are_nothing_but_audio_are_not_numbered(server: RunningServer) -> None:
    url = server.speech("eleven_multilingual_v2", "output_format=pcm_24000&resume=true")
    async with connect(url) as socket:
        await socket.send(json.dumps({"text": "Hello. ", "flush": True}))
        assert base64.b64decode(await socket.recv(), validate=True)


async def test_a_server_that_stops_does_not_wait_for_who_is_away() -> None:
    server = RunningServer()
    survivor = Survivor(server.speech(), random.Random(1))
    socket = await survivor.begin()
    await socket.send(json.dumps({"text": "Hello ", "cseq": 1}))
    socket.transport.abort()
    await asyncio.to_thread(server.until, lambda: server.app.doors.inside == 1)
    async with asyncio.timeout(10):
        await asyncio.to_thread(server.stop)
