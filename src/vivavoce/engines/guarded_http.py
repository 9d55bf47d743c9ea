"""HTTP to machines that callers name, without being led into the network of this one."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import TypeAlias

import httpcore
import httpx

_MOST_ADDRESSES = 4
"""Of one host are tried; each may take as long as a connection may."""
_KEPT_OPEN_S = 60.0
"""An idle connection: the turns of a conversation are further apart than httpx's 5 s."""
_LAST_PORT = 65_535

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
Allows: TypeAlias = Callable[[Address], bool]

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def is_public(address: Address) -> bool:
    """Whether an address is of the public Internet, and not one in disguise of another network."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
        if inner is not None:
            return is_public(inner)
        if address.teredo is not None or address.is_reserved or address.is_site_local:
            return False
    return address.is_global and not address.is_multicast


def is_any(address: Address) -> bool:
    """For callers who may name any machine that this one reaches."""
    return True


class UrlRefused(httpx.ConnectError):
    """A URL that leads nowhere, or where `allows` forbids; the text is fit for callers' eyes."""


def guarded_client(*, allows: Allows, timeout: httpx.Timeout) -> httpx.AsyncClient:
    """A client that connects to no address for which `allows` does not hold.

    Hosts are looked up here, and what was looked up is what is connected to, so that a name server
    cannot change its mind in between; a name with one address that is not allowed is not used at
    all. No proxy of the environment is asked, no redirect followed and no cookie kept, unless a
    request says otherwise. Requests raise UrlRefused, or what httpx raises.
    """
    return httpx.AsyncClient(
        transport=_GuardedTransport(allows),
        timeout=timeout,
        trust_env=False,
        # One client may serve several agents: what one was handed is not for the others.
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
    )


async def allowed_addresses(host: str, port: int, allows: Allows) -> list[str]:
    """Where `host` (an address, or a name in ASCII) is. Raises UrlRefused."""
    if not host:
        raise UrlRefused("The URL must begin with https:// or http:// and name a host.")
    if port > _LAST_PORT:
        raise UrlRefused("There is no such port as the URL has.")
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise UrlRefused("The host of the URL is not known.") from None
    texts = list(dict.fromkeys(str(address[0]) for *_, address in found))
    # A name with an address that is not allowed was made to lead here: none of them is used.
    if not all(allows(ipaddress.ip_address(text.partition("%")[0])) for text in texts):
        raise UrlRefused("The URL leads to an address that this server does not connect to.")
    return texts[:_MOST_ADDRESSES]


@cache
def client_tls() -> ssl.SSLContext:
    """What certificates are checked with; takes 20 ms to make, so from a thread."""
    return httpx.create_ssl_context()


class _GuardedNetwork(httpcore.AsyncNetworkBackend):
    """Connects by name, so that pooled connections and certificates are those of the name."""

    def __init__(self, allows: Allows) -> None:
        self._allows = allows
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 (httpcore's own signature)
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        try:
            async with asyncio.timeout(timeout):
                addresses = await allowed_addresses(host, port, self._allows)
        except TimeoutError:
            raise httpcore.ConnectTimeout("the host is not found in time") from None
        for address in addresses[:-1]:
            try:
                return await self._network.connect_tcp(
                    address, port, timeout, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return await self._network.connect_tcp(
            addresses[-1], port, timeout, local_address, socket_options
        )


class _GuardedTransport(httpx.AsyncBaseTransport):
    """As httpx.AsyncHTTPTransport, which takes no network of one's own."""

    def __init__(self, allows: Allows) -> None:
        self._network = _GuardedNetwork(allows)
        self._pool: httpcore.AsyncConnectionPool | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.scheme not in ("http", "https"):
            raise UrlRefused("The URL must begin with https:// or http:// and name a host.")
        pool = self._pool or self._open(await asyncio.to_thread(client_tls))
        url = request.url
        with _as_httpx():
            answer = await pool.handle_async_request(
                httpcore.Request(
                    request.method,
                    httpcore.URL(
                        scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
                    ),
                    headers=request.headers.raw,
                    content=request.stream,
                    extensions=request.extensions,
                )
            )
        return httpx.Response(
            answer.status,
            headers=answer.headers,
            stream=_Body(answer),
            extensions=answer.extensions,
        )

    def _open(self, tls: ssl.SSLContext) -> httpcore.AsyncConnectionPool:
        if self._pool is None:
            self._pool = httpcore.AsyncConnectionPool(
                ssl_context=tls,
                max_connections=None,
                keepalive_expiry=_KEPT_OPEN_S,
                network_backend=self._network,
            )
        return self._pool

    async def aclose(self) -> None:
        if self._pool is not None:
            await self._pool.aclose()


class _Body(httpx.AsyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        assert isinstance(self._answer.stream, AsyncIterable)
        with _as_httpx():
            async for chunk in self._answer.stream:
                yield chunk

    async def aclose(self) -> None:
        await self._answer.aclose()


_HTTPX_ERRORS: dict[type[Exception], type[httpx.TransportError]] = {
    httpcore.ConnectTimeout: httpx.ConnectTimeout,
    httpcore.ReadTimeout: httpx.ReadTimeout,
    httpcore.WriteTimeout: httpx.WriteTimeout,
    httpcore.PoolTimeout: httpx.PoolTimeout,
    httpcore.ConnectError: httpx.ConnectError,
    httpcore.ReadError: httpx.ReadError,
    httpcore.WriteError: httpx.WriteError,
    httpcore.LocalProtocolError: httpx.LocalProtocolError,
    httpcore.RemoteProtocolError: httpx.RemoteProtocolError,
}


@contextmanager
def _as_httpx() -> Iterator[None]:
    try:
        yield
    except tuple(_HTTPX_ERRORS) as error:
        raise _HTTPX_ERRORS[type(error)](str(error)) from error
