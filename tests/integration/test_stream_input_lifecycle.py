"""Connections that vanish, stall, pile up or meet a server on its way out."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import os
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect as connect_sync

SENTENCES = "One two three four five six. " * 50
LONG_TEXT = "This is one of many sentences, and it is a long one. " * 40


async def test_a_client_that_vanishes_mid_word_leaves_nothing_behind(start_server: Any) -> None:
    server = start_server(block_delay_s=0.02)
    async with connect(server.speech()) as client:
        await client.send(json.dumps({"text": LONG_TEXT}))
        await client.recv()
        client.transport.abort()
    await asyncio.to_thread(server.until, server.is_idle)
    spoken = server.pool.submitted
    assert all(one.ended or one.cancelled for one in spoken)
    assert len(spoken) < 20


async def test_a_thousand_connections_opened_and_dropped_leave_nothing_behind(
    start_server: Any,
) -> None:
    server = start_server(block_delay_s=0.01)

    async def visit(number: int) -> None:
        async with connect(server.speech(), open_timeout=30) as client:
            if number % 2:
                await client.send(json.dumps({"text": LONG_TEXT if number % 4 == 1 else " "}))
            if number % 5 == 0:
                client.transport.abort()

    for first in range(0, 1_000, 100):
        await asyncio.gather(*(visit(first + number) for number in range(100)))
    await asyncio.to_thread(server.until, server.is_idle)
    ended = [one.ended or one.cancelled for one in server.pool.submitted]
    assert ended
    assert all(ended)


def handshake(server: Any, path: str) -> socket.socket:
    """A connection whose client never reads more than the handshake."""
    raw = socket.create_connection(("localhost", server.port))
    key = base64.b64encode(os.urandom(16)).decode()
    raw.sendall(
        f"GET {path} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        f"Sec-WebSocket-Key: {key}\r\n\r\n".encode()
    )
    received = b""
    while b"\r\n\r\n" not in received:
        received += raw.recv(1)
    return raw


def masked_text_frame(text: str) -> bytes:
    data = text.encode()
    # A mask of zeros leaves the data as it is.
    return b"\x81\xfe" + len(data).to_bytes(2, "big") + bytes(4) + data


def test_a_client_that_never_reads_is_let_go_in_bounded_memory(start_server: Any) -> None:
    server = start_server(send_timeout_s=1.0)
    text = "This is one of many sentences, and it is a long one. " * 600
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    path = "/v1/text-to-speech/Rachel/stream-input?output_format=pcm_48000"
    with handshake(server, path) as raw:
        raw.sendall(masked_text_frame(json.dumps({"text": text})))
        server.until(lambda: bool(server.pool.submitted))
        server.until(lambda: server.app.doors.inside == 0)
        spoken_s = sum(len(one.request.text) for one in server.pool.submitted) * 0.06
    grown_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    # A megabyte waits in the outbox, the rest in the kernel's buffers on both sides: all of it is
    # less than 16 MB of base64, of which a second of speech is 128 KB. The text is 32 minutes long.
    assert spoken_s < 128
    assert grown_kib < 64 * 1024
    server.until(server.is_idle)


async def test_health_is_ok_while_new_connections_are_welcome(start_server: Any) -> None:
    server = start_server()
    async with connect(server.speech()), httpx.AsyncClient() as http:
        answer = await http.get(server.url("/healthz", "http"))
    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "connections": 1})


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/v1/text-to-speech/stream-input",
        "/v1/text-to-speech//stream-input",
        "/v1/text-to-speech/a/b/stream-input",
    ],
)
async def test_a_websocket_that_does_not_exist_is_not_found(server: Any, path: str) -> None:
    with pytest.raises(InvalidStatus) as caught:
        await connect(server.url(path))
    assert caught.value.response.status_code == 404


async def said(client: ClientConnection) -> AsyncIterator[dict[str, Any]]:
    with contextlib.suppress(ConnectionClosed):
        while True:
            yield json.loads(await client.recv())


async def test_a_stopping_server_lets_speech_end_and_says_why_it_leaves(start_server: Any) -> None:
    server = start_server(block_delay_s=0.02)
    sentence = "Some words, and some more, and then the end. "
    async with connect(server.speech()) as speaking, connect(server.speech()) as idle:
        await speaking.send(json.dumps({"text": sentence, "flush": True}))
        frames = [json.loads(await speaking.recv())]
        stopping = asyncio.create_task(asyncio.to_thread(server.stop))
        frames += [frame async for frame in said(speaking)]
        assert [frame["error"] async for frame in said(idle)] == ["server_shutting_down"]
        assert speaking.close_code == idle.close_code == 1001
        await stopping
    assert frames.pop()["error"] == "server_shutting_down"
    assert "".join("".join(frame["alignment"]["chars"]) for frame in frames) == sentence


_SERVE = """
import sys
from tests.fake_engines import fake_engines
from vivavoce.config import Settings
from vivavoce.engines.voices.fake import FakeVoice
from vivavoce.runtime.inprocess import InProcessPool
from vivavoce.server.run import serve

