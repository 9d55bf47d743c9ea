"""Files fetched from where callers say they are."""

from __future__ import annotations

import asyncio
import io
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import trustme

from vivavoce.engines import guarded_http
from vivavoce.engines.guarded_http import is_any, is_public
from vivavoce.errors import InvalidParameter, UploadTooLarge
from vivavoce.sessions import fetching
from vivavoce.sessions.fetching import fetch

_MOST = 10_000


class _Shelf(BaseHTTPRequestHandler):
    """`/file`, `/long`, `/endless`, `/gone`, `/to?URL`, `/round`."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        seen: list[tuple[str, str]] = self.server.seen  # type: ignore[attr-defined]
        seen.append((self.headers["host"], self.path))
        path, _, query = self.path.partition("?")
        if path == "/file":
            self._answer(200, b"sound")
        elif path == "/long":
            self._answer(200, b"x" * (_MOST + 1))
        elif path == "/endless":
            self._chunks()
        elif path == "/to":
            self._answer(302, location=query)
        elif path == "/round":
            self._answer(307, location="/round")
        else:
            self._answer(404, b"no")

    def _answer(self, status: int, body: bytes = b"", location: str | None = None) -> None:
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        if location is not None:
            self.send_header("location", location)
        self.end_headers()
        self.wfile.write(body)

    def _chunks(self) -> None:
        self.send_response(200)
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        try:
            while True:
                self.wfile.write(b"400\r\n" + b"x" * 1024 + b"\r\n")
        except OSError:
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


class FileServer:
    """On a free port of `host`; `seen` has what was asked for, with the Host header."""

    def __init__(self, host: str = "127.0.0.1", tls: ssl.SSLContext | None = None) -> None:
        self.seen: list[tuple[str, str]] = []
        self._server = ThreadingHTTPServer((host, 0), _Shelf)
        self._server.seen = self.seen  # type: ignore[attr-defined]
        self._server.daemon_threads = True
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self.port = self._server.server_port
        self.url = f"http://{host}:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def file_server() -> Iterator[Callable[..., FileServer]]:
    started: list[FileServer] = []

    def start(*given: Any, **options: Any) -> FileServer:
        started.append(FileServer(*given, **options))
        return started[-1]

    yield start
    for server in started:
        server.stop()


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """What the resolver of this machine knows, besides addresses."""
    known: dict[str, list[str]] = {}

    async def getaddrinfo(_: object, host: str, port: int, **__: object) -> Any:
        if host not in known and not host.replace(".", "").isdigit():
            raise socket.gaierror(socket.EAI_NONAME, "no such host")
        addresses = known.get(host, [host])
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in addresses]

    monkeypatch.setattr(asyncio.base_events.BaseEventLoop, "getaddrinfo", getaddrinfo)
    return known


async def fetched(url: str, **options: Any) -> bytes:
    file = io.BytesIO(b"")
    chosen = {"most_bytes": _MOST, "param": "source_url", "allows": is_any} | options
    async with asyncio.timeout(20):
        await fetch(url, file, **chosen)
    return file.read()


async def refusal(url: str, **options: Any) -> str:
    with pytest.raises(InvalidParameter) as refused:
        await fetched(url, **options)
    assert refused.value.param == "source_url"
    return str(refused.value)


async def test_a_file_is_fetched_and_ready_to_be_read(file_server: Any) -> None:
    assert await fetched(file_server().url + "/file") == b"sound"


async def test_redirects_are_followed_to_other_servers(file_server: Any) -> None:
    there = file_server()
    assert await fetched(f"{file_server().url}/to?{there.url}/file") == b"sound"
    assert await fetched(f"{there.url}/to?/file") == b"sound"


async def test_a_circle_of_redirects_is_left(file_server: Any) -> None:
    server = file_server()
    assert "redirects" in await refusal(server.url + "/round")
    assert len(server.seen) == 6


async def test_an_answer_that_is_no_file_is_told_by_its_status(file_server: Any) -> None:
    assert "404" in await refusal(file_server().url + "/nothing")


@pytest.mark.parametrize("path", ["/long", "/endless"])
async def test_a_file_that_is_too_large_is_not_fetched_to_its_end(
    file_server: Any, path: str
) -> None:
    with pytest.raises(UploadTooLarge, match=str(_MOST)):
        await fetched(file_server().url + path)


async def test_a_file_may_be_as_large_as_is_allowed(file_server: Any) -> None:
    assert len(await fetched(file_server().url + "/long", most_bytes=_MOST + 1)) == _MOST + 1


async def test_a_server_that_does_not_answer_is_given_up(
    file_server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "_WITHIN_S", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        assert "too long" in await refusal(f"http://127.0.0.1:{silent.getsockname()[1]}/")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "file:///etc/passwd",
        "ftp://127.0.0.1/",
        "gopher://127.0.0.1/",
        "http://",
        "http:///x",
        "//127.0.0.1/x",
        "http://[::1",
        "http://a b/",
        "http://127.0.0.1:99999/",
        "http://nobody.invalid/",
        "http://" + "a" * 300 + "/",
        "http://\u2028/",
        "x",
    ],
)
async def test_what_is_no_url_of_a_file_is_refused(names: Any, url: str) -> None:
    assert await refusal(url)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "0x7f.1", "2130706433", "localhost", "[::1]", "[::ffff:127.0.0.1]"]
)
async def test_this_machine_is_not_asked_in_any_spelling(file_server: Any, host: str) -> None:
    server = file_server()
    said = await refusal(f"http://{host}:{server.port}/file", allows=is_public)
    assert "address" in said
    assert server.seen == []


async def test_a_redirect_leads_no_further_than_a_url(file_server: Any) -> None:
    inside, outside = file_server("127.0.0.1"), file_server("127.0.0.2")
    url = f"{outside.url}/to?{inside.url}/file"
    assert "address" in await refusal(url, allows=lambda address: str(address) == "127.0.0.2")
    assert len(outside.seen) == 1
    assert inside.seen == []


async def test_a_name_with_one_address_that_is_not_allowed_is_refused(
    file_server: Any, names: dict[str, list[str]]
) -> None:
    server = file_server()
    names["files.example"] = ["127.0.0.1", "10.0.0.1"]
    url = f"http://files.example:{server.port}/file"
    assert "address" in await refusal(url, allows=lambda address: str(address) == "127.0.0.1")
    assert server.seen == []


async def test_the_address_that_was_looked_at_is_the_one_that_is_connected_to(
    file_server: Any, names: dict[str, list[str]]
) -> None:
    server = file_server()
    names["files.example"] = ["127.0.0.1"]

    def allows(address: object) -> bool:
        names["files.example"] = ["10.0.0.1"]  # as a name server does that means harm
        return str(address) == "127.0.0.1"

    url = f"http://files.example:{server.port}/file"
    assert await fetched(url, allows=allows) == b"sound"
    assert server.seen == [(f"files.example:{server.port}", "/file")]


async def test_the_next_address_is_tried_where_nobody_answers(
    file_server: Any, names: dict[str, list[str]]
) -> None:
    server = file_server()
    names["files.example"] = ["127.0.0.9", "127.0.0.1"]
    assert await fetched(f"http://files.example:{server.port}/file") == b"sound"
    names["files.example"] = ["127.0.0.9"]
    assert "cannot be fetched" in await refusal(f"http://files.example:{server.port}/file")


@pytest.mark.parametrize(("certified", "is_taken"), [("files.example", True), ("else", False)])
async def test_the_certificate_must_be_that_of_the_name(
    file_server: Any,
    names: dict[str, list[str]],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    certified: str,
    is_taken: bool,
) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    monkeypatch.setattr(guarded_http, "client_tls", guarded_http.client_tls.__wrapped__)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(certified).configure_cert(tls)
    server = file_server(tls=tls)
    names["files.example"] = ["127.0.0.1"]
    url = f"https://files.example:{server.port}/file"
    if is_taken:
        assert await fetched(url) == b"sound"
    else:
        assert "cannot be fetched" in await refusal(url)
        assert server.seen == []


async def test_no_proxy_of_the_environment_is_asked(
    file_server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy, server = file_server(), file_server()
    monkeypatch.setenv("HTTP_PROXY", proxy.url)
    monkeypatch.setenv("ALL_PROXY", proxy.url)
    assert await fetched(server.url + "/file") == b"sound"
    assert proxy.seen == []
