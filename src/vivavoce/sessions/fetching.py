"""Files that callers name by URL, fetched without being led into the network of this machine."""

from __future__ import annotations

import asyncio
from typing import BinaryIO

import httpx

from vivavoce.engines.guarded_http import Allows, UrlRefused, guarded_client, is_public
from vivavoce.errors import InvalidParameter, UploadTooLarge

_MOST_REDIRECTS = 5
_WITHIN_S = 600.0
"""For all of it: a file of 1 GiB at 15 Mbit/s."""
_TIMEOUTS = httpx.Timeout(30.0, connect=10.0)
_WRITE_BYTES = 1 << 20


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
            async with guarded_client(allows=allows, timeout=_TIMEOUTS) as client:
                await _follow(client, httpx.URL(url), file, most_bytes)
    except (TimeoutError, httpx.TimeoutException):
        raise InvalidParameter("The file at the URL takes too long to fetch.", param) from None
    except (_NotFetched, UrlRefused) as error:
        raise InvalidParameter(str(error), param) from None
    except (httpx.HTTPError, httpx.InvalidURL):
        # What exactly failed would tell strangers of the network that this machine is in.
        raise InvalidParameter("The file at the URL cannot be fetched.", param) from None
    await asyncio.to_thread(file.seek, 0)


class _NotFetched(Exception):
    """In words for the caller."""


async def _follow(
    client: httpx.AsyncClient, url: httpx.URL, file: BinaryIO, most_bytes: int
) -> None:
    for _ in range(_MOST_REDIRECTS + 1):
        asked = client.build_request("GET", url, headers={"accept-encoding": "identity"})
        answer = await client.send(asked, stream=True)
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
