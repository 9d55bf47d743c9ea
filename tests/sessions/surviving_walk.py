"""A session and a client that lose one socket after the other, in virtual time."""

from __future__ import annotations

import asyncio
import json
import random
from collections import deque
from typing import Final

from vivavoce.sessions.duplex import PeerGone, Presence
from vivavoce.sessions.surviving import SurvivingLine
from vivavoce.wire.resume import Grant

GRANT: Final = Grant("sess_1", "secret")
MOST_BYTES: Final = 2_000
"""Of unacknowledged frames, both ways: a few dozen of them."""
_WINDOW_S: Final = 30.0
_IN_FLIGHT: Final = 6
"""Frames that a network has room for, one way."""


class Exceeded(Exception):
    """What a client has missed that does not acknowledge is not kept any more."""


class Wire:
    """One way of a socket: bounded, slow, and lost in part when it is cut."""

    def __init__(self, delay_s: float) -> None:
        self._delay_s = delay_s
        self._frames: deque[tuple[float, str]] = deque()
        self._moved = asyncio.Event()
        self.is_cut = False

    async def put(self, frame: str) -> None:
        """Waits while the network is full. Raises PeerGone once it is cut."""
        while len(self._frames) >= _IN_FLIGHT and not self.is_cut:
            await self._move()
        if self.is_cut:
            raise PeerGone
        self._frames.append((asyncio.get_running_loop().time() + self._delay_s, frame))
        self._moved.set()

    async def get(self) -> str | None:
        """None when all that is to arrive has arrived."""
        while not self._frames:
            if self.is_cut:
                return None
            await self._move()
        arrives_at, _ = self._frames[0]
        await asyncio.sleep(arrives_at - asyncio.get_running_loop().time())
        if not self._frames:
            return None
        frame = self._frames.popleft()[1]
        self._moved.set()
        return frame

    def cut(self, *, arriving: int) -> None:
        """Of what is on the way the first few still arrive."""
        self.is_cut = True
        while len(self._frames) > arriving:
            self._frames.pop()
        self._moved.set()

    async def _move(self) -> None:
        self._moved.clear()
        await self._moved.wait()


class WalkSocket:
    """What the line sees of a connection."""

    def __init__(self, dice: random.Random) -> None:
        self.presence = Presence()
        self.goodbye: int | None = None
        self.closed: int | None = None
        self.down = Wire(dice.choice((0.0, 0.01, 0.2)))
        self.up = Wire(dice.choice((0.0, 0.01, 0.2)))
        self._dice = dice
        self._parted = asyncio.Event()

    async def receive(self) -> str | None:
        return None if self.closed is not None else await self.up.get()

    async def send(self, message: str | bytes) -> None:
        assert isinstance(message, str)
        await self.down.put(message)

    async def close(self, code: int, reason: str) -> None:
        if self.closed is None:
            self.closed = code
            self.down.cut(arriving=_IN_FLIGHT)
            self.up.cut(arriving=0)

    async def parted(self) -> None:
        await self._parted.wait()

    def answer_close(self) -> None:
        self.goodbye = self.closed
        self._parted.set()

    def cut(self) -> None:
        for wire in (self.down, self.up):
            wire.cut(arriving=self._dice.randrange(_IN_FLIGHT))
        self._parted.set()


