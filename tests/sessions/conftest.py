"""A client in memory, and sessions that talk to it through a voice of tones."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from vivavoce.config import Settings
from vivavoce.engines.voices.fake import FakeVoice
from vivavoce.errors import (
    ConcurrencyLimited,
    InvalidApiKey,
    MissingApiKey,
    NotAllowed,
    QuotaExceeded,
    RateLimited,
)
from vivavoce.runtime.inprocess import InProcessPool
from vivavoce.sessions.caller import Caller
from vivavoce.sessions.contexts import ContextsSession
from vivavoce.sessions.desk import DictionaryShelf, EmptyShelf, SpeechDesk
from vivavoce.sessions.dialects import Dialect
from vivavoce.sessions.duplex import PeerGone, Presence
from vivavoce.sessions.notices import Notices
from vivavoce.sessions.speech import SpeechSession


class Peer:
    """The client, and the duplex that leads to it."""

    def __init__(self) -> None:
        self.frames: list[str | bytes] = []
        self.closed: tuple[int, str] | None = None
        self.presence = Presence()
        self.reads = asyncio.Event()
        self.reads.set()
        self._to_server: asyncio.Queue[str | bytes | None] = asyncio.Queue()
        self._gone = False
        self._moved = asyncio.Event()

    async def receive(self) -> str | bytes | None:
        return await self._to_server.get()

    async def send(self, message: str | bytes) -> None:
        await self.reads.wait()
        if self._gone or self.closed:
            raise PeerGone
        self.frames.append(message)
        self._moved.set()

    async def close(self, code: int, reason: str) -> None:
        if self.closed is None and not self._gone:
            self.closed = (code, reason)
            self._to_server.put_nowait(None)

    def say(self, text: str | None = None, **fields: object) -> None:
        self.say_raw(json.dumps(fields if text is None else {"text": text, **fields}))

    def say_raw(self, frame: str | bytes) -> None:
        self._to_server.put_nowait(frame)

    def vanish(self) -> None:
        self._gone = True
        self._to_server.put_nowait(None)

    def say_goodbye(self) -> None:
        """Says nothing more, and listens until it is answered."""
        self._to_server.put_nowait(None)

    @property
    def unread(self) -> int:
        """Messages that the session has not taken yet."""
        return self._to_server.qsize()

    async def heard(self, count: int) -> None:
        """Waits until `count` frames have come."""
        while len(self.frames) < count:
            self._moved.clear()
            await self._moved.wait()

    @property
    def messages(self) -> list[dict[str, Any]]:
        return [json.loads(frame) for frame in self.frames]

    @property
    def audio(self) -> bytes:
        return b"".join(base64.b64decode(m["audio"]) for m in self.messages if m.get("audio"))

    def chars(self, kind: str = "alignment") -> str:
        return "".join("".join(m[kind]["chars"]) for m in self.messages if m.get(kind))


class LimitedCaller:
    """A caller who may do as much as the numbers say."""

    def __init__(
        self,
        *,
        characters: int = 1_000_000,
        turns: int = 1_000,
        requests: int = 1_000,
        permitted: bool = True,
    ) -> None:
        self.characters = characters
        self.turns = turns
        self.requests = requests
        self.permitted = permitted

    def require(self, permission: str) -> None:
        if not self.permitted:
            raise NotAllowed(f"not for {permission}")

    def count_request(self) -> None:
        if not self.requests:
            raise RateLimited("too many requests")
        self.requests -= 1

    def enter_turn(self) -> None:
        if not self.turns:
            raise ConcurrencyLimited("too many at once")
        self.turns -= 1

    def leave_turn(self) -> None:
        self.turns += 1

    def spend(self, characters: int) -> None:
        if characters > self.characters:
            raise QuotaExceeded("no characters left")
        self.characters -= characters


class Stage:
    """One session on a pool of its own; with a `dialect`, one that has contexts."""

    def __init__(
        self,
        *,
        url: str = "Rachel?output_format=pcm_24000",
        engine: FakeVoice | None = None,
        block_delay_s: float = 0.0,
        capacity: int | None = None,
        dialect: Dialect | None = None,
        caller: LimitedCaller | None = None,
        dictionaries: DictionaryShelf | None = None,
        **settings: Any,
    ) -> None:
        self.caller = caller or LimitedCaller()
        self.peer = Peer()
        self.engine = engine or FakeVoice()
        self.pool = InProcessPool(self.engine, block_delay_s=block_delay_s, capacity=capacity)
        self.settings = Settings(**settings)
        segment, _, query = url.partition("?")
        desk = SpeechDesk(self.pool, self.settings, Notices(), dictionaries or EmptyShelf())
        self.session = (
            SpeechSession(self.peer, segment, query, desk=desk, authenticate=self._admit)
            if dialect is None
            else ContextsSession(
                self.peer,
                segment or None,
                query,
                desk=desk,
                authenticate=self._admit,
                dialect=dialect,
            )
        )

    async def _admit(self, shown: Sequence[str]) -> Caller:
        if self.settings.api_keys and not shown:
            raise MissingApiKey("a key is asked for")
        if self.settings.api_keys and not set(shown) & set(self.settings.api_keys):
            raise InvalidApiKey("not one of ours")
        return self.caller

    async def until(self, condition: Callable[[], bool]) -> None:
        """Waits for `condition` to hold; fails after five seconds."""
        for _ in range(500):
            if condition():
                return
            await asyncio.sleep(0.01)
        raise AssertionError("it never came to hold")

    async def run(self) -> None:
        async with asyncio.timeout(20):
            await self.session.run()


@pytest.fixture
def stage() -> Callable[..., Stage]:
    """Makes sessions: `url` is the path's segment and the query, the rest are settings."""
    return Stage
