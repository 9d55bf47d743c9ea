from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from vivavoce.commands import machine_checks
from vivavoce.config import Settings
from vivavoce.server.tls import local_certificate


@pytest.fixture
def taken() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(10)
        yield listener


def test_a_free_port_is_fine() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert machine_checks.port(Settings(port=port)).state == "ok"


def test_a_port_that_somebody_else_has_is_a_problem(taken: socket.socket) -> None:
    def hang_up() -> None:
        taken.accept()[0].close()

    stranger = Thread(target=hang_up)
    stranger.start()
    check = machine_checks.port(Settings(port=taken.getsockname()[1]))
    stranger.join()
    assert check.state == "problem"
    assert "--port" in check.remedy


def test_a_port_that_a_voice_server_has_is_fine() -> None:
    class Healthy(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"status":"ok","connections":0}')

        def log_message(self, *_args: object) -> None:
            """Nothing into the test's output."""

    with HTTPServer(("127.0.0.1", 0), Healthy) as server:
        answering = Thread(target=server.handle_request)
        answering.start()
        check = machine_checks.port(Settings(port=server.server_address[1]))
        answering.join()
    assert check.state == "ok"
    assert "already" in check.detail


def test_a_host_that_does_not_exist_is_a_problem() -> None:
    assert machine_checks.port(Settings(host="no.such.host.invalid")).state == "problem"


def test_no_authority_is_fine_until_tls_is_wanted(tmp_path: Path) -> None:
    check = machine_checks.tls(Settings(tls_dir=tmp_path))
    assert check.state == "ok"
    assert "serve --tls" in check.detail


def test_an_authority_that_works_is_fine(tmp_path: Path) -> None:
    local_certificate(tmp_path, "127.0.0.1", now=datetime.now(UTC), environ=os.environ)
    assert machine_checks.tls(Settings(tls_dir=tmp_path)).state == "ok"


@pytest.mark.parametrize("lost", ["ca.pem", "ca.key"])
def test_half_an_authority_is_a_problem(tmp_path: Path, lost: str) -> None:
    local_certificate(tmp_path, "127.0.0.1", now=datetime.now(UTC), environ=os.environ)
    (tmp_path / lost).unlink()
    check = machine_checks.tls(Settings(tls_dir=tmp_path))
    assert check.state == "problem"
    assert check.remedy


def test_a_cache_that_cannot_be_written_is_a_warning(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.touch()
    assert machine_checks.cache(Settings(cache_dir=in_the_way)).state == "warning"


def test_a_cache_is_made_where_there_is_none(tmp_path: Path) -> None:
    directory = tmp_path / "new" / "cache"
    assert machine_checks.cache(Settings(cache_dir=directory)).state == "ok"
    assert list(directory.iterdir()) == []


def test_what_only_tests_and_listeners_miss_is_a_warning_with_a_way_out(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setitem(sys.modules, "sounddevice", None)
    for check in (
        machine_checks.ffmpeg(),
        machine_checks.loudspeaker(),
        machine_checks.microphone(),
    ):
        assert check.state == "warning"
        assert check.remedy
