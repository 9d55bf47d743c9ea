"""One WebSocket as ASGI has it."""

from __future__ import annotations

from typing import Any

import pytest

from vivavoce.server.socket import AsgiSocket
from vivavoce.sessions.duplex import PeerGone


class Wire:
    """The server's side of an ASGI connection."""

    def __init__(self, *events: dict[str, Any], extensions: dict[str, Any] | None = None) -> None:
        self.sent: list[dict[str, Any]] = []
        self.breaks_with: Exception | None = None
        self._events = [{"type": "websocket.connect"}, *events]
        scope: Any = {"type": "websocket", "extensions": extensions}
        self.socket = AsgiSocket(scope, self._receive, self._send)  # type: ignore[arg-type]

    async def _receive(self) -> dict[str, Any]:
        return self._events.pop(0) if self._events else {"type": "websocket.disconnect"}

    async def _send(self, event: dict[str, Any]) -> None:
        if self.breaks_with is not None:
            raise self.breaks_with
        self.sent.append(event)


async def test_accepting_answers_the_handshake_with_the_chosen_subprotocol() -> None:
    wire = Wire()
    await wire.socket.accept("convai")
    assert wire.sent == [{"type": "websocket.accept", "subprotocol": "convai", "headers": []}]


async def test_messages_arrive_as_text_or_bytes_and_end_with_none() -> None:
    wire = Wire(
        {"type": "websocket.receive", "text": "a"},
        {"type": "websocket.receive", "text": "", "bytes": None},
        {"type": "websocket.receive", "bytes": b"b"},
        {"type": "websocket.disconnect", "code": 1000},
    )
    await wire.socket.accept()
    assert [await wire.socket.receive() for _ in range(4)] == ["a", "", b"b", None]


async def test_text_and_bytes_are_sent_as_what_they_are() -> None:
    wire = Wire()
    await wire.socket.send("a")
    await wire.socket.send(b"b")
    assert wire.sent == [
        {"type": "websocket.send", "text": "a", "bytes": None},
        {"type": "websocket.send", "text": None, "bytes": b"b"},
    ]


@pytest.mark.parametrize("error", [ConnectionResetError(), RuntimeError("after websocket.close")])
async def test_a_connection_that_is_down_is_a_peer_gone(error: Exception) -> None:
    wire = Wire()
    wire.breaks_with = error
    with pytest.raises(PeerGone):
        await wire.socket.send("a")
    await wire.socket.close(1000, "")


async def test_a_peer_gone_before_the_handshake_ends_is_named() -> None:
    wire = Wire()
    wire.breaks_with = ConnectionResetError()
    with pytest.raises(PeerGone):
        await wire.socket.accept()


async def test_a_refusal_is_an_http_answer_where_the_server_can_give_one() -> None:
    wire = Wire(extensions={"websocket.http.response": {}})
    await wire.socket.reject(404, "Nothing here.")
    assert [event["type"] for event in wire.sent] == [
        "websocket.http.response.start",
        "websocket.http.response.body",
    ]
    assert (wire.sent[0]["status"], wire.sent[1]["body"]) == (404, b"Nothing here.")


@pytest.mark.parametrize("extensions", [None, {}])
async def test_a_refusal_is_a_close_where_it_cannot(extensions: dict[str, Any] | None) -> None:
    wire = Wire(extensions=extensions)
    await wire.socket.reject(404, "Nothing here.")
    assert [event["type"] for event in wire.sent] == ["websocket.close"]
