"""Frames on their way out: bounded, in order, and never stuck behind a peer that does not read."""

from __future__ import annotations

import asyncio
from collections import deque

from vivavoce.errors import SlowReader
from vivavoce.sessions.duplex import Duplex

# Of frames waiting for one peer. The transport below takes 60 KB more before `send` waits.
_LIMIT_BYTES = 1 << 20


class Outbox:
    """Frames of one connection; any number of tasks put, the one that runs `run` sends."""

    def __init__(self, duplex: Duplex, send_timeout_s: float) -> None:
        self._duplex = duplex
        self._send_timeout_s = send_timeout_s
        self._frames: deque[str | bytes] = deque()
        self._bytes = 0
        self._goodbye: tuple[int, str] | None = None
        self._ready = asyncio.Event()
        self._moved = asyncio.Event()

    async def put(self, frame: str | bytes) -> None:
        """Adds a frame, waiting while a megabyte of others is ahead of it."""
        while self._bytes >= _LIMIT_BYTES:
            await self._next_move()
        self._frames.append(frame)
        self._bytes += len(frame)
        self._ready.set()

    def close(self, code: int, reason: str) -> None:
        """Says goodbye after all that was put; `run` then returns."""
        self._goodbye = (code, reason)
        self._ready.set()

    async def drained(self) -> None:
        """Waits until the transport has taken everything that was put."""
        while self._frames:
            await self._next_move()

    async def run(self) -> None:
        """Sends until `close`. Raises SlowReader when the peer leaves a frame untaken too long."""
        while True:
            await self._ready.wait()
            while self._frames:
                await self._send(self._frames[0])
                self._bytes -= len(self._frames.popleft())
                self._moved.set()
            if self._goodbye is not None:
                await self._duplex.close(*self._goodbye)
                return
            self._ready.clear()

    async def _send(self, frame: str | bytes) -> None:
        try:
            async with asyncio.timeout(self._send_timeout_s):
                await self._duplex.send(frame)
        except TimeoutError:
            raise SlowReader(f"The audio was not taken for {self._send_timeout_s:g} s.") from None

    async def _next_move(self) -> None:
        self._moved.clear()
        await self._moved.wait()
