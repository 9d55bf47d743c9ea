"""REST speech through a real server: when it comes, and what is left when it is over."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

SPEAK = "/v1/text-to-speech/Rachel"
LONG = "One two three four. " * 60
FORMS = ["", "/stream", "/with-timestamps", "/stream/with-timestamps"]


@contextmanager
def _asked(server: Any, form: str, text: str = LONG) -> Iterator[socket.socket]:
    """A bare connection that has sent its request."""
    body = json.dumps({"text": text}).encode()
    head = (
        f"POST {SPEAK}{form}?output_format=pcm_48000 HTTP/1.1\r\n"
        f"host: localhost\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection(("localhost", server.port)) as connection:
        connection.sendall(head.encode() + body)
        yield connection


def _rest_of(connection: socket.socket) -> bytes:
    connection.settimeout(30)
    received = b""
    while data := connection.recv(1 << 16):
        received += data
    return received


@pytest.mark.parametrize("form", ["/stream", "/stream/with-timestamps"])
def test_a_stream_begins_while_it_is_still_spoken(
    start_server: Callable[..., Any], form: str
) -> None:
    server = start_server(block_delay_s=0.01)
    with httpx.stream("POST", server.url(SPEAK + form, "http"), json={"text": LONG}) as answer:
        chunks = answer.iter_raw()
        assert next(chunks)
        assert answer.status_code == 200
        assert server.pool.listeners == 1
        assert sum(map(len, chunks)) > 0
    server.until(server.is_idle)


@pytest.mark.parametrize("form", FORMS)
def test_nothing_is_left_of_a_caller_who_hung_up(
    start_server: Callable[..., Any], form: str
) -> None:
    server = start_server(block_delay_s=0.01)
    with _asked(server, form):
        server.until(lambda: server.pool.listeners == 1)
    server.until(server.is_idle)
    assert len(server.pool.submitted) < 60


@pytest.mark.parametrize("form", FORMS)
def test_nothing_is_left_of_a_caller_who_does_not_read(
    start_server: Callable[..., Any], form: str
) -> None:
    server = start_server(send_timeout_s=0.2)
    with _asked(server, form, LONG * 20):
        server.until(lambda: server.app.doors.inside == 1)
        server.until(server.is_idle)


@pytest.mark.parametrize("form", FORMS)
def test_an_answer_under_way_is_finished_when_the_server_stops(
    start_server: Callable[..., Any], form: str
) -> None:
    server = start_server(block_delay_s=0.002)
    with _asked(server, form) as connection:
        server.until(lambda: server.pool.listeners == 1)
        stopping = threading.Thread(target=server.stop)
        stopping.start()
        received = _rest_of(connection)
        stopping.join(30)
    head, _, body = received.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 ")
    if b"content-length: " in head:
        length = head.partition(b"content-length: ")[2].partition(b"\r\n")[0]
        assert len(body) == int(length)
    else:
        assert body.endswith(b"\r\n0\r\n\r\n")


def test_a_connection_serves_one_answer_after_another(server: Any) -> None:
    with httpx.Client(base_url=server.url("", "http")) as client:
        answers = [
            client.post(SPEAK + form, json={"text": "Hi."}, params={"output_format": "pcm_8000"})
            for form in (*FORMS, *FORMS)
        ]
    assert [answer.status_code for answer in answers] == [200] * 8
    assert answers[0].content == answers[4].content == answers[1].content
