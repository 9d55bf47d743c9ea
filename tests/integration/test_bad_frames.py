"""Frames that are against the rules of WebSockets themselves."""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Callable

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.frames import Close, Frame, Opcode
from websockets.sync.client import connect

from tests.integration.conftest import RunningServer
from vivavoce.engines.ears.fake import FakeEars

NOT_UTF8 = Frame(Opcode.TEXT, b"\xff").serialize(mask=True)
GOODBYE = Frame(Opcode.CLOSE, Close(1000, "").serialize()).serialize(mask=True)


@pytest.mark.parametrize(
    "frames",
    [NOT_UTF8, NOT_UTF8 + NOT_UTF8, NOT_UTF8 + GOODBYE],
    ids=["once", "twice", "with a goodbye"],
)
def test_text_that_is_not_utf_8_ends_its_own_connection_only(
    server: RunningServer, caplog: pytest.LogCaptureFixture, frames: bytes
) -> None:
    with connect(server.speech()) as other:
        with connect(server.speech()) as bad:
            bad.socket.sendall(frames)
            with pytest.raises(ConnectionClosed):
                bad.recv(10)
        other.send('{"text": ""}')
        assert "isFinal" in str(other.recv(10))
    server.until(server.is_idle)
    crashes = [record for record in caplog.records if record.name == "asyncio"]
    assert not crashes


def test_a_goodbye_is_answered_behind_what_was_asked_for_before_it(server: RunningServer) -> None:
    asked = Frame(Opcode.TEXT, b'{"audio_base_64": "", "commit": true}').serialize(mask=True)
    with connect(server.url("/v1/speech-to-text/realtime")) as client:
        client.socket.sendall(asked + GOODBYE)
        kinds = [json.loads(frame)["message_type"] for frame in client]
    assert kinds == ["session_started", "committed_transcript"]
    assert client.close_code == 1000
    server.until(server.is_idle)


def test_who_hangs_up_behind_a_goodbye_breaks_nothing(
    start_server: Callable[..., RunningServer], caplog: pytest.LogCaptureFixture
) -> None:
    server = start_server(hearing_delay_s=0.3)
    pcm = FakeEars().sound_of("one two three four")
    sound = json.dumps({"audio_base_64": base64.b64encode(pcm).decode(), "commit": True})
    asked = Frame(Opcode.TEXT, sound.encode()).serialize(mask=True)
    with connect(server.url("/v1/speech-to-text/realtime")) as client:
        client.recv()
        client.socket.sendall(asked + GOODBYE)
        server.until(lambda: bool(server.ears.heard_requests))
        client.close_socket()
    server.until(server.is_idle)
    assert not [record for record in caplog.records if record.name.startswith("uvicorn")]


def test_a_frame_that_is_none_leaves_nothing_behind(
    server: RunningServer, caplog: pytest.LogCaptureFixture
) -> None:
    with connect(server.speech()) as bad:
        bad.socket.sendall(b"\xff" * 8)
    server.until(server.is_idle)
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]
