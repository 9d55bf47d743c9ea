"""A client on a line that is cut and comes back, and who plays what it gets."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import pybase64

from tests.sessions.converse.scene import CHUNK_BYTES, CHUNK_S, CallPeer, CallScene, call
from vivavoce.sessions.converse.plan import CalledAgent
from vivavoce.sessions.duplex import PeerGone, Presence

DELAY_S = 0.03


class _Way:
    """Messages in one direction: they take a while, and those on their way are lost with a cut."""

    def __init__(self) -> None:
        self.sent: list[str | bytes] = []
        self.arrived = 0
        self._line = 0

    def cut(self) -> None:
        self._line += 1

    def heal(self, peer: FalteringPeer) -> None:
        """What was lost goes out once more, ahead of all else."""
        for _ in self.sent[self.arrived :]:
            self._carry(peer)

    def put(self, message: str | bytes, peer: FalteringPeer) -> None:
        self.sent.append(message)
        if peer.is_connected:
            self._carry(peer)

    def _carry(self, peer: FalteringPeer) -> None:
        asyncio.get_running_loop().call_later(DELAY_S, self._deliver, peer, self._line)

    def _deliver(self, peer: FalteringPeer, line: int) -> None:
        """The next one, for messages that were sent in the same moment may wake in any order."""
        if line == self._line:
            self.arrived += 1
            peer.take(self, self.sent[self.arrived - 1])


class FalteringPeer(CallPeer):
    """`Duplex` and client at once; `frames` are what has arrived, `times` says when."""

    def __init__(self, *, answers_pings: bool = True) -> None:
        super().__init__(answers_pings=answers_pings)
        self.presence = Presence(may_return=True)
        self.is_connected = True
        self._there = _Way()
        self._back = _Way()

    @property
    def kept(self) -> list[str]:
        """The kinds of what has been sent to it and has not arrived."""
        return [json.loads(frame)["type"] for frame in self._there.sent[self._there.arrived :]]

    def cut(self, *, noticed: bool = True) -> None:
        """The line is dead; the server may think that it is not."""
        self.is_connected = False
        self._there.cut()
        self._back.cut()
        if noticed:
            self.presence.leaves(asyncio.get_running_loop().time())

    def come_back(self) -> None:
        now = asyncio.get_running_loop().time()
        if not self.presence.is_away:
            self.presence.leaves(now)
        self.is_connected = True
        self.presence.returns(now, len(self._there.sent) - self._there.arrived)
        self._there.heal(self)
        self._back.heal(self)

    async def stall(self, seconds: float) -> None:
        """Nothing gets through for a while, then all of it at once, and no socket is lost."""
        self.cut(noticed=False)
        await asyncio.sleep(seconds)
        self.is_connected = True
        self._there.heal(self)
        self._back.heal(self)

    async def be_away(self, seconds: float, *, noticed: bool = True) -> None:
        self.cut(noticed=noticed)
        await asyncio.sleep(seconds)
        self.come_back()

    async def send(self, message: str | bytes) -> None:
        if self._gone or self.closed:
            raise PeerGone
        self._there.put(message, self)

    def say_raw(self, frame: str | bytes) -> None:
        self._back.put(frame, self)

    def take(self, way: _Way, message: str | bytes) -> None:
        """A message has arrived at one of the ends."""
        if way is self._back:
            self._to_server.put_nowait(message)
            return
        self.frames.append(message)
        self._moved.set()
        self.times.append(asyncio.get_running_loop().time())
        read = json.loads(message)
        if self._answers_pings and read["type"] == "ping":
            self.say(type="pong", event_id=read["ping_event"]["event_id"])


class Line:
    """A call, its client, and when it is."""

    def __init__(self, scene: CallScene, peer: FalteringPeer) -> None:
        self.scene = scene
        self.peer = peer

    @property
    def now(self) -> float:
        return asyncio.get_running_loop().time()


@asynccontextmanager
async def faltering(*agents: CalledAgent, **options: Any) -> AsyncIterator[Line]:
    peer = FalteringPeer()
    async with call(*agents, peer=peer, **options) as scene:
        yield Line(scene, peer)
        await asyncio.sleep(2 * DELAY_S)


async def stream(line: Line, pcm: bytes) -> None:
    """A microphone at the pace of the sound, whatever the line does."""
    for start in range(0, len(pcm), CHUNK_BYTES):
        line.scene.hear(pcm[start : start + CHUNK_BYTES])
        await asyncio.sleep(CHUNK_S)


def silence(seconds: float) -> bytes:
    return bytes(round(seconds / CHUNK_S) * CHUNK_BYTES)


class Played(msgspec.Struct, frozen=True):
    """A piece of sound as the loudspeaker of the client had it; characters with their times."""

    starts_at: float
    ends_at: float
    pcm: bytes
    chars: Sequence[tuple[str, float]]


def played(peer: CallPeer, until: float = float("inf")) -> list[Played]:
    """All that was heard of the agent at the client's end, 16 kHz."""
    pieces: list[Played] = []
    for frame, at in zip(peer.messages, peer.times, strict=True):
        if frame["type"] == "interruption":
            pieces = [_ended(piece, at) for piece in pieces if piece.starts_at < at]
        elif frame["type"] == "audio" and at <= until:
            pieces.append(
                _begun(frame["audio_event"], max(at, pieces[-1].ends_at if pieces else 0))
            )
    return [_ended(piece, until) for piece in pieces if piece.starts_at < until]


def text_played(peer: CallPeer, until: float = float("inf")) -> str:
    """What was said in that, as far as its characters had begun."""
    return "".join(char for piece in played(peer, until) for char, _ in piece.chars)


def _begun(event: dict[str, object], at: float) -> Played:
    pcm = pybase64.b64decode(str(event["audio_base_64"]))
    timing = event.get("alignment", {"chars": [], "char_start_times_ms": []})
    assert isinstance(timing, dict)
    starts = [at + start / 1000 for start in timing["char_start_times_ms"]]
    return Played(at, at + len(pcm) / 32_000, pcm, list(zip(timing["chars"], starts, strict=True)))


def _ended(piece: Played, at: float) -> Played:
    if piece.ends_at <= at:
        return piece
    chars = [(char, start) for char, start in piece.chars if start < at]
    size = round((at - piece.starts_at) * 16_000) * 2
    return Played(piece.starts_at, at, piece.pcm[:size], chars)
