"""Visits and talks over real WebSockets, frames that are not even UTF-8 included."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from urllib.parse import quote

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect as connect_in_sync

from fuzz.call_house import AgentSetup
from fuzz.conversation_judge import judge_conversation
from fuzz.conversations import PATH as CALL_PATH
from fuzz.conversations import Conversation
from fuzz.conversations import Leave as CallLeave
from fuzz.judge import judge
from fuzz.odd import Frame
from fuzz.running import FuzzedServer
from fuzz.talk_expected import expected_segments, owed
from fuzz.talk_judge import commits_in, judge_talk
from fuzz.talks import PATH, Parting, Talk
from fuzz.visits import Leave, Visit

# What takes longer has hung.
_ENDS_WITHIN_S = 30.0

_STEP_S = 0.001

# Reserved bits and a reserved opcode.
_NO_FRAME = b"\xff" * 8

_GOODBYE = 1000

# By itself: a lost connection, no UTF-8, a message too large.
_CLOSED_FROM_BELOW = (1006, 1007, 1009)

_LEAVES = {Parting.VANISH: Leave.VANISH, Parting.BABBLE: Leave.BABBLE}


class _Call:
    """One connection, as far as it has come."""

    def __init__(self) -> None:
        self.was_let_in = False
        self.heard: list[Frame] = []
        self.closed: tuple[int, str] | None = None
        """How the server closed, if it did so while the client waited for it."""
        self._moved = asyncio.Event()

    async def make(
        self,
        address: str,
        sent: Iterable[Frame | int],
        leave: Leave,
        has_enough: Callable[[list[Frame]], bool] = lambda heard: False,
    ) -> None:
        """Says what is `sent`; who stays to the end waits until it `has_enough`, or is left."""
        async with asyncio.timeout(_ENDS_WITHIN_S):
            try:
                socket = await _connect(address)
            except InvalidStatus as refusal:
                if refusal.response.status_code >= 500:
                    raise
                return
            self.was_let_in = True
            async with asyncio.TaskGroup() as both:
                listening = both.create_task(self._listen(socket))
                await _say(sent, socket)
                if leave is Leave.END:
                    await self._stay(socket, listening, has_enough)
                else:
                    await _leave(leave, socket)

    async def _stay(
        self,
        socket: ClientConnection,
        listening: asyncio.Task[None],
        has_enough: Callable[[list[Frame]], bool],
    ) -> None:
        while not (listening.done() or has_enough(self.heard)):
            self._moved.clear()
            await self._moved.wait()
        was_left = listening.done()
        await socket.close()
        if was_left or socket.close_code != _GOODBYE:
            self.closed = (socket.close_code or 0, socket.close_reason or "")

    async def _listen(self, socket: ClientConnection) -> None:
        with suppress(ConnectionClosed):
            async for frame in socket:
                self.heard.append(frame)
                self._moved.set()
        asyncio.get_running_loop().call_soon(self._moved.set)


def play_over_network(visit: Visit, server: FuzzedServer, runner: asyncio.Runner) -> None:
    """Plays a visit, what its house allows aside. Raises AssertionError or TimeoutError."""
    call = _Call()
    path = visit.door.format(quote(visit.segment, safe=""))
    runner.run(call.make(f"{server.websocket}{path}?{visit.query}", visit.sent, visit.leave))
    if call.was_let_in:
        judge(visit, call.heard, call.closed, cursed=False)


def play_talk_over_network(talk: Talk, server: FuzzedServer, runner: asyncio.Runner) -> None:
    """The same with a talk, whose server does not shut down: the client stays until all is said."""
    call = _Call()
    due = owed(talk, talk.frames)
    commits = len(expected_segments(talk, finished=False)) if talk.proper else due.commits

    def has_enough(heard: list[Frame]) -> bool:
        is_answered = not due.refuses and commits_in(heard) >= commits
        return talk.parting is Parting.CLOSE or is_answered

    leave = _LEAVES.get(talk.parting, Leave.END)
    runner.run(call.make(f"{server.websocket}{PATH}?{talk.query}", talk.sent(), leave, has_enough))
    if call.was_let_in:
        stayed = leave is Leave.END
        judge_talk(talk, call.heard, call.closed, stayed=stayed, cursed=False)


def play_conversation_over_network(
    case: Conversation, server: FuzzedServer, runner: asyncio.Runner
) -> None:
    """The same with a conversation of the server's own agent, unless the client brings another."""
    call = _Call()
    leave = Leave.VANISH if case.leave is CallLeave.VANISH else Leave.CLOSE
    runner.run(call.make(f"{server.websocket}{CALL_PATH}?{case.query}", _hurried(case), leave))
    is_from_below = call.closed is not None and call.closed[0] in _CLOSED_FROM_BELOW
    left = replace(case, leave=CallLeave.VANISH, agent=AgentSetup())
    judge_conversation(left, call.heard, None if is_from_below else call.closed, cursed=False)


def held_conversation(server: FuzzedServer) -> str:
    """The id of a conversation, which has ended."""
    with connect_in_sync(f"{server.websocket}{CALL_PATH}", proxy=None) as socket:
        socket.send('{"type": "conversation_initiation_client_data"}')
        told = json.loads(socket.recv(_ENDS_WITHIN_S))
    return str(told["conversation_initiation_metadata_event"]["conversation_id"])


def _hurried(case: Conversation) -> Iterator[Frame | int]:
    """What it says, in pauses of at most 20 ms."""
    for one in case.sent():
        yield min(20, round(one / _STEP_S)) if isinstance(one, float) else one


async def _connect(address: str) -> ClientConnection:
    return await connect(
        address,
        compression=None,
        ping_interval=None,
        close_timeout=_ENDS_WITHIN_S,
        max_size=None,
        proxy=None,
    )


async def _say(sent: Iterable[Frame | int], socket: ClientConnection) -> None:
    try:
        for one in sent:
            if isinstance(one, int):
                await asyncio.sleep(one * _STEP_S)
            else:
                # Half of what is not text is said to be text.
                await socket.send(one, text=isinstance(one, str) or len(one) % 2 == 0)
    except ConnectionClosed:
        return


async def _leave(leave: Leave, socket: ClientConnection) -> None:
    match leave:
        case Leave.CLOSE | Leave.END_AND_CLOSE:
            await socket.close()
        case Leave.VANISH:
            socket.transport.abort()
        case Leave.BABBLE:
            with suppress(RuntimeError):  # so says asyncio when it is closed already
                socket.transport.write(_NO_FRAME)
