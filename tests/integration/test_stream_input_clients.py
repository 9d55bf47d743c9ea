"""The speech clients that are already out there, with nothing changed but the address."""

from __future__ import annotations

import base64
import io
import json
import queue
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import pytest
import websocket
from elevenlabs.client import ElevenLabs
from elevenlabs.core.api_error import ApiError
from structlog.testing import capture_logs

from vivavoce.engines.voices.fake import FakeVoice

VOICE_ID = "JBFqnCBsd6RMkjVDRZzb"
MODEL_PATH = "/v1/text-to-speech/eleven_multilingual_v2/stream-input"
TEXT = "Hello, this is a real-time test. It has two sentences."


def decoded_seconds(mp3: bytes) -> float:
    with av.open(io.BytesIO(mp3)) as container:
        return sum(f.samples / f.sample_rate for f in container.decode(audio=0))


def words() -> Iterator[str]:
    for word in TEXT.split():
        yield word + " "


def test_the_python_sdk_streams_text_in_and_mp3_out(server: Any) -> None:
    client = ElevenLabs(api_key="any", base_url=server.url("", "http"))
    # The SDK speaks TLS only, unless told otherwise here.
    client.text_to_speech._ws_base_url = server.url("")
    chunks = list(client.text_to_speech.convert_realtime(VOICE_ID, text=words()))
    assert decoded_seconds(b"".join(chunks)) > len(TEXT) * 0.06
    assert all(s.ended for s in server.pool.submitted)


def test_the_python_sdk_works_over_tls(
    start_server: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = start_server(tls=True, tls_dir=tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "bundle.pem"))
    client = ElevenLabs(api_key="any", base_url=server.url("", "https"))
    chunks = list(
        client.text_to_speech.convert_realtime(
            VOICE_ID,
            text=words(),
            model_id="eleven_flash_v2_5",
            output_format="pcm_16000",
        )
    )
    spoken_ms = len("".join(chunk.hex() for chunk in chunks)) / 2 / 32
    assert spoken_ms > len(TEXT) * 60


def test_the_python_sdk_is_told_why_it_was_refused(start_server: Any) -> None:
    server = start_server(api_keys=("right",))
    client = ElevenLabs(api_key="wrong", base_url=server.url("", "http"))
    client.text_to_speech._ws_base_url = server.url("")
    with pytest.raises(ApiError) as caught:
        list(client.text_to_speech.convert_realtime(VOICE_ID, text=words()))
    # The SDK gives its caller the error frame or the close reason, whichever it came to read.
    assert "The API key is not one of this server's." in str(caught.value.body)
    assert caught.value.status_code == 1008


def test_the_first_client_of_the_founding_document_writes_a_playable_file(
    server: Any, tmp_path: Path
) -> None:
    output = tmp_path / "output.mp3"
    sockets: list[socket.socket] = []

    def on_open(ws: Any) -> None:
        sockets.append(ws.sock.sock)
        config = {
            "text": " ",
            "voice_settings": {"stability": 0.5, "similarity_boost": 0.75},
            "xi_api_key": "your_api_key",
        }
        ws.send(json.dumps(config))
        for text in ("Hello, ", "this is ", "a test."):
            ws.send(json.dumps({"text": text, "flush": True}))
        ws.send(json.dumps({"text": ""}))

    def on_message(ws: Any, message: str) -> None:
        with output.open("ab") as file:
            file.write(base64.b64decode(message))

    closes: list[object] = []
    app = websocket.WebSocketApp(
        server.url(MODEL_PATH),
        on_open=on_open,
        on_message=on_message,
        on_close=lambda ws, code, reason: closes.append((code, reason)),
    )
    app.run_forever()
    # The library forgets to.
    sockets[0].close()
    assert decoded_seconds(output.read_bytes()) > len("Hello, this is a test.") * 0.06
    assert closes == [(1000, None)]


class RealtimeTTS:
    """The founding document's class, line for line where it matters."""

    def __init__(self, url: str) -> None:
        self.audio_queue: queue.Queue[bytes] = queue.Queue()
        self.errors: list[object] = []
        self.connected = False
        self.ws = websocket.WebSocketApp(
            url,
            on_open=self.on_open,
            on_message=self.on_message,
            on_error=self.on_error,
            on_close=self.on_close,
        )
        self.thread = threading.Thread(target=self.ws.run_forever, daemon=True)
        self.thread.start()
        while not self.connected:
            time.sleep(0.001)

    def on_open(self, ws: Any) -> None:
        config = {
            "text": " ",
            "voice_settings": {"stability": 0.5, "similarity_boost": 0.75},
            "xi_api_key": "your_api_key",
        }
        self.ws.send(json.dumps(config))
        self.connected = True

    def on_message(self, ws: Any, message: str) -> None:
        if message:
            self.audio_queue.put(base64.b64decode(message))

    def on_error(self, ws: Any, error: object) -> None:
        self.errors.append(error)
        self.connected = False

    def on_close(self, ws: Any, close_status_code: int, close_msg: str) -> None:
        self.connected = False

    def send_text(self, text: str, flush: bool = True) -> None:
        self.ws.send(json.dumps({"text": text, "flush": flush}))

    def close(self) -> None:
        self.ws.send(json.dumps({"text": ""}))
        self.ws.close()


def test_the_class_of_the_founding_document_gets_audio_and_may_close_at_once(server: Any) -> None:
    with capture_logs() as logs:
        tts = RealtimeTTS(server.url(MODEL_PATH))
        tts.send_text("Hello, this is a real-time test.")
        first = tts.audio_queue.get(timeout=20)
        tts.send_text("And this is never heard to its end, because the client closes. " * 20)
        tts.close()
        tts.thread.join(20)
        server.until(server.is_idle)
    assert first
    assert tts.errors == []
    assert [log for log in logs if log["log_level"] in ("warning", "error")] == []


def test_a_flat_client_speaks_tls_with_the_local_authority(
    start_server: Any, tmp_path: Path
) -> None:
    server = start_server(tls=True, tls_dir=tmp_path)
    app = websocket.WebSocket(sslopt={"ca_certs": str(tmp_path / "ca.pem")})
    app.connect(server.url(MODEL_PATH, "wss"))
    app.send(json.dumps({"text": "Hello.", "flush": True}))
    assert base64.b64decode(app.recv())
    app.shutdown()


def test_a_voice_that_breaks_reaches_a_flat_client_as_a_close_frame(start_server: Any) -> None:
    server = start_server(engine=FakeVoice(fail_on="dynamite"))
    app = websocket.WebSocket()
    app.connect(server.url(MODEL_PATH))
    app.send(json.dumps({"text": "dynamite", "flush": True}))
    opcode, data = app.recv_data()
    assert opcode == websocket.ABNF.OPCODE_CLOSE
    assert data == (1011).to_bytes(2, "big") + b"The voice failed."
    app.shutdown()
