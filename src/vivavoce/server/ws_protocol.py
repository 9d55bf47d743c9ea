"""uvicorn's WebSockets, but for three things."""

from __future__ import annotations

from asyncio import AbstractEventLoop
from typing import Any

from uvicorn._types import ASGIReceiveCallable, ASGISendCallable, ASGISendEvent, Scope
from uvicorn.config import Config
from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState
from websockets.exceptions import InvalidState
from websockets.frames import Frame, Opcode

from vivavoce.server.socket import PARTING_KEY, Parting

# A peer that reads as fast as it plays answers the close frame when it has heard all before it. To
# close the connection sooner is to lose what the kernel has not been able to send yet; one that
# never reads is given up by the kernel much earlier.
_HEARS_THE_END_S = 900.0

# A peer that is sent away gets less.
_GOES_S = 10.0

_ALL_IS_SAID = 1000


class WebSocketProtocol(WebSocketsSansIOProtocol):
    """Lets slow listeners hear the end, and those who have nothing more to say what they are owed.

    A peer's close frame is answered when its session has ended, not before: what it asked for may
    still be on its way, and it listens until it has the answer (RFC 6455, section 5.5.1).

    Text that is not UTF-8, in one packet with the peer's close frame: uvicorn wants to close with
    1007 then, and does not expect that the peer was faster.
    """

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self.app = self._serve
        self._parting = Parting()
        self._farewell: bytes | None = None
        """The answer to the peer's close frame, until the session has ended."""

    def handle_close(self, event: Frame) -> None:
        """See uvicorn."""
        if self.conn.close_rcvd is not None:
            self._parting.goodbye = self.conn.close_rcvd.code
        self._parting.happened.set()
        if self.close_sent or self.transport.is_closing():
            super().handle_close(event)
            return
        self._farewell = b"".join(self.conn.data_to_send())
        self.close_sent = True
        self.stop_keepalive()
        assert self.conn.close_rcvd is not None
        code, reason = self.conn.close_rcvd.code, self.conn.close_rcvd.reason
        self.queue.put_nowait({"type": "websocket.disconnect", "code": code, "reason": reason})

    def connection_lost(self, exc: Exception | None) -> None:
        """See uvicorn."""
        self._parting.happened.set()
        super().connection_lost(exc)

    async def send(self, message: ASGISendEvent) -> None:
        """See uvicorn."""
        if self._farewell is not None:
            await self._send_before_farewell(message)
            return
        await super().send(message)
        if message["type"] == "websocket.close" and self.close_timer is not None:
            self.close_timer.cancel()
            if message.get("code") == _ALL_IS_SAID:
                self.close_timer = self.loop.call_later(_HEARS_THE_END_S, self.transport.close)
            else:
                self.close_timer = self.loop.call_later(_GOES_S, self.transport.abort)

    async def _send_before_farewell(self, message: ASGISendEvent) -> None:
        await self.writable.wait()
        if self.transport.is_closing():
            raise ClientDisconnected
        if message["type"] == "websocket.send":
            text = message.get("text")
            frame = (
                Frame(Opcode.BINARY, message["bytes"] or b"")
                if text is None
                else Frame(Opcode.TEXT, text.encode())
            )
            self.transport.write(frame.serialize(mask=False))

    async def _serve(
        self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable
    ) -> None:
        scope.setdefault("state", {})[PARTING_KEY] = self._parting
        try:
            await self.config.loaded_app(scope, receive, send)
        finally:
            if self._farewell is not None and not self.transport.is_closing():
                self.transport.write(self._farewell)

    async def run_asgi(self) -> None:
        """See uvicorn."""
        await super().run_asgi()
        if self.close_timer is None and self in self.connections:
            self.close_timer = self.loop.call_later(_GOES_S, self.transport.abort)

    def send_receive_event_to_app(self) -> None:
        """See uvicorn."""
        try:
            super().send_receive_event_to_app()
        except InvalidState:
            self.handle_parser_exception()