serve(
    Settings(port=int(sys.argv[1]), drain_timeout_s=float(sys.argv[2])),
    fake_engines(InProcessPool(FakeVoice(), block_delay_s=float(sys.argv[3]))),
)
"""


class ServerProcess:
    """A server that can be sent signals."""

    def __init__(self, drain_timeout_s: float, block_delay_s: float) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        root = Path(__file__).parents[2]
        arguments = [str(self.port), str(drain_timeout_s), str(block_delay_s)]
        self.process = subprocess.Popen(
            [sys.executable, "-c", _SERVE, *arguments],
            env={**os.environ, "PYTHONPATH": f"{root / 'src'}:{root}"},
            stderr=subprocess.PIPE,
            text=True,
        )
        self._wait_until_it_listens()

    def connect(self) -> Any:
        path = "/v1/text-to-speech/Rachel/stream-input?output_format=ulaw_8000"
        return connect_sync(f"ws://127.0.0.1:{self.port}{path}")

    def is_listening(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def ended(self) -> tuple[int, str]:
        """The exit status and what was written to stderr."""
        _, errors = self.process.communicate(timeout=30)
        return self.process.returncode, errors

    def _wait_until_it_listens(self) -> None:
        for _ in range(1_000):
            if self.is_listening():
                return
            assert self.process.poll() is None
            time.sleep(0.02)
        raise AssertionError("the server never listened")


@pytest.fixture
def start_process() -> Iterator[Callable[..., ServerProcess]]:
    started: list[ServerProcess] = []

    def start(**options: float) -> ServerProcess:
        started.append(ServerProcess(**options))
        return started[-1]

    yield start
    for server in started:
        server.process.kill()
        server.process.communicate()


def frames_until_close(client: Any) -> list[dict[str, Any]]:
    return [json.loads(frame) for frame in takewhile_open(client)]


def takewhile_open(client: Any) -> Iterator[str]:
    with contextlib.suppress(ConnectionClosed):
        while True:
            yield client.recv(timeout=20)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_first_signal_drains(start_process: Any, number: signal.Signals) -> None:
    server = start_process(drain_timeout_s=20, block_delay_s=0.3)
    text = "One two three four five six seven eight nine. "
    with server.connect() as client:
        client.send(json.dumps({"text": text, "flush": True}))
        frames = [json.loads(client.recv(timeout=20))]
        server.process.send_signal(number)
        frames += frames_until_close(client)
        assert client.close_code == 1001
    assert "".join("".join(f["alignment"]["chars"]) for f in frames if "alignment" in f) == text
    assert frames[-1]["error"] == "server_shutting_down"
    assert server.ended() == (0, "")


def test_a_draining_server_takes_no_new_connections(start_process: Any) -> None:
    server = start_process(drain_timeout_s=20, block_delay_s=0.5)
    with server.connect() as client:
        client.send(json.dumps({"text": SENTENCES, "flush": True}))
        client.recv(timeout=20)
        server.process.send_signal(signal.SIGTERM)
        for _ in range(500):
            if not server.is_listening():
                break
            time.sleep(0.01)
        assert not server.is_listening()
        assert server.process.poll() is None
        assert "alignment" in json.loads(client.recv(timeout=20))


def test_the_second_signal_stops_at_once(start_process: Any) -> None:
    server = start_process(drain_timeout_s=600, block_delay_s=0.5)
    with server.connect() as client:
        client.send(json.dumps({"text": SENTENCES, "flush": True}))
        client.recv(timeout=20)
        server.process.send_signal(signal.SIGTERM)
        assert "alignment" in json.loads(client.recv(timeout=20))
        server.process.send_signal(signal.SIGTERM)
        spoken = [f for f in frames_until_close(client) if "alignment" in f]
        assert client.close_code == 1001
    assert len(spoken) < 20
    assert server.ended() == (0, "")


def test_draining_ends_at_its_limit(start_process: Any) -> None:
    server = start_process(drain_timeout_s=0.5, block_delay_s=0.5)
    with server.connect() as client:
        client.send(json.dumps({"text": SENTENCES, "flush": True}))
        client.recv(timeout=20)
        server.process.send_signal(signal.SIGTERM)
        frames = frames_until_close(client)
        assert client.close_code == 1001
    assert frames[-1]["error"] == "server_shutting_down"
    assert len(frames) < 20
    assert server.ended() == (0, "")
