"""One WebSocket as ASGI has it, in the shape that sessions expect."""

from __future__ import annotations

import asyncio
import contextlib

from litestar.types import Receive, Send, WebSocketScope
from litestar.types.asgi_types import WebSocketResponseBodyEvent, WebSocketResponseStartEvent

from vivavoce.sessions.duplex import PeerGone, Presence

_CONNECTION_DOWN_S = 1.0


class Parting:
    """How a connection ends. Ours in uvicorn writes it; ASGI has no words for it."""

    def __init__(self) -> None:
        self.goodbye: int | None = None
        """The code of the peer's close frame, 1005 if it has none; None as long as none came."""
        self.happened = asyncio.Event()
        """Set by the peer's close frame, and when the connection is lost."""


PARTING_KEY = "vivavoce.parting"
"""Where it stands in a scope's state."""


class AsgiSocket:
    """`Duplex` over ASGI; `accept` or `reject` comes first."""

    def __init__(self, scope: WebSocketScope, receive: Receive, send: Send) -> None:
        self._scope = scope
        self._receive = receive
        self._send = send
        self.presence = Presence()
        self._parting: Parting = (scope.get("state") or {}).get(PARTING_KEY) or Parting()

    @property
    def goodbye(self) -> int | None:
        """The code of the peer's close frame, 1005 if it has none; None as long as none came."""
        return self._parting.goodbye

    async def parted(self) -> None:
        """Waits for the peer's close frame, or for the connection to be lost."""
        await self._parting.happened.wait()

    async def accept(self, subprotocol: str | None = None) -> None:
        """Finishes the handshake. Raises PeerGone."""
        await self._receive()
        try:
            await self._send(
                {"type": "websocket.accept", "subprotocol": subprotocol, "headers": []}
            )
        except OSError as error:
            raise PeerGone from error

    async def reject(self, status: int, text: str) -> None:
        """Refuses the handshake with an HTTP answer; 403 from servers that can give no other."""
        await self._receive()
        if "websocket.http.response" not in (self._scope.get("extensions") or {}):
            await self._send({"type": "websocket.close", "code": 1008, "reason": text})
            return
        await self._send(
            WebSocketResponseStartEvent(
                type="websocket.http.response.start",
                status=status,
                headers=[(b"content-type", b"text/plain; charset=utf-8")],
            )
        )
        await self._send(
            WebSocketResponseBodyEvent(
                type="websocket.http.response.body", body=text.encode(), more_body=False
            )
        )
        # To uvicorn, returning before the connection is down is a handshake forgotten: an error in
        # its log. It says twice that the peer is gone, once for the answer and once for the loss.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_CONNECTION_DOWN_S):
                await self._receive()
                await self._receive()

    async def receive(self) -> str | bytes | None:
        """See `Duplex.receive`."""
        event = await self._receive()
        if event["type"] != "websocket.receive":
            return None
        text = event.get("text")
        return event.get("bytes") if text is None else text

    async def send(self, message: str | bytes) -> None:
        """See `Duplex.send`."""
        text, data = (message, None) if isinstance(message, str) else (None, message)
        try:
            await self._send({"type": "websocket.send", "text": text, "bytes": data})
        except (OSError, RuntimeError) as error:
            # uvicorn's complaint is a RuntimeError where it closed the connection by itself, for
            # a ping without answer or a message too long.
            raise PeerGone from error

    async def close(self, code: int, reason: str) -> None:
        """See `Duplex.close`."""
        try:
            await self._send({"type": "websocket.close", "code": code, "reason": reason})
        except (OSError, RuntimeError):
            return
