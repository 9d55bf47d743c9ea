"""Files that callers name by URL, fetched without being led into the network of this machine."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Callable
from functools import cache
from typing import BinaryIO, TypeAlias

import httpx

from vivavoce.errors import InvalidParameter, UploadTooLarge

_MOST_REDIRECTS = 5
_WITHIN_S = 600.0
"""For all of it: a file of 1 GiB at 15 Mbit/s."""
_TIMEOUTS = httpx.Timeout(30.0, connect=10.0)
_MOST_ADDRESSES = 4
"""Of one host are tried; each may take as long as a connection may."""
_WRITE_BYTES = 1 << 20
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
        if address.teredo is not None or address.is_reserved:
            return False
    return address.is_global and not address.is_multicast


def is_any(address: Address) -> bool:
    """For callers who may name any machine that this one reaches."""
    return True


async def fetch(
    url: str,
    file: BinaryIO,
    *,
    most_bytes: int,
    param: str,
    allows: Allows = is_public,
) -> None:
    """Writes what is at `url` (http or https) into `file`, and goes back to its beginning.

    The addresses of the host are looked up here, and one of them is connected to, anew for each
    redirect: `allows` must hold for all of them. Raises UploadTooLarge, or InvalidParameter with
    `param`, the name under which the caller gave the URL.
    """
    try:
        async with asyncio.timeout(_WITHIN_S):
            tls = await asyncio.to_thread(_tls)
            # No proxy of the environment: it would look the host up again.
            async with httpx.AsyncClient(timeout=_TIMEOUTS, verify=tls, trust_env=False) as client:
                await _follow(client, httpx.URL(url), file, most_bytes, allows)
    except (TimeoutError, httpx.TimeoutException):
        raise InvalidParameter("The file at the URL takes too long to fetch.", param) from None
    except _NotFetched as error:
        raise InvalidParameter(str(error), param) from None
    except (httpx.HTTPError, httpx.InvalidURL):
        # What exactly failed would tell strangers of the network that this machine is in.
        raise InvalidParameter("The file at the URL cannot be fetched.", param) from None
    await asyncio.to_thread(file.seek, 0)


class _NotFetched(Exception):
    """In words for the caller."""


@cache
def _tls() -> ssl.SSLContext:
    """Takes 20 ms to make."""
    return httpx.create_ssl_context()


async def _follow(
    client: httpx.AsyncClient, url: httpx.URL, file: BinaryIO, most_bytes: int, allows: Allows
) -> None:
    for _ in range(_MOST_REDIRECTS + 1):
        answer = await _ask(client, url, allows=allows)
        try:
            if answer.has_redirect_location:
                url = url.join(answer.headers["location"])
                continue
            if answer.status_code != 200:
                raise _NotFetched(f"The URL is answered with HTTP {answer.status_code}.")
            await _take(answer, file, most_bytes)
            return
        finally:
            await answer.aclose()
    raise _NotFetched(f"The URL leads through more than {_MOST_REDIRECTS} redirects.")


async def _ask(client: httpx.AsyncClient, url: httpx.URL, *, allows: Allows) -> httpx.Response:
    """The answer of the first address that takes a connection, its body still to be read."""
    addresses = await _addresses(url, allows=allows)
    for place, address in enumerate(addresses):
        request = client.build_request(
            "GET",
            url.copy_with(host=address),
            headers={"host": url.netloc.decode("ascii"), "accept-encoding": "identity"},
            # The certificate is to be that of the name, which the URL has no more.
            extensions={"sni_hostname": url.raw_host.decode("ascii")},
        )
        try:
            return await client.send(request, stream=True)
        except (httpx.ConnectError, httpx.ConnectTimeout):
            if place == len(addresses) - 1:
                raise
    raise _NotFetched("The host of the URL is not known.")


async def _addresses(url: httpx.URL, *, allows: Allows) -> list[str]:
    if url.scheme not in ("http", "https") or not url.host:
        raise _NotFetched("The URL must begin with https:// or http:// and name a host.")
    port = url.port or (443 if url.scheme == "https" else 80)
    if port > _LAST_PORT:
        raise _NotFetched("There is no such port as the URL has.")
    host = url.raw_host.decode("ascii")
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise _NotFetched("The host of the URL is not known.") from None
    texts = list(dict.fromkeys(str(address[0]) for *_, address in found))
    # A name with an address that is not allowed was made to lead here: none of them is used.
    if not all(allows(ipaddress.ip_address(text.partition("%")[0])) for text in texts):
        raise _NotFetched("The URL leads to an address that this server does not fetch from.")
    return texts[:_MOST_ADDRESSES]


async def _take(answer: httpx.Response, file: BinaryIO, most_bytes: int) -> None:
    too_large = UploadTooLarge(
        f"The file at the URL is larger than {most_bytes} bytes, which is the most here."
    )
    told = answer.headers.get("content-length", "")
    if told.isdecimal() and int(told) > most_bytes:
        raise too_large
    taken = 0
    async for chunk in answer.aiter_raw(_WRITE_BYTES):
        taken += len(chunk)
        if taken > most_bytes:
            raise too_large
        await asyncio.to_thread(file.write, chunk)
