"""uvicorn's WebSockets, but for two things."""

from __future__ import annotations

from uvicorn._types import ASGISendEvent
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.exceptions import InvalidState

# A peer that reads as fast as it plays answers the close frame when it has heard all before it. To
# close the connection sooner is to lose what the kernel has not been able to send yet; one that
# never reads is given up by the kernel much earlier.
_HEARS_THE_END_S = 900.0

# A peer that is sent away gets less.
_GOES_S = 10.0

_ALL_IS_SAID = 1000


class WebSocketProtocol(WebSocketsSansIOProtocol):
    """Lets slow listeners hear the end, and bears a close frame behind text that is no text.

    Text that is not UTF-8, in one packet with the peer's close frame: uvicorn wants to close with
    1007 then, and does not expect that the peer was faster.
    """

    async def send(self, message: ASGISendEvent) -> None:
        """See uvicorn."""
        await super().send(message)
        if message["type"] == "websocket.close" and self.close_timer is not None:
            self.close_timer.cancel()
            if message.get("code") == _ALL_IS_SAID:
                self.close_timer = self.loop.call_later(_HEARS_THE_END_S, self.transport.close)
            else:
                self.close_timer = self.loop.call_later(_GOES_S, self.transport.abort)

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
