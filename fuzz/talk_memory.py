"""Talks without a network."""

from __future__ import annotations

import asyncio

from fuzz.peer import Peer
from fuzz.scene import Scene, wait
from fuzz.talk_judge import judge_talk
from fuzz.talks import PATH, Parting, Talk
from vivavoce.engines.ears.fake import FakeEars

_SHUTS_DOWN = (Parting.PATIENT, Parting.DRAINED, Parting.CUT_OFF)


class _TalkScene(Scene):
    def __init__(self, talk: Talk) -> None:
        super().__init__(
            PATH,
            None,
            talk.query,
            house=talk.house,
            peer=Peer(reads=talk.reads, reading_takes_s=talk.reading_takes_s),
            ears=FakeEars(fail_on=talk.fail_on),
        )
        self.ears.has_time = talk.has_time
        self._talk = talk
        self._taken: int | None = None

    @property
    def cursed(self) -> bool:
        return any(
            heard.answer is None
            and not heard.cancelled
            and (self.ears.has_time or not heard.in_time)
            for heard in self.ears.heard_requests
        )

    async def client(self) -> None:
        talk = self._talk
        for one in talk.sent():
            if isinstance(one, int):
                await wait(one)
            else:
                self.peer.say(one)
        if talk.parting is Parting.PATIENT:
            await self.peer.has_been_heard()
        if talk.parting in _SHUTS_DOWN:
            self._taken = self.peer.taken
            self.session.drain(at_once=talk.parting is Parting.CUT_OFF)
        else:
            self.peer.leave(listens=talk.parting is Parting.CLOSE)

    def judge(self) -> None:
        judge_talk(
            self._talk,
            self.peer.heard,
            self.peer.closed,
            taken=self._taken,
            stayed=self._talk.parting in (*_SHUTS_DOWN, Parting.CLOSE),
            cursed=self.cursed,
        )


def play_talk_in_memory(talk: Talk, runner: asyncio.Runner) -> None:
    """Plays a talk on the runner's loop. Raises AssertionError or TimeoutError."""
    _TalkScene(talk).play(runner)
