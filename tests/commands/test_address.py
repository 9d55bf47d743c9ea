from __future__ import annotations

import pytest

from vivavoce.commands.address import Address
from vivavoce.config import Settings


@pytest.mark.parametrize(
    ("settings", "http", "websocket"),
    [
        (Settings(), "http://127.0.0.1:8000", "ws://127.0.0.1:8000"),
        (Settings(tls=True, port=8443), "https://127.0.0.1:8443", "wss://127.0.0.1:8443"),
        (Settings(host="0.0.0.0"), "http://127.0.0.1:8000", "ws://127.0.0.1:8000"),
        (Settings(host="::"), "http://[::1]:8000", "ws://[::1]:8000"),
        (Settings(host="voice.example"), "http://voice.example:8000", "ws://voice.example:8000"),
    ],
)
def test_an_address_is_one_that_reaches_the_server_from_here(
    settings: Settings, http: str, websocket: str
) -> None:
    address = Address.of(settings)
    assert (address.http, address.websocket) == (http, websocket)


def test_the_port_that_was_taken_replaces_the_one_that_was_asked_for() -> None:
    assert Address.of(Settings(port=0), 4321).http == "http://127.0.0.1:4321"
