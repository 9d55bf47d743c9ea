"""Conversations without a network, in a time of their own: minutes of a call take no time."""

from __future__ import annotations

import asyncio
import json

from fuzz import odd
from fuzz.conversation_judge import judge_conversation, judge_record
from fuzz.conversations import PATH, Conversation, Leave
from fuzz.peer import Peer
from fuzz.scene import Scene
from vivavoce.engines.ears.fake import FakeEars
from vivavoce.engines.voices.fake import FakeVoice

# Of the session's own clock; a call lasts 600 s at most, unless its agent says otherwise.
_ENDS_WITHIN_S = 4_000.0

# The longest that a server waits for anything: 60 s for a client that says nothing at all.
_GIVES_UP_WITHIN_S = 700.0


class _Answering(Peer):
    """A client that has the tools it is asked for, if it `answers` at all."""

    def __init__(self, *, answers: bool, reads: bool, reading_takes_s: float) -> None:
        super().__init__(reads=reads, reading_takes_s=reading_takes_s)
        self._answers = answers

    async def send(self, message: str | bytes) -> None:
        """See `Duplex`."""
        await super().send(message)
        asked = json.loads(message)
        if self._answers and asked["type"] == "client_tool_call":
            call_id = asked["client_tool_call"]["tool_call_id"]
            self.say(
                json.dumps(
                    {"type": "client_tool_result", "tool_call_id": call_id, "result": {"a": [1]}}
                )
            )


class ConversationScene(Scene):
    """One call with a client that does what `case` says."""

    ends_within_s = _ENDS_WITHIN_S

    def __init__(self, case: Conversation) -> None:
        super().__init__(
            PATH,
            None,
            case.query,
            house=case.house,
            peer=_Answering(
                answers=case.answers_tools,
                reads=case.reads,
                reading_takes_s=case.reading_takes_s,
            ),
            voice=FakeVoice(fail_on=odd.CURSE),
            ears=FakeEars(fail_on=case.fail_on),
            agent=case.agent,
        )
        self._case = case

    @property
    def cursed(self) -> bool:
        """See `Scene`."""
        spoken = any(odd.CURSE in one.request.text for one in self.pool.submitted)
        unheard = (one.answer is None and not one.cancelled for one in self.ears.heard_requests)
        return spoken or any(unheard)

    async def client(self) -> None:
        """See `Scene`."""
        case = self._case
        for one in case.sent():
            if isinstance(one, float):
                await asyncio.sleep(one)
            else:
                self.peer.say(one)
        match case.leave:
            case Leave.DRAINED | Leave.CUT_OFF:
                self.session.drain(at_once=case.leave is Leave.CUT_OFF)
                await self._closes()
            case Leave.SILENCE:
                await self._closes()
            case _:
                self.peer.leave(listens=case.leave is Leave.CLOSE)

    def judge(self) -> None:
        """See `Scene`."""
        judge_conversation(self._case, self.peer.heard, self.peer.closed, cursed=self.cursed)
        judge_record(self.kept.begun, self.kept.saved)

    async def _closes(self) -> None:
        """Waits for the server, and not for ever: agents may have calls of any length."""
        async with asyncio.timeout(_GIVES_UP_WITHIN_S):
            await self.peer.has_been_forsaken()


def play_conversation_in_memory(case: Conversation, runner: asyncio.Runner) -> None:
    """Plays a conversation on the runner's loop, whose time is to be virtual.

    Raises AssertionError, TimeoutError, or RuntimeError where everybody waits for ever.
    """
    ConversationScene(case).play(runner)
