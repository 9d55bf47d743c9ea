"""Messages to and from an MCP server by its "streamable HTTP" transport (revision 2025-06-18)."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing
from typing import Final

import httpx
import msgspec

from vivavoce.engines.guarded_http import UrlRefused
from vivavoce.engines.minds.event_stream import EventStream
from vivavoce.errors import EngineFailed

_MOST_BYTES: Final = 4 << 20
"""Of one answer, all the events of its stream together."""
_MOST_REDIRECTS: Final = 3
_SESSION: Final = "mcp-session-id"
_VERSION: Final = "mcp-protocol-version"
_PLAIN: Final = "identity"
_OWN_HEADERS: Final = {
    "content-type": "application/json",
    "accept": "application/json, text/event-stream",
    "accept-encoding": _PLAIN,
}

Incoming = dict[str, object]


class SessionExpired(Exception):
    """The server no longer knows the session: a new one has to be begun."""


class McpChannel:
    """Posts messages, each in a request of its own, with the headers of the session.

    The stream that servers may send on unasked (GET) is not opened: it would be one more connection
    for each call, and nothing of what comes there is of use to a conversation.
    """

    def __init__(self, client: httpx.AsyncClient, url: str, headers: Mapping[str, str]) -> None:
        self._client = client
        self._url = url
        self._headers = dict(headers)
        self.session_id = ""
        self.version = ""

    async def post(self, message: Mapping[str, object]) -> AsyncGenerator[Incoming, None]:
        """What the server answers to a request, in JSON or as a stream of events.

        Raises SessionExpired or EngineFailed.
        """
        answer = await self._send(message)
        try:
            self._check(answer)
            if message.get("method") == "initialize":
                self.session_id = answer.headers.get(_SESSION, "")
            async for text in _texts(answer):
                for incoming in _messages(text):
                    yield incoming
        except httpx.HTTPError as error:
            raise EngineFailed(_failure(error)) from error
        finally:
            await answer.aclose()

    async def notify(self, message: Mapping[str, object]) -> None:
        """Posts what is not answered: a notification, or our answer to a request of the server."""
        async with aclosing(self.post(message)) as incoming:
            async for _ in incoming:
                return

    async def close(self) -> None:
        """Ends the session; servers may refuse that, or be gone already."""
        if not self.session_id:
            return
        try:
            await self._client.delete(self._url, headers=self._all_headers())
        except httpx.HTTPError:
            pass
        finally:
            self.session_id = ""

    def _all_headers(self) -> httpx.Headers:
        session = {_SESSION: self.session_id, _VERSION: self.version}
        headers = httpx.Headers(self._headers, encoding="utf-8")
        headers.update(_OWN_HEADERS | {name: value for name, value in session.items() if value})
        return headers

    async def _send(self, message: Mapping[str, object]) -> httpx.Response:
        try:
            request = self._client.build_request(
                "POST",
                self._url,
                content=json.dumps(message).encode(),
                headers=self._all_headers(),
            )
            for _ in range(_MOST_REDIRECTS):
                answer = await self._client.send(request, stream=True)
                following = self._following(request, answer)
                if following is None:
                    return answer
                await answer.aclose()
                request = following
            return await self._client.send(request, stream=True)
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
            raise EngineFailed(_failure(error)) from error

    def _following(self, request: httpx.Request, answer: httpx.Response) -> httpx.Request | None:
        """Servers send from `/mcp` to `/mcp/`; to other machines our headers must not go."""
        following = answer.next_request
        if answer.status_code not in (307, 308) or following is None:
            return None
        return following if _origin(following.url) == _origin(request.url) else None

    def _check(self, answer: httpx.Response) -> None:
        if answer.status_code == 404 and self.session_id:
            raise SessionExpired
        if not answer.is_success:
            raise EngineFailed(f"The MCP server answered HTTP {answer.status_code}.")
        # A compressed answer may be a thousand times larger than what came of it.
        if answer.headers.get("content-encoding", _PLAIN).lower() != _PLAIN:
            raise EngineFailed("The MCP server compresses, although asked not to.")


async def _texts(answer: httpx.Response) -> AsyncIterator[str]:
    """The JSON texts in the body."""
    if answer.status_code == 202:
        return
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "text/event-stream":
        events = EventStream()
        async for piece in _bounded(answer):
            try:
                found = events.feed(piece)
            except ValueError as error:
                raise EngineFailed(f"The MCP server sent {error}.") from error
            for text in found:
                yield text
        for text in events.end():
            yield text
    else:
        body = b"".join([piece async for piece in _bounded(answer)])
        if body:
            yield body.decode("utf-8", "replace")


async def _bounded(answer: httpx.Response) -> AsyncIterator[bytes]:
    taken = 0
    async for piece in answer.aiter_bytes():
        taken += len(piece)
        if taken > _MOST_BYTES:
            raise EngineFailed(f"The MCP server sent more than {_MOST_BYTES} bytes.")
        yield piece


def _messages(text: str) -> list[Incoming]:
    """One message, or the several of a batch, which revision 2025-03-26 knows."""
    try:
        read: object = msgspec.json.decode(text)
    except (ValueError, RecursionError) as error:
        raise EngineFailed("The MCP server sent something that is not JSON.") from error
    batch = read if isinstance(read, list) else [read]
    return [message for message in batch if isinstance(message, dict)]


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def _failure(error: Exception) -> str:
    if isinstance(error, UrlRefused):
        return str(error)
    if isinstance(error, httpx.TimeoutException):
        return "The MCP server takes too long to answer."
    if isinstance(error, httpx.InvalidURL | UnicodeError):
        return "The MCP server's URL or headers cannot be used."
    return "The MCP server cannot be reached."
