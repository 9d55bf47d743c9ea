"""Which contexts a connection has."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator

from vivavoce.errors import TooManyContexts
from vivavoce.sessions.context import SpeechContext
from vivavoce.sessions.manner import Manner
from vivavoce.sessions.outbox import Lane
from vivavoce.wire.frames import SpeechFrames


class Entry:
    """A context by its id, from the message that opens it until its last frame is out.

    `speech` is made by the first text: those who never bring any cost nothing.
    """

    def __init__(self, context_id: str, frames: SpeechFrames, manner: Manner, lane: Lane) -> None:
        self.context_id = context_id
        self.frames = frames
        self.lane = lane
        self.manner = manner
        self.schedule: tuple[int, ...] | None = None
        self.speech: SpeechContext | None = None
        self.speaker: asyncio.Task[None] | None = None
        self.heard_at = time.monotonic()
        self.closed_by_peer = False
        self.before: Entry | None = None
        """Who had the id before and has not said its last: it goes first."""
        self.gone = asyncio.Event()

    @property
    def is_busy(self) -> bool:
        """Whether it has something to say."""
        return self.speech is not None and self.speech.is_busy


# Contexts without text cost little, but a client that only opens them must meet an end.
_SILENT_PER_PLACE = 10


class ContextBook:
    """Contexts that take text, and those that were closed and still have something to say.

    Either kind numbers `most` at most; those that have had no text yet are not counted with them.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._open: dict[str, Entry] = {}
        self._leaving: list[Entry] = []

    def __len__(self) -> int:
        return len(self._open) + len(self._leaving)

    @property
    def open(self) -> list[Entry]:
        """Those that take text."""
        return list(self._open.values())

    def __iter__(self) -> Iterator[Entry]:
        return iter([*self._open.values(), *self._leaving])

    def find(self, context_id: str) -> Entry | None:
        """The one that takes text under this id."""
        return self._open.get(context_id)

    def leaving(self, context_id: str) -> list[Entry]:
        """Those closed under this id that still have something to say, the oldest first."""
        return [one for one in self._leaving if one.context_id == context_id]

    def add(self, entry: Entry) -> None:
        """One that takes text from now on. Raises TooManyContexts."""
        silent = sum(one.speech is None for one in self._open.values())
        self._require_room(silent // _SILENT_PER_PLACE)
        entry.before = next(reversed(self.leaving(entry.context_id)), None)
        self._open[entry.context_id] = entry

    def require_room_to_speak(self) -> None:
        """Raises TooManyContexts unless one more may have text."""
        self._require_room(sum(one.speech is not None for one in self._open.values()))
        self._require_room(len(self._leaving))

    def close(self, entry: Entry) -> bool:
        """It takes no more text; False if it took none before, for what it spoke has failed."""
        if self._open.get(entry.context_id) is not entry:
            return False
        del self._open[entry.context_id]
        self._leaving.append(entry)
        return True

    def forget(self, entry: Entry) -> None:
        """It has said its last. Idempotent."""
        if self._open.get(entry.context_id) is entry:
            del self._open[entry.context_id]
        elif entry in self._leaving:
            self._leaving.remove(entry)
        entry.gone.set()

    def _require_room(self, taken: int) -> None:
        if taken >= self._most:
            raise TooManyContexts(
                f"This connection has {self._most} contexts already; close one first."
            )
