"""What a session waits for."""

from __future__ import annotations

import asyncio

import pytest

from tests.sessions.conftest import Peer
from vivavoce.errors import ServerDraining
from vivavoce.sessions.connection import Connection
from vivavoce.sessions.duplex import PeerGone


@pytest.mark.parametrize("before", range(9))
async def test_a_nudge_is_never_missed_however_many_messages_came_before(before: int) -> None:
    peer = Peer()
    connection = Connection(peer, send_timeout_s=1.0, error_frame=lambda error: None)
    for _ in range(before):
        peer.say_raw("a")
        assert await connection.receive(None) == "a"
    waiting = asyncio.create_task(connection.receive(None))
    await asyncio.sleep(0)
    connection.nudge()
    await asyncio.wait([waiting], timeout=10)
    with pytest.raises(TimeoutError):
        waiting.result()


async def test_a_close_frame_is_sent_though_there_was_no_room_for_the_error_before_it() -> None:
    class FullPeer(Peer):
        async def send(self, message: str | bytes) -> None:
            raise PeerGone

    async def talk() -> None:
        raise ServerDraining("The server is shutting down.")

    peer = FullPeer()
    await Connection(peer, send_timeout_s=1.0, error_frame=str).run(talk)
    assert peer.closed == (1001, "The server is shutting down.")
