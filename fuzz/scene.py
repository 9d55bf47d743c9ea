"""A session in memory with its client, and all that the two could leave behind."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from structlog.testing import capture_logs
from structlog.typing import EventDict

from fuzz.call_house import AgentSetup, KeptCalls, OneAgentFront, call_desk, mind_of
from fuzz.houses import KEY, House
from fuzz.peer import LimitedCaller, Peer, Shelf
from vivavoce.config import Settings
from vivavoce.engines.base import Ears
from vivavoce.engines.ears.fake import FakeDetector, FakeEars
from vivavoce.engines.voices.fake import FakeVoice
from vivavoce.errors import InvalidApiKey, MissingApiKey
from vivavoce.runtime.inprocess import InProcessPool
from vivavoce.runtime.inprocess_ears import InProcessEarsPool
from vivavoce.server.sockets import Visit as Connection
from vivavoce.server.sockets import find_socket
from vivavoce.sessions.caller import Caller
from vivavoce.sessions.desk import SpeechDesk
from vivavoce.sessions.harbour import Session
from vivavoce.sessions.listening import EarsDesk
from vivavoce.sessions.notices import Notices

# What takes longer has hung; the longest texts take a second.
_ENDS_WITHIN_S = 20.0

# What a task that was cancelled may take to be gone.
_STEPS_TO_END = 10

# What the log says of an engine that broke.
_BROKE = "speech failed"


class Scene:
    """One connection at `path`; a subclass has its client, and judges what that heard."""

    ends_within_s = _ENDS_WITHIN_S

    def __init__(
        self,
        path: str,
        segment: str | None,
        query: str,
        *,
        house: House,
        peer: Peer,
        voice: FakeVoice | None = None,
        ears: Ears | None = None,
        agent: AgentSetup | None = None,
    ) -> None:
        self._house = house
        self.peer = peer
        self.agent = agent or AgentSetup()
        self.mind = mind_of(self.agent)
        self.kept = KeptCalls()
        self.caller = LimitedCaller(house)
        self.pool = InProcessPool(
            voice or FakeVoice(), block_delay_s=house.delay_s, capacity=house.capacity
        )
        self.ears = InProcessEarsPool(
            ears or FakeEars(), FakeDetector(), delay_s=house.delay_s, capacity=house.capacity
        )
        self.session = self._open(path, segment, query)
        self._troubles: list[str] = []

    def play(self, runner: asyncio.Runner) -> None:
        """Plays it on the runner's loop until both have left, then judges.

        Raises AssertionError, or TimeoutError when the server does not leave.
        """
        with capture_logs() as log:
            runner.run(self._play())
        self._check_traces(log)
        self.judge()

    async def client(self) -> None:
        """What the client does."""
        raise NotImplementedError

    @property
    def cursed(self) -> bool:
        """Whether an engine was given what it breaks of."""
        raise NotImplementedError

    def judge(self) -> None:
        """Fails unless the client heard what it should have."""
        raise NotImplementedError

    async def _play(self) -> None:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, context: self._troubles.append(str(context)))
        async with asyncio.timeout(self.ends_within_s), asyncio.TaskGroup() as both:
            both.create_task(self._serve())
            both.create_task(self.client())
        await wait(_STEPS_TO_END)
        self._troubles += [f"left over: {task}" for task in asyncio.all_tasks() if _is_other(task)]

    async def _serve(self) -> None:
        await self.session.run()
        self.peer.is_forsaken()

    def _check_traces(self, log: Sequence[EventDict]) -> None:
        assert not self._troubles, self._troubles
        allowed = _BROKE if self.cursed else None
        for entry in log:
            assert entry["log_level"] not in ("error", "critical") or entry["event"] == allowed, (
                entry
            )
        assert self.pool.listeners == 0, "a turn was not given back to the voices"
        assert self.ears.streams == 0, "a turn was not given back to the ears"
        assert self.caller.turns.under_way == 0, "a turn was not given back to the caller"
        for one in self.pool.submitted:
            assert one.ended or one.cancelled, f"nobody listens to {one.request.text!r} any more"

    def _open(self, path: str, segment: str | None, query: str) -> Session:
        house = self._house
        settings = Settings(
            max_contexts=house.max_contexts,
            max_pending_characters=house.max_pending_characters,
            send_timeout_s=house.send_timeout_s,
            data_dir=Path("."),
            keep_audio=False,
        )
        desk = SpeechDesk(self.pool, settings, Notices(), Shelf())
        ears = EarsDesk(self.ears, FakeDetector(), settings, Notices())
        calls = call_desk(desk, ears, settings, self.mind, self.kept)
        front = OneAgentFront(self.agent, self._admit)
        found = find_socket(path)
        assert found is not None
        return found[0].session(
            Connection(self.peer, segment, query, desk, ears, calls, front, self._admit)
        )

    async def _admit(self, shown: Sequence[str]) -> Caller:
        if self._house.asks_for_key:
            if not shown:
                raise MissingApiKey("A key is asked for.")
            if KEY not in shown:
                raise InvalidApiKey("Not one of ours.")
        return self.caller


async def wait(steps: int) -> None:
    """Lets the others have so many turns."""
    for _ in range(steps):
        await asyncio.sleep(0)


def _is_other(task: asyncio.Task[Any]) -> bool:
    return task is not asyncio.current_task()
