"""uvicorn's WebSockets, but for one thing."""

from __future__ import annotations

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.exceptions import InvalidState


class WebSocketProtocol(WebSocketsSansIOProtocol):
    """Bears text that is not UTF-8 in one packet with the peer's close frame.

    uvicorn wants to close with 1007 then, and does not expect that the peer was faster.
    """

    def send_receive_event_to_app(self) -> None:
        """See uvicorn."""
        try:
            super().send_receive_event_to_app()
        except InvalidState:
            self.handle_parser_exception()
