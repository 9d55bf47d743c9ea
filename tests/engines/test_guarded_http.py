"""Requests to machines that callers name."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
from pathlib import Path

import httpx
import pytest
import trustme

from tests.engines.minds.chat_server import chat_server
from vivavoce.engines import guarded_http
from vivavoce.engines.guarded_http import Allows, UrlRefused, guarded_client, is_any, is_public

_TIMEOUT = httpx.Timeout(10.0)


async def posted(url: str, allows: Allows = is_any, patience: httpx.Timeout = _TIMEOUT) -> str:
    async with guarded_client(allows=allows, timeout=patience) as client:
        return (await client.post(url, json={})).text


async def test_a_request_is_answered() -> None:
    async with chat_server() as server:
        server.says(b"he", b"llo")
        assert await posted(server.url) == "hello"


@pytest.mark.parametrize("host", ["127.0.0.1", "0x7f.1", "2130706433", "localhost", "[::1]"])
async def test_an_address_that_is_not_allowed_is_not_connected_to(host: str) -> None:
    async with chat_server() as server:
        server.says(b"hello")
        port = server.url.rpartition(":")[2]
        with pytest.raises(UrlRefused, match="address"):
            await posted(f"http://{host}:{port}/", allows=is_public)
        assert server.connections == 0


async def test_a_redirect_is_the_callers_to_follow_and_is_looked_at_again() -> None:
    async with chat_server() as inside, chat_server() as outside:
        outside.says(status=f"302 Found\r\nlocation: {inside.url}/")
        port = int(outside.url.rpartition(":")[2])
        seen: list[str] = []

        def allows(address: guarded_http.Address) -> bool:
            seen.append(str(address))
            return len(seen) == 1

        async with guarded_client(allows=allows, timeout=_TIMEOUT) as client:
            url = f"http://127.0.0.1:{port}/"
            assert (await client.post(url, json={})).status_code == 302
            with pytest.raises(UrlRefused):
                await client.post(url, json={}, follow_redirects=True)
        assert inside.connections == 0


async def test_no_cookie_is_kept() -> None:
    async with chat_server() as server:
        server.says(b"hello", status="200 OK\r\nset-cookie: a=b; path=/")
        async with guarded_client(allows=is_any, timeout=_TIMEOUT) as client:
            for _ in range(2):
                await client.post(server.url, json={})
        assert all("cookie" not in asked.headers for asked in server.asked)


@pytest.mark.parametrize(
    "url", ["", "x", "ftp://127.0.0.1/", "http://", "http://127.0.0.1:99999/", "http://no.invalid/"]
)
async def test_what_leads_nowhere_is_refused(url: str) -> None:
    with pytest.raises(UrlRefused):
        await posted(url)


async def test_failures_are_those_of_httpx() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with pytest.raises(httpx.ReadTimeout):
            await posted(f"http://127.0.0.1:{port}/", patience=httpx.Timeout(5.0, read=0.05))
    with pytest.raises(httpx.ConnectError):
        await posted(f"http://127.0.0.1:{port}/")
    async with chat_server() as server:
        server.says(b"hello", cut=True)
        with pytest.raises(httpx.RemoteProtocolError):
            await posted(server.url)


async def test_a_host_that_is_not_found_in_time_is_given_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def getaddrinfo(*_: object, **__: object) -> list[object]:
        await asyncio.Event().wait()
        return []

    monkeypatch.setattr(asyncio.base_events.BaseEventLoop, "getaddrinfo", getaddrinfo)
    with pytest.raises(httpx.ConnectTimeout):
        await posted("http://a.example/", patience=httpx.Timeout(5.0, connect=0.05))


async def test_two_names_of_one_address_share_no_connection(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    monkeypatch.setattr(guarded_http, "client_tls", guarded_http.client_tls.__wrapped__)

    async def getaddrinfo(_: object, host: str, port: int, **__: object) -> list[object]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(asyncio.base_events.BaseEventLoop, "getaddrinfo", getaddrinfo)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("one.example").configure_cert(tls)
    async with chat_server(tls) as server:
        server.says(b"hello")
        port = server.url.rpartition(":")[2]
        async with guarded_client(allows=is_any, timeout=_TIMEOUT) as client:
            assert (await client.post(f"https://one.example:{port}/", json={})).text == "hello"
            with pytest.raises(httpx.ConnectError):
                await client.post(f"https://two.example:{port}/", json={})
        assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("2606:4700:4700::1111", True),
        ("::ffff:8.8.8.8", True),
        ("64:ff9b::808:808", True),
        *(
            (address, False)
            for address in (
                *(
                    "127.0.0.1",
                    "0.0.0.0",
                    "10.1.2.3",
                    "172.16.0.1",
                    "192.168.1.1",
                    "169.254.169.254",
                ),
                *("100.64.0.1", "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1"),
                *(
                    "255.255.255.255",
                    "::",
                    "::1",
                    "fe80::1",
                    "fec0::1",
                    "fc00::1",
                    "ff02::1",
                    "ff0e::1",
                ),
                *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::7f00:1", "64:ff9b::7f00:1"),
                *("2002:7f00:1::", "2001:0:7f00:1::", "2001:db8::1", "100::1", "4000::1"),
            )
        ),
    ],
)
def test_only_addresses_of_the_internet_are_public(address: str, public: bool) -> None:
    assert is_public(ipaddress.ip_address(address)) is public
