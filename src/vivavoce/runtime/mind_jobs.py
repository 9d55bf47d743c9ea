"""What a mind on a worker process has to do, and for whom."""

from __future__ import annotations

import asyncio

from vivavoce.engines.minds.base import Prompt
from vivavoce.engines.minds.smollm import CONTEXT, MOST_TOKENS
from vivavoce.errors import MindFailed


class Place:
    """A conversation's place: by identity, it owns a slot of the model or none."""


class Job:
    """What thinking and reading have in common."""

    def __init__(self, place: Place, prompt: Prompt) -> None:
        self.place = place
        self.prompt = prompt
        asked = prompt.max_tokens or 0
        self.most_tokens = min(asked, CONTEXT // 4) if asked > 0 else MOST_TOKENS
        self.room = CONTEXT
        """What the prompt and the answer may have, in tokens as they are estimated."""

    def end(self, error: MindFailed | None = None) -> None:
        """Nothing more will come of it."""
        raise NotImplementedError


class Thinking(Job):
    """One prompt to be answered."""

    def __init__(self, place: Place, prompt: Prompt) -> None:
        super().__init__(place, prompt)
        self.deaths = 0
        """Workers that died while they worked on it."""
        self.said = ""
        self.tokens = 0
        self._events: asyncio.Queue[str | MindFailed | None] = asyncio.Queue()
        """A text for each token at most, the failure, or None for the end."""

    def say(self, text: str) -> None:
        """More of the answer."""
        self.said += text
        self._events.put_nowait(text)

    def end(self, error: MindFailed | None = None) -> None:
        """That was all, or the failure."""
        self._events.put_nowait(error)

    async def next(self) -> str | None:
        """More of the answer, or None after the last of it; raises what ended it."""
        event = await self._events.get()
        if isinstance(event, MindFailed):
            raise event
        return event


class Reading(Job):
    """One prompt to be read in advance."""

    def __init__(self, place: Place, prompt: Prompt) -> None:
        super().__init__(place, prompt)
        self.done = asyncio.Event()

    def end(self, error: MindFailed | None = None) -> None:
        """It has been read, or never will be; nobody is told which."""
        self.done.set()


class Slots:
    """Which conversation owns which slot of the model, and which slots answer just now."""

    def __init__(self, count: int) -> None:
        self._owners: list[Place | None] = [None] * count
        self._answering: set[int] = set()
        self._by_use = list(range(count))
        """The least recently used first."""

    def __len__(self) -> int:
        return len(self._owners)

    def find(self, place: Place) -> int | None:
        """The slot for a job of `place`, which owns it from now on: its own if that is idle, else
        one that nobody owns, else the idle one that was used longest ago. None if none is idle."""
        idle = [slot for slot in self._by_use if slot not in self._answering]
        if not idle:
            return None
        own = [slot for slot in idle if self._owners[slot] is place]
        unowned = [slot for slot in idle if self._owners[slot] is None]
        slot = (own or unowned or idle)[0]
        self.leave(place)
        self._owners[slot] = place
        self._by_use.remove(slot)
        self._by_use.append(slot)
        return slot

    def answers(self, slot: int) -> None:
        """It is not idle."""
        self._answering.add(slot)

    def idle(self, slot: int) -> None:
        """It is idle again."""
        self._answering.discard(slot)

    def all_idle(self) -> None:
        """The worker is gone, and what its slots remembered with it."""
        self._answering.clear()
        self._owners = [None] * len(self._owners)

    def leave(self, place: Place) -> None:
        """`place` owns no slot any more."""
        self._owners = [None if owner is place else owner for owner in self._owners]
