"""Frames on their way out: bounded, in order, and never stuck behind a peer that does not read."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections import deque

from vivavoce.errors import SlowReader
from vivavoce.sessions.duplex import Duplex

# Of frames waiting for one peer. The transport below takes 60 KB more before `send` waits.
_LIMIT_BYTES = 1 << 20


class Lane:
    """Frames that keep their order among themselves: those of one context."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox
        self.frames: deque[tuple[float, str | bytes]] = deque()
        self.lined_up = False

    async def put(self, frame: str | bytes, due_at: float = 0.0) -> None:
        """Adds a frame that is needed at `due_at` (`time.monotonic()`).

        Waits while a megabyte of others is ahead of it, unless the lane has nothing else to send.
        """
        await self._outbox.take(self, frame, due_at)

    async def drained(self) -> None:
        """Waits until all that was put here is on its way."""
        await self._outbox.sent(self)

    def clear(self) -> None:
        """Nobody wants what still waits here."""
        self._outbox.drop(self)


class Outbox:
    """Frames of one connection; any number of tasks put, the one that runs `run` sends.

    Of several lanes the one goes first whose next frame is needed first: what one context is ahead
    of its listener must not keep another's listener waiting.
    """

    def __init__(self, duplex: Duplex, send_timeout_s: float) -> None:
        self._duplex = duplex
        self._send_timeout_s = send_timeout_s
        self._main = Lane(self)
        self._next: list[tuple[float, int, Lane]] = []
        self._arrivals = itertools.count()
        self._waiting = 0
        self._bytes = 0
        self._goodbye: tuple[int, str] | None = None
        self._ready = asyncio.Event()
        self._moved = asyncio.Event()
        self._patience: asyncio.Timeout | None = None
        duplex.presence.watch(
            lambda now: self._be_patient_for(None),
            lambda now, missed: self._be_patient_for(send_timeout_s),
        )

    def lane(self) -> Lane:
        """A lane of its own for one context."""
        return Lane(self)

    async def put(self, frame: str | bytes, due_at: float = 0.0) -> None:
        """Adds a frame to the lane of the connection itself; see `Lane.put`."""
        await self.take(self._main, frame, due_at)

    async def take(self, lane: Lane, frame: str | bytes, due_at: float) -> None:
        """See `Lane.put`."""
        while self._bytes >= _LIMIT_BYTES and lane.frames:
            await self._next_move()
        lane.frames.append((due_at, frame))
        self._waiting += 1
        self._bytes += len(frame)
        if not lane.lined_up:
            self._line_up(lane)
        self._ready.set()

    def drop(self, lane: Lane) -> None:
        """See `Lane.clear`."""
        self._waiting -= len(lane.frames)
        self._bytes -= sum(len(frame) for _, frame in lane.frames)
        lane.frames.clear()
        self._moved.set()

    def close(self, code: int, reason: str) -> None:
        """Says goodbye after all that was put; `run` then returns."""
        self._goodbye = (code, reason)
        self._ready.set()

    async def sent(self, lane: Lane) -> None:
        """See `Lane.drained`."""
        while lane.frames:
            await self._next_move()

    async def drained(self) -> None:
        """Waits until the transport has taken everything that was put."""
        while self._waiting:
            await self._next_move()

    async def run(self) -> None:
        """Sends until `close`. Raises SlowReader when the peer leaves a frame untaken too long.

        As long as the peer is away there is nobody to be slow.
        """
        while True:
            await self._ready.wait()
            while self._next:
                await self._send_next()
            if self._goodbye is not None:
                await self._duplex.close(*self._goodbye)
                return
            self._ready.clear()

    def _line_up(self, lane: Lane) -> None:
        lane.lined_up = True
        heapq.heappush(self._next, (lane.frames[0][0], next(self._arrivals), lane))

    async def _send_next(self) -> None:
        _, _, lane = heapq.heappop(self._next)
        lane.lined_up = False
        if not lane.frames:
            return
        _, frame = lane.frames.popleft()
        if lane.frames:
            self._line_up(lane)
        await self._send(frame)
        self._waiting -= 1
        self._bytes -= len(frame)
        self._moved.set()

    async def _send(self, frame: str | bytes) -> None:
        seconds = None if self._duplex.presence.is_away else self._send_timeout_s
        try:
            async with asyncio.timeout(seconds) as self._patience:
                await self._duplex.send(frame)
        except TimeoutError:
            raise SlowReader(
                f"What was sent was not taken for {self._send_timeout_s:g} s."
            ) from None
        finally:
            self._patience = None

    def _be_patient_for(self, seconds: float | None) -> None:
        if self._patience is not None and not self._patience.expired():
            now = asyncio.get_running_loop().time()
            self._patience.reschedule(None if seconds is None else now + seconds)

    async def _next_move(self) -> None:
        self._moved.clear()
        await self._moved.wait()
