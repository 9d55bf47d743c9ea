"""A server process before it runs."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path
from typing import Any

import pytest

from tests.fake_engines import fake_engines
from vivavoce.config import Settings
from vivavoce.errors import ConfigError
from vivavoce.server.run import make_server
from vivavoce.store.database import database_url
from vivavoce.store.store import open_store


@pytest.mark.parametrize(
    "settings",
    [
        {"default_output_format": "wav_44100"},
        {"default_voice": "nobody"},
        {"host": "0.0.0.0"},
    ],
)
def test_settings_that_callers_would_stumble_over_are_refused_before_start(
    settings: dict[str, Any],
) -> None:
    with pytest.raises(ConfigError):
        make_server(Settings(port=0, **settings), fake_engines())


def test_a_port_that_is_taken_is_an_error_of_the_system() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(OSError, match="in use"):
            make_server(Settings(port=taken.getsockname()[1]), fake_engines())


def test_connections_inherit_what_keeps_them_from_hanging() -> None:
    _, listener = make_server(Settings(port=0), fake_engines())
    with listener:
        assert listener.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        # Not every system has it.
        timeout = getattr(socket, "TCP_USER_TIMEOUT", None)
        assert timeout is None or listener.getsockopt(socket.IPPROTO_TCP, timeout) == 300_000


def test_a_server_listens_on_ipv6_too() -> None:
    _, listener = make_server(Settings(host="::1", port=0), fake_engines())
    with listener:
        assert listener.family == socket.AF_INET6


def test_a_key_in_the_store_is_enough_to_be_reached_by_others(tmp_path: Path) -> None:
    settings = Settings(host="0.0.0.0", port=0, data_dir=tmp_path)

    async def make_key() -> None:
        async with open_store(database_url(settings)) as store:
            await store.keys.create("phone")

    asyncio.run(make_key())
    _, listener = make_server(settings, fake_engines())
    listener.close()
