"""A client in memory whose session survives, and which loses one socket after the other."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Sequence

from fuzz.odd import Frame
from fuzz.peer import Peer
from vivavoce.sessions.duplex import PeerGone, Presence
from vivavoce.sessions.surviving import SurvivingLine
from vivavoce.wire.resume import Grant

_ARRIVES = 0.9
"""How likely a frame is not to be the one with which a socket is lost."""


class _Socket:
    """One connection of the client's; what is lost with it has not been heard."""

    def __init__(self, client: SurvivingPeer, owed: Sequence[str], dice: random.Random) -> None:
        self.presence = Presence()
        self.goodbye: int | None = None
        self.over = asyncio.Event()
        self._client = client
        self._dice = dice
        self._said: asyncio.Queue[str | None] = asyncio.Queue()
        for frame in owed:
            self.say(frame)

    def say(self, frame: str) -> None:
        """For the server to hear, if it arrives."""
        self._said.put_nowait(frame)

    async def receive(self) -> str | None:
        """See `Duplex`."""
        frame = await self._said.get()
        return None if self._is_lost() else frame

    async def send(self, message: str | bytes) -> None:
        """See `Duplex`."""
        await asyncio.sleep(0)
        if self._is_lost():
            raise PeerGone
        self._client.take(str(message))

    async def close(self, code: int, reason: str) -> None:
        """See `Duplex`."""
        if self._is_lost():
            return
        self.goodbye = code
        self._client.part(code, reason)
        self._lose()

    async def parted(self) -> None:
        """See `Socket`."""
        await self.over.wait()

    def _is_lost(self) -> bool:
        if self._dice.random() > _ARRIVES:
            self._lose()
        return self.over.is_set()

    def _lose(self) -> None:
        self.over.set()
        self._said.put_nowait(None)


class SurvivingPeer(Peer):
    """What it heard is without the numbers, as one hears it who never lost a socket."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self._line = SurvivingLine(Grant("sess_1", "secret"))
        self.presence = self._line.presence
        self._dice = random.Random(seed)
        self._socket: _Socket | None = None
        self._owed: dict[int, str] = {}
        self._cseq = 0
        self._last_seq = 0

    async def receive(self) -> str | bytes | None:
        """See `Duplex`."""
        return await self._line.receive()

    async def send(self, message: str | bytes) -> None:
        """See `Duplex`."""
        await self._line.send(message)

    async def close(self, code: int, reason: str) -> None:
        """See `Duplex`."""
        await self._line.close(code, reason)

    def say(self, frame: Frame) -> None:
        """A JSON object, for the server to hear once."""
        self._cseq += 1
        numbered = json.dumps({**json.loads(frame), "cseq": self._cseq})
        self._owed[self._cseq] = numbered
        if self._socket is not None:
            self._socket.say(numbered)

    def is_forsaken(self) -> None:
        """See `Peer`; the end of it may still be fetched."""
        super().is_forsaken()
        self._line.finish()

    async def come_back_until_parted(self) -> None:
        """Connects whenever there is no socket, until the server has said goodbye."""
        async with asyncio.TaskGroup() as tasks:
            lapsing = tasks.create_task(self._line.lapse_when_away())
            last_seq = None
            while self.closed is None:
                self._socket = _Socket(self, list(self._owed.values()), self._dice)
                serving = tasks.create_task(self._line.serve(self._socket, last_seq))
                await self._socket.over.wait()
                if self._dice.random() < 0.5:
                    await serving  # else the server learns of it when another takes over
                last_seq = self._last_seq
            lapsing.cancel()

    def take(self, message: str) -> None:
        """A frame has arrived."""
        frame = json.loads(message)
        ack = frame.pop("ack", 0)
        self._owed = {cseq: owed for cseq, owed in self._owed.items() if cseq > ack}
        seq = frame.pop("seq", None)
        if seq is None:
            return
        assert seq == self._last_seq + 1, f"frame {seq} came behind {self._last_seq}"
        self._last_seq = seq
        if self._socket is not None and self._dice.random() < 0.5:
            self._socket.say(json.dumps({"type": "ack", "ack": seq}))
        if "session" not in frame:
            self.heard.append(json.dumps(frame))

    def part(self, code: int, reason: str) -> None:
        """The server has closed for good."""
        self.closed = self.closed or (code, reason)
