"""A server that is told to stop while it speaks."""

from __future__ import annotations

import asyncio
import signal
import socket
from urllib.parse import urlsplit

import pytest

from tests.integration.end_to_end.conftest import StartServer
from tests.integration.end_to_end.server_process import ServerProcess, until
from tests.integration.end_to_end.speech_client import (
    END,
    OPENING,
    Heard,
    listen,
    open_socket,
    say,
)

# More audio than fits between server and client, so that none of it ends before it is read.
FORMAT = "pcm_48000"
TEXT = "This sentence is one of very many, and somebody listens to every word of it. " * 12


def refuses_connections(server: ServerProcess) -> bool:
    address = urlsplit(server.http)
    with socket.socket() as probe:
        return probe.connect_ex((address.hostname or "", address.port or 0)) != 0


def joined(first: Heard, rest: Heard) -> Heard:
    return rest._replace(frames=first.frames + rest.frames)


@pytest.mark.parametrize(
    ("number", "whole_group"),
    [(signal.SIGTERM, False), (signal.SIGTERM, True), (signal.SIGINT, True)],
    ids=["docker stop", "systemctl stop", "Ctrl-C in a terminal"],
)
async def test_a_server_told_to_stop_lets_speech_under_way_arrive_whole_and_exits_with_0(
    start_server: StartServer, number: signal.Signals, whole_group: bool
) -> None:
    server = start_server()
    url = server.speech(output_format=FORMAT)
    async with (
        await open_socket(url) as ended,
        await open_socket(url) as flushed,
        await open_socket(url) as silent,
    ):
        for client in (ended, flushed, silent):
            await say(client, OPENING)
        for client in (ended, flushed):
            await say(client, {"text": TEXT, "flush": True})
        await say(ended, END)
        beginnings = [await listen(client, most_frames=1) for client in (ended, flushed)]

        server.signal(number, whole_group=whole_group)
        await asyncio.to_thread(until, lambda: refuses_connections(server))

        rests = await asyncio.gather(listen(ended), listen(flushed), listen(silent))
        assert (rests[0].code, rests[0].error) == (1000, None)
        assert joined(beginnings[0], rests[0]).text() == TEXT
        assert (rests[1].code, rests[1].error) == (1001, "server_shutting_down")
        assert joined(beginnings[1], rests[1]).text() == TEXT
        assert (rests[2].code, rests[2].error) == (1001, "server_shutting_down")
    assert await asyncio.to_thread(server.exit_code) == 0
    assert "Traceback" not in server.log
    assert "died" not in server.log
