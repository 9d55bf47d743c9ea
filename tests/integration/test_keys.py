"""Stored keys over real sockets: who comes in, how far, and what is left in the store."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from tests.integration.conftest import RunningServer
from vivavoce.core.limits import Limits
from vivavoce.store.store import Store, open_store

SENTENCE = "Hello there, this is room 42. "

ResultT = TypeVar("ResultT")
StartServer = Callable[..., RunningServer]


def visit(directory: Path, work: Callable[[Store], Awaitable[ResultT]]) -> ResultT:
    """What another process does with the server's store."""

    async def run() -> ResultT:
        async with open_store(f"sqlite:///{directory}/vivavoce.db") as store:
            return await work(store)

    return asyncio.run(run())


def make_key(directory: Path, **options: Any) -> tuple[str, str]:
    """A key, and its id."""
    secret, key = visit(directory, lambda store: store.keys.create("phone", **options))
    return secret, key.key_id


def speak(server: RunningServer, **credentials: str) -> tuple[int | None, str]:
    """Has the sentence spoken; how the socket was closed."""

    async def run() -> tuple[int | None, str]:
        async with connect(server.speech(), additional_headers=credentials) as socket:
            try:
                for text in (" ", SENTENCE, ""):
                    await socket.send(json.dumps({"text": text}))
                async with asyncio.timeout(20):
                    while True:
                        await socket.recv()
            except ConnectionClosed:
                return socket.close_code, socket.close_reason or ""

    return asyncio.run(run())


def used(directory: Path) -> dict[str, int]:
    return visit(directory, lambda store: store.usage.of_month(time.time()))


def test_what_a_key_spoke_is_in_the_store_when_the_server_has_stopped(
    start_server: StartServer, tmp_path: Path
) -> None:
    secret, key_id = make_key(tmp_path)
    server = start_server(data_dir=tmp_path)
    assert speak(server, **{"xi-api-key": secret})[0] == 1000
    server.stop()
    assert used(tmp_path) == {key_id: len(SENTENCE)}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"scopes": ["voices_read"]}, "missing the permission text_to_speech"),
        ({"limits": Limits(characters_a_month=28)}, "quota of 28 characters"),
    ],
)
def test_a_key_gets_no_more_than_it_is_for(
    start_server: StartServer, tmp_path: Path, options: dict[str, Any], said: str
) -> None:
    secret, _ = make_key(tmp_path, **options)
    server = start_server(data_dir=tmp_path)
    code, reason = speak(server, **{"xi-api-key": secret})
    assert code == 1008
    assert said in reason
    server.stop()
    assert used(tmp_path) == {}


def test_a_key_made_or_revoked_beside_a_running_server_counts_there(
    start_server: StartServer, tmp_path: Path
) -> None:
    server = start_server(data_dir=tmp_path, api_keys=("k",))
    secret, _ = make_key(tmp_path)
    assert speak(server, **{"xi-api-key": secret})[0] == 1000
    visit(tmp_path, lambda store: store.keys.revoke("phone"))
    server.until(lambda: speak(server, **{"xi-api-key": secret})[0] == 1008)
