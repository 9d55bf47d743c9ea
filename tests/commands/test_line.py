from __future__ import annotations

import os
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path

import pytest
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.http11 import Request, Response

from vivavoce.commands.failures import CommandFailed
from vivavoce.commands.line import LineClosed, NobodyAnswers, server_line
from vivavoce.commands.speech_asked import SpeechAsked
from vivavoce.server.tls import LocalCertificate, local_certificate

ASKED = SpeechAsked("pcm_24000", "Orfeo")
NO_AUTHORITY = Path("/nonexistent/ca.pem")


def port_of(server: Server) -> int:
    port: int = next(iter(server.sockets)).getsockname()[1]
    return port


async def repeat(socket: ServerConnection) -> None:
    """Says what path and key came, then each message back, then goodbye."""
    assert socket.request is not None
    await socket.send(socket.request.path)
    await socket.send(str(socket.request.headers.get("xi-api-key")))
    async for message in socket:
        await socket.send(message)
        await socket.close(1013, "full")


@asynccontextmanager
async def repeating(tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    async with serve(repeat, "127.0.0.1", 0, ssl=tls) as server:
        yield port_of(server)


async def test_a_line_names_voice_and_format_in_its_address_and_carries_the_key() -> None:
    async with (
        repeating() as port,
        server_line(
            f"http://127.0.0.1:{port}", ASKED, api_key="sesame", authority=NO_AUTHORITY
        ) as line,
    ):
        path = await line.receive()
        assert path.startswith("/v1/text-to-speech/Orfeo/stream-input?")
        assert "output_format=pcm_24000" in path
        assert await line.receive() == "sesame"


async def test_messages_go_both_ways_until_the_server_says_why_it_leaves() -> None:
    async with (
        repeating() as port,
        server_line(f"ws://127.0.0.1:{port}/", ASKED, api_key=None, authority=NO_AUTHORITY) as line,
    ):
        await line.receive()
        assert await line.receive() == "None"
        await line.send("hello")
        assert await line.receive() == "hello"
        with pytest.raises(LineClosed, match="full") as closed:
            await line.receive()
        assert closed.value.code == 1013
        with pytest.raises(LineClosed):
            await line.send("anybody?")


@pytest.fixture
def certificate(tmp_path: Path) -> LocalCertificate:
    return local_certificate(tmp_path, "127.0.0.1", now=datetime.now(UTC), environ=os.environ)


async def test_a_server_of_the_local_authority_is_trusted(certificate: LocalCertificate) -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate.certificate, certificate.key)
    async with (
        repeating(tls) as port,
        server_line(
            f"https://127.0.0.1:{port}", ASKED, api_key=None, authority=certificate.authority
        ) as line,
    ):
        assert "Orfeo" in await line.receive()


async def test_a_server_that_nobody_vouches_for_is_not(certificate: LocalCertificate) -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate.certificate, certificate.key)
    async with repeating(tls) as port:
        with pytest.raises(NobodyAnswers, match="certificate"):
            await server_line(
                f"https://127.0.0.1:{port}", ASKED, api_key=None, authority=NO_AUTHORITY
            ).__aenter__()


async def test_a_proxy_of_the_environment_is_not_asked_for_this_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "ws_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    async with (
        repeating() as port,
        server_line(
            f"http://127.0.0.1:{port}", ASKED, api_key=None, authority=NO_AUTHORITY
        ) as line,
    ):
        assert "Orfeo" in await line.receive()


async def test_something_else_that_answers_is_named_with_what_it_says() -> None:
    async def refuse(connection: ServerConnection, _request: Request) -> Response:
        return connection.respond(HTTPStatus.NOT_FOUND, "Not here.\n")

    async with serve(repeat, "127.0.0.1", 0, process_request=refuse) as server:
        url = f"http://127.0.0.1:{port_of(server)}"
        with pytest.raises(NobodyAnswers, match="HTTP 404: Not here"):
            await server_line(url, ASKED, api_key=None, authority=NO_AUTHORITY).__aenter__()


@pytest.mark.parametrize("url", ["127.0.0.1:8000", "ftp://127.0.0.1", "http://", "nonsense"])
async def test_what_is_no_address_is_refused_as_misuse(url: str) -> None:
    with pytest.raises(CommandFailed, match="no address") as refused:
        await server_line(url, ASKED, api_key=None, authority=NO_AUTHORITY).__aenter__()
    assert refused.value.exit_code == 2
