"""Visits without a network: thousands a minute, each on a server of its own."""

from __future__ import annotations

import asyncio

from fuzz import odd
from fuzz.judge import judge
from fuzz.peer import Peer
from fuzz.scene import Scene, wait
from fuzz.surviving_peer import SurvivingPeer
from fuzz.visits import Leave, Visit
from vivavoce.engines.voices.fake import FakeVoice


class _VisitScene(Scene):
    def __init__(self, visit: Visit, peer: Peer | None = None) -> None:
        super().__init__(
            visit.door.value.format("x"),
            visit.segment if "{}" in visit.door else None,
            visit.query,
            house=visit.house,
            peer=peer or Peer(reads=visit.reads),
            voice=FakeVoice(fail_on=odd.CURSE),
        )
        self._visit = visit

    @property
    def cursed(self) -> bool:
        return any(odd.CURSE in one.request.text for one in self.pool.submitted)

    async def client(self) -> None:
        visit = self._visit
        for one in visit.sent:
            if isinstance(one, int):
                await wait(one)
            else:
                self.peer.say(one)
        if visit.leave is not Leave.END:
            self.peer.leave()

    def judge(self) -> None:
        judge(self._visit, self.peer.heard, self.peer.closed, cursed=self.cursed)


class _SurvivingVisitScene(_VisitScene):
    def __init__(self, visit: Visit, seed: int) -> None:
        self._survivor = SurvivingPeer(seed)
        super().__init__(visit, self._survivor)

    async def client(self) -> None:
        async with asyncio.TaskGroup() as both:
            both.create_task(self._survivor.come_back_until_parted())
            both.create_task(super().client())


def play_in_memory(visit: Visit, runner: asyncio.Runner) -> None:
    """Plays a visit on the runner's loop. Raises AssertionError or TimeoutError."""
    _VisitScene(visit).play(runner)


def play_surviving_in_memory(visit: Visit, seed: int, runner: asyncio.Runner) -> None:
    """The same for a client that keeps to the protocol, and loses its socket again and again."""
    _SurvivingVisitScene(visit, seed).play(runner)
