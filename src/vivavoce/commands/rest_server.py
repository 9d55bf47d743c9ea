"""A server's REST interface, as commands use it."""

from __future__ import annotations

import contextlib
import ssl
from collections.abc import AsyncIterator

import httpx
import msgspec

from vivavoce.commands.failures import MISUSED, CommandFailed
from vivavoce.commands.line import is_this_machine, trusting
from vivavoce.commands.server_place import ServerPlace

_WITHIN_S = 10.0


class _Detail(msgspec.Struct):
    message: str = ""


class _Refusal(msgspec.Struct):
    detail: _Detail


class RestServer:
    """One server while a command talks to it; made by `rest_server`."""

    def __init__(self, client: httpx.AsyncClient, place: ServerPlace) -> None:
        self._client = client
        self._place = place

    async def ask(self, method: str, path: str, body: object = None) -> bytes:
        """The JSON of the answer. Raises CommandFailed with what the server says against it."""
        content = None if body is None else msgspec.json.encode(body)
        try:
            answer = await self._client.request(
                method, path, content=content, headers={"Content-Type": "application/json"}
            )
        except httpx.HTTPError as error:
            url = self._place.url
            if isinstance(error, httpx.ConnectError):
                raise CommandFailed(f"no server listens at {url}") from error
            raise CommandFailed(f"no voice server answers at {url} ({error})") from error
        if answer.is_success:
            return answer.content
        raise CommandFailed(_refusal(answer))


@contextlib.asynccontextmanager
async def rest_server(place: ServerPlace) -> AsyncIterator[RestServer]:
    """The server at `place`; nothing is asked of it yet. Raises CommandFailed for a bad URL."""
    url = httpx.URL(place.url)
    if url.scheme not in ("http", "https") or not url.host:
        raise CommandFailed(
            f"{place.url!r} is no address such as http://127.0.0.1:8000", exit_code=MISUSED
        )
    verify: ssl.SSLContext | bool = trusting(place.authority) if url.scheme == "https" else False
    async with httpx.AsyncClient(
        base_url=url,
        headers={"xi-api-key": place.api_key} if place.api_key else {},
        verify=verify,
        trust_env=not is_this_machine(url.host),
        timeout=_WITHIN_S,
    ) as client:
        yield RestServer(client, place)


def _refusal(answer: httpx.Response) -> str:
    try:
        said = msgspec.json.decode(answer.content, type=_Refusal).detail.message
    except msgspec.DecodeError:
        said = answer.text.strip()[:200]
    return f"the server refuses (HTTP {answer.status_code}): {said}"
