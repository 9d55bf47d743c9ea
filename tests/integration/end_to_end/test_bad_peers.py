"""Clients that stall, vanish or come in thousands."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import os
import socket
import struct
from urllib.parse import urlsplit

from tests.integration.end_to_end.conftest import StartServer
from tests.integration.end_to_end.server_process import ServerProcess, until
from tests.integration.end_to_end.speech_client import OPENING, converse, open_socket, say, whole

SENTENCE = "This sentence is one of very many, and nobody listens to a word of it. "
LONG_TEXT = SENTENCE * 1_400

# Of each connection: a megabyte of frames, two utterances of 10 s ahead, 100 kB of text. Without a
# bound it would be the 900 MB that 100 kB of text sound.
MOST_GROWTH_KIB = 8 * 1024


def handshake(server: ServerProcess, url: str) -> socket.socket:
    """A WebSocket with the smallest receive buffer there is, opened by hand: nobody reads it."""
    address, target = urlsplit(server.http), urlsplit(url)
    raw = socket.socket()
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
    raw.connect((address.hostname, address.port))
    key = base64.b64encode(os.urandom(16)).decode()
    raw.sendall(
        f"GET {target.path}?{target.query} HTTP/1.1\r\nHost: {address.netloc}\r\n"
        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        f"Sec-WebSocket-Key: {key}\r\n\r\n".encode()
    )
    answer = b""
    while not answer.endswith(b"\r\n\r\n"):
        answer += raw.recv(1)
    assert answer.startswith(b"HTTP/1.1 101 ")
    return raw


def send_text(raw: socket.socket, message: object) -> None:
    """One masked text frame; a mask of zeros is a mask."""
    data = json.dumps(message).encode()
    raw.sendall(struct.pack("!BBQL", 0x81, 0xFF, len(data), 0) + data)


def test_clients_that_never_read_cost_little_memory_and_are_let_go(
    start_server: StartServer,
) -> None:
    server = start_server(VIVAVOCE_SEND_TIMEOUT_S="3")
    url = server.speech(output_format="pcm_48000")
    # Workers grow with the first long utterances that they speak.
    for _ in range(4):
        asyncio.run(converse(url, whole(SENTENCE * 10)))
    before_kib, files = server.memory_kib(), server.open_files()
    with contextlib.ExitStack() as stack:
        clients = [stack.enter_context(handshake(server, url)) for _ in range(4)]
        for client in clients:
            send_text(client, OPENING)
            send_text(client, {"text": LONG_TEXT})
        peak_kib = 0
        until(lambda: server.connections() == len(clients))

        def let_go() -> bool:
            nonlocal peak_kib
            peak_kib = max(peak_kib, server.memory_kib())
            return server.connections() == 0

        until(let_go)
        assert peak_kib - before_kib < len(clients) * MOST_GROWTH_KIB
        assert server.log.count("slow_reader") == len(clients)
        assert server.health()[0] == 200
        # The kernel, too, gives up what was never taken, although the clients are still there.
        until(lambda: server.open_files() <= files)


async def vanish(server: ServerProcess, *, after_frames: int) -> None:
    """Resets the connection in the middle of a word."""
    client = await open_socket(server.speech(output_format="pcm_48000"))
    await say(client, OPENING)
    await say(client, {"text": LONG_TEXT})
    for _ in range(after_frames):
        await client.recv()
    reset(client.transport)
    await client.wait_closed()


def reset(transport: asyncio.Transport) -> None:
    """Without a lingering end of data, the kernel says RST instead of FIN."""
    raw = transport.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


async def test_clients_that_vanish_mid_word_leave_nothing_in_the_log_and_nothing_behind(
    server: ServerProcess,
) -> None:
    files = server.open_files()
    await asyncio.gather(*(vanish(server, after_frames=number) for number in range(8)))
    await asyncio.to_thread(until, lambda: server.connections() == 0)
    await asyncio.to_thread(until, lambda: server.open_files() <= files)
    assert "Traceback" not in server.log
    heard = await converse(server.speech(), whole("Still here."))
    assert (heard.code, heard.text()) == (1000, "Still here. ")


async def visit(server: ServerProcess, number: int) -> None:
    """One of the ways not to say goodbye, or the way to."""
    if number % 5 == 0:  # a connection without a word
        _, writer = await asyncio.open_connection(*server.http.removeprefix("http://").split(":"))
        writer.transport.abort()
        return
    client = await open_socket(server.speech(output_format="mp3_44100_128"))
    if number % 5 >= 2:
        await say(client, {"text": SENTENCE, "flush": number % 5 == 3})
    if number % 5 == 4:
        await client.close()
    else:
        reset(client.transport)
        await client.wait_closed()


async def test_a_thousand_connections_opened_and_dropped_leave_nothing_behind(
    server: ServerProcess,
) -> None:
    files, threads = server.open_files(), server.threads()
    at_a_time = asyncio.Semaphore(50)

    async def one(number: int) -> None:
        async with at_a_time:
            await visit(server, number)

    await asyncio.gather(*map(one, range(1_000)))
    await asyncio.to_thread(until, lambda: server.connections() == 0)
    await asyncio.to_thread(until, lambda: server.open_files() <= files)
    assert server.threads() <= threads
    assert "Traceback" not in server.log
    heard = await converse(server.speech(), whole("Still here."))
    assert (heard.code, heard.text()) == (1000, "Still here. ")
