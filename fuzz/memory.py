"""Visits without a network: thousands a minute, each on a server of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from structlog.testing import capture_logs
from structlog.typing import EventDict

from fuzz import odd
from fuzz.judge import judge
from fuzz.peer import LimitedCaller, Peer, Shelf
from fuzz.visits import KEY, Leave, Visit
from vivavoce.config import Settings
from vivavoce.engines.voices.fake import FakeVoice
from vivavoce.errors import InvalidApiKey, MissingApiKey
from vivavoce.runtime.inprocess import InProcessPool
from vivavoce.server.sockets import Session, find_socket
from vivavoce.server.sockets import Visit as Connection
from vivavoce.sessions.caller import Caller
from vivavoce.sessions.desk import SpeechDesk
from vivavoce.sessions.notices import Notices

# What takes longer has hung; the longest texts take a second.
_ENDS_WITHIN_S = 20.0

# What a task that was cancelled may take to be gone.
_STEPS_TO_END = 10


class Scene:
    """One visit, and all that it could leave behind."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        house = visit.house
        self.peer = Peer(reads=visit.reads)
        self.caller = LimitedCaller(house)
        self.pool = InProcessPool(
            FakeVoice(fail_on=odd.CURSE),
            block_delay_s=house.block_delay_s,
            capacity=house.capacity,
        )
        self.troubles: list[str] = []

    async def play(self) -> None:
        """Until both have left. Raises TimeoutError when the server does not."""
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, context: self.troubles.append(str(context)))
        session = self._session()
        async with asyncio.timeout(_ENDS_WITHIN_S), asyncio.TaskGroup() as both:
            both.create_task(session.run())
            both.create_task(self._client())
        for _ in range(_STEPS_TO_END):
            await asyncio.sleep(0)
        self.troubles += [f"left over: {task}" for task in asyncio.all_tasks() if _is_other(task)]

    def check(self, log: Sequence[EventDict]) -> None:
        """Fails unless all was as it should be."""
        assert not self.troubles, self.troubles
        cursed = any(odd.CURSE in one.request.text for one in self.pool.submitted)
        allowed = "speech failed" if cursed else None
        for entry in log:
            assert entry["log_level"] not in ("error", "critical") or entry["event"] == allowed, (
                entry
            )
        assert self.pool.listeners == 0, "a turn was not given back to the pool"
        assert self.caller.turns.under_way == 0, "a turn was not given back to the caller"
        for one in self.pool.submitted:
            assert one.ended or one.cancelled, f"nobody listens to {one.request.text!r} any more"
        judge(self._visit, self.peer.heard, self.peer.closed, cursed=cursed)

    def _session(self) -> Session:
        visit = self._visit
        house = visit.house
        settings = Settings(
            max_contexts=house.max_contexts,
            max_pending_characters=house.max_pending_characters,
            send_timeout_s=house.send_timeout_s,
            data_dir=Path("."),
        )
        desk = SpeechDesk(self.pool, settings, Notices(), Shelf())
        found = find_socket(visit.door.value.format("x"))
        assert found is not None
        segment = visit.segment if "{}" in visit.door else None
        return found[0].session(Connection(self.peer, segment, visit.query, desk, self._admit))

    async def _admit(self, shown: Sequence[str]) -> Caller:
        if self._visit.house.asks_for_key:
            if not shown:
                raise MissingApiKey("A key is asked for.")
            if KEY not in shown:
                raise InvalidApiKey("Not one of ours.")
        return self.caller

    async def _client(self) -> None:
        visit = self._visit
        for step in visit.steps:
            if isinstance(step, int):
                for _ in range(step):
                    await asyncio.sleep(0)
            else:
                self.peer.say(step)
        if visit.leave in (Leave.END, Leave.END_AND_CLOSE):
            self.peer.say(visit.frames[-1])
        if visit.leave is not Leave.END:
            self.peer.leave()


def play_in_memory(visit: Visit, runner: asyncio.Runner) -> None:
    """Plays a visit on the runner's loop. Raises AssertionError or TimeoutError."""
    scene = Scene(visit)
    with capture_logs() as log:
        runner.run(scene.play())
    scene.check(log)


def _is_other(task: asyncio.Task[Any]) -> bool:
    return task is not asyncio.current_task()
