"""A client in memory, a caller with a key of its own, and a shelf with one dictionary."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from fuzz.houses import House
from fuzz.odd import DICTIONARY
from vivavoce.core.lexicon import Lexicon
from vivavoce.core.limits import Turns
from vivavoce.core.pronunciation import Rule
from vivavoce.errors import DictionaryNotFound, QuotaExceeded, RateLimited
from vivavoce.sessions.duplex import PeerGone, Presence
from vivavoce.wire.dictionaries import Locator

_RULES = (
    Rule("Hello", alias="Good day"),
    Rule("o", alias="oh", word_boundaries=False, case_sensitive=False),
    Rule("Dr.", alias=""),
    Rule("cat sat.", ipa="kæt"),
    Rule("一个", alias="1" * 300),
    Rule("a", ipa="", word_boundaries=False),
)


class Peer:
    """The client, and the duplex that leads to it.

    It takes `reading_takes_s` for each frame, or does not read at all. `taken` counts the messages
    that the server has taken from it.
    """

    def __init__(self, *, reads: bool = True, reading_takes_s: float = 0.0) -> None:
        self.heard: list[str | bytes] = []
        self.closed: tuple[int, str] | None = None
        self.taken = 0
        self.presence = Presence()
        self._reading_takes_s = reading_takes_s if reads else 3_600.0
        self._to_server: asyncio.Queue[str | bytes | None] = asyncio.Queue()
        self._gone = False
        self._forsaken = False
        self._all_taken = asyncio.Event()
        self._left_alone = asyncio.Event()

    async def receive(self) -> str | bytes | None:
        """See `Duplex`."""
        if self._to_server.empty():
            self._all_taken.set()
        message = await self._to_server.get()
        if message is None:
            self._to_server.put_nowait(None)
        else:
            self.taken += 1
        return message

    async def send(self, message: str | bytes) -> None:
        """See `Duplex`."""
        await asyncio.sleep(self._reading_takes_s)
        if self._gone or self.closed:
            raise PeerGone
        self.heard.append(message)

    async def close(self, code: int, reason: str) -> None:
        """See `Duplex`."""
        if self.closed is None and not self._gone:
            self.closed = (code, reason)
            self._to_server.put_nowait(None)

    def say(self, frame: str | bytes) -> None:
        """For the server to hear."""
        self._to_server.put_nowait(frame)
        if not self._forsaken:
            self._all_taken.clear()

    def leave(self, *, listens: bool = False) -> None:
        """Vanishes, or closes; then it may still listen."""
        self._gone = not listens
        self._to_server.put_nowait(None)

    def is_forsaken(self) -> None:
        """Nobody listens any more."""
        self._forsaken = True
        self._all_taken.set()
        self._left_alone.set()

    async def has_been_heard(self) -> None:
        """Waits until the server asks for more, having done with all before, or listens no more."""
        await self._all_taken.wait()

    async def has_been_forsaken(self) -> None:
        """Waits until nobody listens any more."""
        await self._left_alone.wait()


class LimitedCaller:
    """A caller who may do as much as the house says."""

    def __init__(self, house: House) -> None:
        self.turns = Turns(house.turns)
        self._requests = house.requests
        self._characters = house.characters

    def require(self, permission: str) -> None:
        """See `Caller`."""

    def count_request(self) -> None:
        """See `Caller`."""
        if self._requests is not None:
            if not self._requests:
                raise RateLimited("Too many requests.")
            self._requests -= 1

    def enter_turn(self) -> None:
        """See `Caller`."""
        self.turns.enter()

    def leave_turn(self) -> None:
        """See `Caller`."""
        self.turns.leave()

    def spend(self, characters: int) -> None:
        """See `Caller`."""
        if self._characters is not None:
            if characters > self._characters:
                raise QuotaExceeded("No characters left.")
            self._characters -= characters


class Shelf:
    """Has one dictionary."""

    async def lexicon(self, locators: Sequence[Locator]) -> Lexicon:
        """See `DictionaryShelf`."""
        if any(one.pronunciation_dictionary_id != DICTIONARY for one in locators):
            raise DictionaryNotFound("There is no such dictionary.")
        return Lexicon(_RULES * len(locators))
