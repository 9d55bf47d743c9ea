"""A client's socket in a conversation, with the clock and the shakes of a network."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Mapping

import orjson
import pybase64
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from vivavoce.testing.events import Received, read_event

_UNDERWAY = 10_000


class CallOver(Exception):
    """The server has ended the call; the message has the close code and the reason."""


class CallLine:
    """Sends, and hands on what comes; every frame is up to `jitter_s` late, and none overtakes."""

    def __init__(self, socket: ClientConnection, jitter_s: float, seed: int) -> None:
        self._socket = socket
        self._jitter_s = jitter_s
        self._dice = random.Random(seed)
        self._sent_at = 0.0

    async def send(self, message: Mapping[str, object]) -> None:
        """Sends one message. Raises CallOver."""
        try:
            await self._socket.send(orjson.dumps(message).decode())
        except ConnectionClosed as error:
            raise CallOver(self.farewell) from error

    async def send_sound(self, pcm: bytes, due_at: float) -> float:
        """Sends sound at `due_at` or when the network is done with it; by how much it was late.

        Raises CallOver.
        """
        self._sent_at = max(self._sent_at, due_at + self._late())
        await asyncio.sleep(self._sent_at - time.monotonic())
        late_s = time.monotonic() - self._sent_at
        await self.send({"user_audio_chunk": pybase64.b64encode_as_string(pcm)})
        return late_s

    async def listen(self, take: Callable[[Received], None]) -> None:
        """Hands on every event until the socket closes.

        Raises msgspec.ValidationError for a frame that breaks an SDK.
        """
        underway = asyncio.Queue[tuple[float, str | bytes] | None](_UNDERWAY)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._deliver(underway, take))
            due_at = 0.0
            try:
                while True:
                    frame = await self._socket.recv()
                    due_at = max(due_at, time.monotonic() + self._late())
                    await underway.put((due_at, frame))
            except ConnectionClosed:
                await underway.put(None)

    async def close(self) -> None:
        """Hangs up as clients do, with 1000."""
        await self._socket.close(1000, "User ended conversation")

    @property
    def close_code(self) -> int | None:
        """With what the socket was closed; 1006 for no goodbye, None while it is open."""
        return self._socket.close_code

    @property
    def farewell(self) -> str:
        """The close code and the reason."""
        return f"{self._socket.close_code} {self._socket.close_reason or ''}".strip()

    async def _deliver(
        self,
        underway: asyncio.Queue[tuple[float, str | bytes] | None],
        take: Callable[[Received], None],
    ) -> None:
        while (arrival := await underway.get()) is not None:
            due_at, frame = arrival
            if self._jitter_s:
                await asyncio.sleep(due_at - time.monotonic())
                take(Received(time.monotonic(), read_event(frame)))
            else:
                take(Received(due_at, read_event(frame)))

    def _late(self) -> float:
        return self._dice.uniform(0.0, self._jitter_s) if self._jitter_s else 0.0
