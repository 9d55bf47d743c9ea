from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from vivavoce.commands.failures import CommandFailed
from vivavoce.commands.rest_server import rest_server
from vivavoce.commands.server_place import ServerPlace

ANSWERS = {
    "/yes": (200, b'{"agents": []}'),
    "/no": (404, b'{"detail": {"status": "agent_not_found", "message": "There is no agent."}}'),
    "/odd": (502, b"<html>gateway</html>"),
}
ASKED: list[tuple[str, str, str | None, bytes]] = []


class _Answering(BaseHTTPRequestHandler):
    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        ASKED.append((self.command, self.path, self.headers.get("xi-api-key"), body))
        status, answer = ANSWERS[self.path]
        self.send_response(status)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def do_GET(self) -> None:
        """Answers."""
        self._answer()

    def do_PATCH(self) -> None:
        """Answers."""
        self._answer()

    def log_message(self, format: str, *args: object) -> None:
        """Nobody wants to know."""


@pytest.fixture
def url() -> Iterator[str]:
    ASKED.clear()
    with HTTPServer(("127.0.0.1", 0), _Answering) as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        serving.join()


async def ask(url: str, path: str, *, method: str = "GET", body: object = None) -> bytes:
    place = ServerPlace(url, "secret", Path("nothing.pem"))
    async with rest_server(place) as server:
        return await server.ask(method, path, body)


async def test_a_server_is_asked_with_the_key_and_its_answer_is_json(url: str) -> None:
    assert json.loads(await ask(url, "/yes")) == {"agents": []}
    assert ASKED == [("GET", "/yes", "secret", b"")]


async def test_a_body_is_json(url: str) -> None:
    await ask(url, "/yes", method="PATCH", body={"name": "Ann"})
    assert ASKED == [("PATCH", "/yes", "secret", b'{"name":"Ann"}')]


async def test_a_refusal_is_told_in_the_words_of_the_server(url: str) -> None:
    with pytest.raises(CommandFailed, match=r"HTTP 404\): There is no agent\."):
        await ask(url, "/no")


async def test_what_is_no_voice_server_is_quoted(url: str) -> None:
    with pytest.raises(CommandFailed, match=r"HTTP 502.*gateway"):
        await ask(url, "/odd")


async def test_nobody_at_the_address_is_told_by_its_name() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        nobody = f"http://127.0.0.1:{listener.getsockname()[1]}"
    with pytest.raises(CommandFailed, match=f"no server listens at {nobody}"):
        await ask(nobody, "/yes")


@pytest.mark.parametrize("bad", ["foo", "ftp://x", "http://"])
async def test_a_url_that_is_none_is_misuse(bad: str) -> None:
    with pytest.raises(CommandFailed, match="is no address") as raised:
        await ask(bad, "/yes")
    assert raised.value.exit_code == 2


def test_a_place_does_not_show_its_key() -> None:
    assert "secret" not in repr(ServerPlace("http://x", "secret", Path("x.pem")))
