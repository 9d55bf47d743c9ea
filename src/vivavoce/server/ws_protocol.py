"""uvicorn's WebSockets, but for two things."""

from __future__ import annotations

from asyncio import BaseTransport

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.exceptions import InvalidState

# A peer that reads as fast as it plays answers the close frame when it has heard all before it. To
# close the connection sooner is to lose what the kernel has not been able to send yet.
_GOODBYE_S = 300.0


class WebSocketProtocol(WebSocketsSansIOProtocol):
    """Lets slow listeners hear the end, and bears a close frame behind text that is no text.

    Text that is not UTF-8, in one packet with the peer's close frame: uvicorn wants to close with
    1007 then, and does not expect that the peer was faster.
    """

    def connection_made(self, transport: BaseTransport) -> None:
        """See uvicorn."""
        super().connection_made(transport)
        self.close_timeout = _GOODBYE_S

    def send_receive_event_to_app(self) -> None:
        """See uvicorn."""
        try:
            super().send_receive_event_to_app()
        except InvalidState:
            self.handle_parser_exception()