class Walk:
    """One session from its begin to its end: `frames` go each way, each of them once."""

    def __init__(self, seed: int, *, frames: int) -> None:
        self._dice = random.Random(seed)
        self._frames = frames
        self._line = SurvivingLine(GRANT, window_s=_WINDOW_S, most_bytes=MOST_BYTES)
        self.heard: list[int] = []
        """What the session was told."""
        self.got: list[int] = []
        """What the client was told."""
        self.close_code: int | None = None
        self.sockets = 0
        self._acknowledges = self._dice.random() < 0.7
        self._last_seq = 0
        self._said: dict[int, str] = {}
        self._cseq = 0
        self._acked = 0

    async def run(self) -> None:
        """Raises what goes wrong; returns when nobody waits for anything any more."""
        async with asyncio.timeout(3_600), asyncio.TaskGroup() as tasks:
            lapsing = tasks.create_task(self._line.lapse_when_away())
            client = tasks.create_task(self._be_client(tasks))
            await self._be_session()
            self._line.finish()
            await client
            await self._line.lapsed()
            lapsing.cancel()

    async def _be_session(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            speaking = tasks.create_task(self._speak())
            while len(self.heard) < self._frames:
                await self._pause()
                message = await self._line.receive()
                assert message is not None, "the session was given up"
                self.heard.append(json.loads(message)["n"])
                if self._dice.random() < 0.05:
                    await speaking  # as one that has no room for more text until some is spoken
        await self._line.close(1000, "")

    async def _speak(self) -> None:
        for n in range(self._frames):
            await self._pause()
            await self._line.send(json.dumps({"n": n, "audio": "x" * self._dice.randrange(200)}))

    async def _be_client(self, tasks: asyncio.TaskGroup) -> None:
        while self.close_code is None:
            socket = WalkSocket(self._dice)
            last_seq = None if self.sockets == 0 else self._last_seq
            self.sockets += 1
            if not self._line.can_replay_after(self._last_seq):
                assert not self._acknowledges or self._acked == 0
                raise Exceeded
            tasks.create_task(self._line.serve(socket, last_seq))
            await self._use(socket)
            if self.close_code is None and self._dice.random() < 0.5:
                socket.cut()  # else the server finds out when another socket takes over
            await asyncio.sleep(self._dice.choice((0.0, 0.0, 0.01, 1.0, _WINDOW_S - 1)))
        socket.answer_close()
        socket.cut()

    async def _use(self, socket: WalkSocket) -> None:
        """Talks until the client finds the socket lost."""
        lasts_s = self._dice.choice((0.0, 0.001, 0.1, 0.5, 3.0))
        try:
            async with asyncio.timeout(lasts_s), asyncio.TaskGroup() as tasks:
                tasks.create_task(self._listen(socket, tasks))
                await asyncio.sleep(lasts_s)
        except TimeoutError:
            return

    async def _listen(self, socket: WalkSocket, tasks: asyncio.TaskGroup) -> None:
        talking: asyncio.Task[None] | None = None
        while True:
            frame = await socket.down.get()
            if frame is None:
                self.close_code = socket.closed
                return
            self._take(json.loads(frame))
            if talking is None:
                talking = tasks.create_task(self._talk(socket))
            await self._pause()

    def _take(self, frame: dict[str, object]) -> None:
        ack, seq = frame.get("ack"), frame.get("seq")
        if isinstance(ack, int):
            self._acked = max(self._acked, ack)  # what is sent again says what was true then
            for cseq in [c for c in self._said if c <= ack]:
                del self._said[cseq]
        if isinstance(seq, int):
            assert seq == self._last_seq + 1, (seq, self._last_seq, frame)
            self._last_seq = seq
            if isinstance(frame.get("n"), int):
                self.got.append(int(str(frame["n"])))

    async def _talk(self, socket: WalkSocket) -> None:
        try:
            if self._acknowledges:
                await self._acknowledge(socket)
            for frame in list(self._said.values()):
                await socket.up.put(frame)
            while True:
                await self._pause()
                await self._say_something(socket)
        except PeerGone:
            return

    async def _say_something(self, socket: WalkSocket) -> None:
        if self._acknowledges and self._dice.random() < 0.5:
            await self._acknowledge(socket)
        if self._dice.random() < 0.1:
            await socket.up.put(json.dumps({"type": "heartbeat", "id": 1}))
        unacknowledged = sum(map(len, self._said.values()))
        if self._cseq < self._frames and unacknowledged < MOST_BYTES:
            self._cseq += 1
            frame = json.dumps({"n": self._cseq - 1, "cseq": self._cseq})
            self._said[self._cseq] = frame
            await socket.up.put(frame)
        else:
            await asyncio.sleep(0.1)

    async def _acknowledge(self, socket: WalkSocket) -> None:
        await socket.up.put(json.dumps({"type": "ack", "ack": self._last_seq}))

    async def _pause(self) -> None:
        await asyncio.sleep(self._dice.choice((0.0, 0.0, 0.0, 0.001, 0.05, 0.5)))
