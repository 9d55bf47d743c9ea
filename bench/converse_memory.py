"""Whether a server that has conversed for long needs more memory than after a while."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from itertools import cycle
from typing import NamedTuple

import msgspec
import uvloop
from websockets.exceptions import WebSocketException

from bench.converse_exchanges import exchange
from bench.converse_servers import listening_agent, scripted_server
from bench.converse_sounds import CallerVoice
from bench.figures import Bar, Effort, Figure, Report, shown
from bench.machine import family_memory_kb, made_memory_kb
from bench.paused_sentences import SHORT_TURNS
from bench.recogniser import Floats
from bench.server import Server
from vivavoce.testing import CallOver, calling
from vivavoce.testing.events import AgentAudio, AgentResponse

_TURNS = 1000
_QUICK_TURNS = 300
_FIRST_LOOK = 100
_ANSWER = "Yes, of course."
_WRITERS = 3
_CHATTERS = 2
_TURNS_A_CALL = 20
_PAUSE_S = 0.5


class Memory(NamedTuple):
    """Of the server's own process and of it with its workers, in KB; see `made_memory_kb`."""

    turns: int
    own_kb: float
    all_kb: float


class _Count:
    """Turns of all calls together; `reached` is set after `target` of them."""

    def __init__(self) -> None:
        self.turns = self.spoken = self.lost = 0
        self.target = 0
        self.reached = asyncio.Event()

    def add(self) -> None:
        self.turns += 1
        if self.turns >= self.target:
            self.reached.set()


def measure(effort: Effort) -> Report:
    """One long call of speech, calls of text with spoken answers, and calls of text alone."""
    turns = effort.turns or effort.choose(_TURNS, _QUICK_TURNS)
    sounds = CallerVoice().spoken_all(SHORT_TURNS)
    with scripted_server(_ANSWER) as server:
        looks, count = uvloop.run(_looks(server, sounds, [_FIRST_LOOK, turns // 2, turns]))
    first, last = looks[0], looks[-1]
    name = f"after {last.turns} turns above that after {first.turns}"
    own, everybody = last.own_kb / first.own_kb, last.all_kb / first.all_kb
    return Report(
        [
            Figure(f"memory of the server's own process {name}", 100 * own - 100, "%", Bar(5.0)),
            Figure(f"memory with its workers {name}", 100 * everybody - 100, "%", Bar(5.0)),
        ],
        [
            "memory of the server, and with its workers: "
            + "; ".join(
                f"{look.turns} turns {shown(look.own_kb / 1024, 'MB')}, "
                f"{shown(look.all_kb / 1024, 'MB')}"
                for look in looks
            ),
            f"turns: {count.spoken} of {last.turns} spoken in one long call, the others written "
            f"in calls of {_TURNS_A_CALL}; {count.lost} calls lost",
        ],
    )


async def _looks(
    server: Server, sounds: Sequence[Floats], at_turns: list[int]
) -> tuple[list[Memory], _Count]:
    count = _Count()
    talks = [
        partial(_speak, server, sounds, count),
        *_WRITERS * [partial(_write, server, count)],
        *_CHATTERS * [partial(_chat, server, count)],
    ]
    looks = []
    async with asyncio.TaskGroup() as tasks:
        callers = [tasks.create_task(_again(talk, count)) for talk in talks]
        for turns in at_turns:
            count.target = turns
            count.reached.clear()
            if count.turns < turns:
                await count.reached.wait()
            looks.append(_look(server, count.turns))
        for caller in callers:
            caller.cancel()
    return looks, count


def _look(server: Server, turns: int) -> Memory:
    own = made_memory_kb(server.process_id)
    return Memory(turns, own, family_memory_kb(server.process_id, made_memory_kb))


async def _again(talk: Callable[[], Awaitable[None]], count: _Count) -> None:
    """One call after the other, until cancelled; a call that is lost is counted, too."""
    while True:
        try:
            await talk()
        except (CallOver, TimeoutError, WebSocketException):
            count.lost += 1


async def _speak(server: Server, sounds: Sequence[Floats], count: _Count) -> None:
    async with calling(server.conversation_url, listening_agent()) as caller:
        for sound in cycle(sounds):
            await exchange(caller, sound, quiet_s=0.2)
            count.spoken += 1
            count.add()


async def _write(server: Server, count: _Count) -> None:
    """Turns of text, of which each interrupts the spoken answer to the one before."""
    async with calling(server.conversation_url, listening_agent()) as caller:
        for number in range(_TURNS_A_CALL):
            at = await caller.write(f"Number {number}.")
            await caller.wait_for(AgentAudio, since=at)
            await caller.until(at + _PAUSE_S)
            count.add()


async def _chat(server: Server, count: _Count) -> None:
    """Turns of text alone."""
    options = msgspec.structs.replace(listening_agent(), text_only=True)
    async with calling(server.conversation_url, options) as caller:
        for number in range(_TURNS_A_CALL):
            at = await caller.write(f"Number {number}.")
            await caller.wait_for(AgentResponse, since=at)
            await caller.until(at + 2 * _PAUSE_S)
            count.add()
