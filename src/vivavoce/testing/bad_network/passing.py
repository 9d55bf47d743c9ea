"""One connection through a bad network: two pipes, which can be broken in many ways."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import time
from collections.abc import Callable
from typing import Final, NamedTuple

from vivavoce.testing.bad_network.plan import Kind, Misfortune, Passage
from vivavoce.testing.bad_network.records import ConnectionRecord, HeadWatch

_PIECE: Final = 65_536
_UNDERWAY: Final = 64
"""Pieces that a delay may hold back each way; then the sender waits."""

_RESET_ON_CLOSE: Final = struct.pack("ii", 1, 0)


class Streams(NamedTuple):
    """Both ends of one socket."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter


class Weather:
    """What holds for all connections at the moment: how late things are, and whether any flows."""

    def __init__(self) -> None:
        self.delay_s = 0.0
        self._stalled_until = 0.0

    def stall(self, until: float) -> None:
        """Nothing flows before `until`, a `time.monotonic()`."""
        self._stalled_until = max(self._stalled_until, until)

    async def let_through(self, due_at: float) -> None:
        """Waits until `due_at`, and until something flows."""
        while True:
            left = max(due_at, self._stalled_until) - time.monotonic()
            if left <= 0:
                return
            await asyncio.sleep(left)


class Passing:
    """Carries bytes between a client and the server until either ends or `end` is called.

    `flow` is asked how much of a piece from the server may go to the client, and then again for
    the rest of it; what it says is to happen in between is handed to `befall`.
    """

    def __init__(
        self,
        client: Streams,
        server: Streams,
        record: ConnectionRecord,
        weather: Weather,
        flow: Callable[[int], Passage],
        befall: Callable[[Misfortune], None],
    ) -> None:
        self.record = record
        self._client, self._server = client, server
        self._weather = weather
        self._flow, self._befall = flow, befall
        self._head = HeadWatch()
        self._is_deaf = self._breaks_off = self._is_half_over = False
        self._over = asyncio.Event()

    async def carry(self) -> None:
        """Returns when it is over; both sockets are closed then."""
        to_server: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(_UNDERWAY)
        to_client: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(_UNDERWAY)
        async with asyncio.TaskGroup() as tasks:
            pipes = [
                tasks.create_task(self._take_in(self._client.reader, to_server, "client")),
                tasks.create_task(self._take_in(self._server.reader, to_client, "server")),
                tasks.create_task(self._hand_to_server(to_server)),
                tasks.create_task(self._hand_to_client(to_client)),
            ]
            await self._over.wait()
            for pipe in pipes:
                pipe.cancel()
        for side in (self._client, self._server):
            with contextlib.suppress(OSError):
                await side.writer.wait_closed()

    def end(self, by: str, *, reset: bool) -> None:
        """Ends both sides at once, with a reset or with a goodbye; what is underway is lost."""
        if self._over.is_set():
            return
        self.record.closed_at = time.monotonic()
        self.record.ended_by = self.record.ended_by or by
        self._over.set()
        for side in (self._client, self._server):
            if reset:
                reset_on_close(side.writer)
                side.writer.transport.abort()
            else:
                side.writer.close()

    def half_close(self) -> None:
        """The client sees the end of the server's half; it can still send."""
        if not self._is_deaf and not self._over.is_set():
            self._is_deaf = True
            self.record.ended_by = "half-close"
            with contextlib.suppress(OSError):  # it is gone already
                self._client.writer.write_eof()

    def break_off(self) -> None:
        """The server's next piece ends in its middle, and the connection with it."""
        self._breaks_off = True

    async def _take_in(
        self, reader: asyncio.StreamReader, queue: asyncio.Queue[tuple[float, bytes]], side: str
    ) -> None:
        try:
            while data := await reader.read(_PIECE):
                await queue.put((time.monotonic() + self._weather.delay_s, data))
        except OSError:
            self.end(side, reset=True)
        else:
            await queue.put((time.monotonic() + self._weather.delay_s, b""))

    async def _hand_to_server(self, queue: asyncio.Queue[tuple[float, bytes]]) -> None:
        record = self.record
        while True:
            due_at, data = await queue.get()
            await self._weather.let_through(due_at)
            if not data:
                self._hang_up("client", self._server.writer)
                return
            await self._write(self._server.writer, data, "server")
            record.sent_bytes += len(data)
            record.first_sent_at = record.first_sent_at or time.monotonic()

    async def _hand_to_client(self, queue: asyncio.Queue[tuple[float, bytes]]) -> None:
        while True:
            due_at, data = await queue.get()
            await self._weather.let_through(due_at)
            if not data:
                self._hang_up("server", None if self._is_deaf else self._client.writer)
                return
            if self._breaks_off:
                data = data[: len(data) // 2]
            while data and not self._over.is_set():
                flows, misfortune = self._flow(len(data))
                await self._hear(data[:flows])
                data = data[flows:]
                if misfortune is not None:
                    self._befall(misfortune)
                    data = b"" if self._breaks_off else data
                    await self._weather.let_through(0.0)
            if self._breaks_off:
                self.end(Kind.TRUNCATE, reset=False)

    def _hang_up(self, side: str, other: asyncio.StreamWriter | None) -> None:
        """A side has sent its last; `other` is told unless it has been told already."""
        if self._is_half_over:
            self.end(side, reset=False)
        else:
            self._is_half_over = True
            self.record.ended_by = self.record.ended_by or side
            if other is not None and not other.is_closing():
                with contextlib.suppress(OSError):
                    other.write_eof()

    async def _hear(self, data: bytes) -> None:
        if self._is_deaf or not data or self._over.is_set():
            return
        await self._write(self._client.writer, data, "client")
        record, now = self.record, time.monotonic()
        record.heard_bytes += len(data)
        record.first_heard_at = record.first_heard_at or now
        if self._head.feed(data):
            record.answered_at = record.answered_at or now

    async def _write(self, writer: asyncio.StreamWriter, data: bytes, side: str) -> None:
        try:
            writer.write(data)
            await writer.drain()
        except OSError:
            self.end(side, reset=True)


def reset_on_close(writer: asyncio.StreamWriter) -> None:
    """The peer is going to get a reset in place of a goodbye."""
    connected = writer.get_extra_info("socket")
    if connected is not None and connected.fileno() >= 0:
        connected.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
