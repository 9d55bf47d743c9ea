"""Files sent to a real server, and what is left when their callers hang up."""

from __future__ import annotations

import os
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from vivavoce.audio.wav import wav_header
from vivavoce.engines.base import EARS_RATE
from vivavoce.engines.ears.fake import FakeEars

PATHS = ["/v1/speech-to-text", "/v1/audio/transcriptions"]
PAUSE = bytes(2 * EARS_RATE * 2)
PCM = PAUSE + FakeEars().sound_of("one two three") + PAUSE

_HEAD = b"--b\r\ncontent-disposition: form-data; name=file; filename=a\r\n\r\n"
_TAIL = b"\r\n--b--\r\n"


def _form(pcm: bytes) -> bytes:
    return _HEAD + wav_header(EARS_RATE, len(pcm)) + pcm + _TAIL


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary files are made."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


@contextmanager
def _sending(server: Any, path: str, body: bytes, length: int) -> Iterator[socket.socket]:
    """A bare connection that has sent the beginning of a form of that length."""
    head = (
        f"POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-length: {length}\r\n"
        "content-type: multipart/form-data; boundary=b\r\n\r\n"
    )
    with socket.create_connection(("localhost", server.port)) as connection:
        connection.sendall(head.encode() + body)
        yield connection


def _open_files(directory: Path) -> list[str]:
    """Files below `directory` that this process has open, with or without a name."""
    found = []
    for descriptor in Path("/proc/self/fd").iterdir():
        try:
            target = os.readlink(descriptor)
        except OSError:
            continue
        if target.startswith(str(directory)):
            found.append(target)
    return found


def _is_clean(server: Any, directory: Path) -> bool:
    uploads = [path for path in _open_files(directory) if "vivavoce.db" not in path]
    return server.is_idle() and not uploads


def test_a_large_file_is_written_down(start_server: Callable[..., Any], temporary: Path) -> None:
    server = start_server()
    silence = bytes(20_000_000)
    answer = httpx.post(
        server.url(PATHS[0], "http"),
        files={"file": silence + PCM},
        data={"file_format": "pcm_s16le_16"},
        timeout=60,
    )
    assert answer.json()["text"] == "one two three"
    [first, *_] = answer.json()["words"]
    assert first["start"] == pytest.approx(len(silence) / 2 / EARS_RATE + 2, abs=0.05)
    server.until(lambda: _is_clean(server, temporary))


@pytest.mark.parametrize("path", PATHS)
def test_nothing_is_left_of_a_caller_who_hung_up_while_sending(
    start_server: Callable[..., Any], temporary: Path, path: str
) -> None:
    server = start_server()
    with capture_logs() as logs:
        with _sending(server, path, _HEAD + bytes(3_000_000), 9_000_000):
            server.until(lambda: server.app.doors.inside == 1)
        server.until(lambda: _is_clean(server, temporary))
    assert server.ears.heard_requests == []
    assert logs == []


@pytest.mark.parametrize("path", PATHS)
def test_nobody_listens_any_more_for_a_caller_who_hung_up(
    start_server: Callable[..., Any], temporary: Path, path: str
) -> None:
    server = start_server(hearing_delay_s=0.02)
    body = _form(PCM * 400)
    with _sending(server, path, body, len(body)):
        server.until(lambda: len(server.ears.heard_requests) > 0)
    server.until(lambda: _is_clean(server, temporary))
    assert len(server.ears.heard_requests) < 100


def test_a_caller_who_is_refused_while_sending_hears_why(
    start_server: Callable[..., Any],
) -> None:
    server = start_server(max_upload_bytes=2_000_000)
    with _sending(server, PATHS[0], _HEAD + bytes(4_000_000), 3_000_000_000) as connection:
        connection.settimeout(20)
        assert b" 413 " in connection.recv(1 << 16)
    server.until(server.is_idle)


def test_an_answer_under_way_is_finished_when_the_server_stops(
    start_server: Callable[..., Any],
) -> None:
    server = start_server(hearing_delay_s=0.1)
    body = _form(PCM * 3)
    with _sending(server, PATHS[0], body, len(body)) as connection:
        server.until(lambda: len(server.ears.heard_requests) > 0)
        stopping = threading.Thread(target=server.stop)
        stopping.start()
        connection.settimeout(30)
        received = b""
        while data := connection.recv(1 << 16):
            received += data
        stopping.join(30)
    assert received.startswith(b"HTTP/1.1 200 ")
    assert received.count(b'"three"') == 3
