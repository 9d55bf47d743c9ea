"""Callers in processes of their own, who ask and listen for as long as they are told."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import cycle, islice
from multiprocessing import get_context
from typing import Final, NamedTuple

import uvloop
from httpx import HTTPError
from websockets.exceptions import WebSocketException

from bench.converse_exchanges import exchange
from bench.converse_servers import listening_agent, waterfalls
from bench.figures import percentile
from bench.recogniser import Floats
from bench.server import Server
from vivavoce.testing import CallOver, SimulatedCaller, calling

RAMP_S: Final = 4.0
STARTED_WITHIN_S: Final = 3.0
"""Each process; nobody calls before all have loaded what they need."""
_CALLS_A_PROCESS: Final = 8
_PAUSE_S: Final = (0.3, 1.5)
_AGAIN_S: Final = 1.0


class Load(NamedTuple):
    """What a number of callers have had; milliseconds. `late_ms` is the load's own fault."""

    waits_ms: list[float]
    unanswered: int
    cut_short: int
    broken: int
    late_ms: float
    waterfalls: list[dict[str, float]]


class _Errand(NamedTuple):
    server: Server
    sounds: Sequence[Floats]
    calls: int
    begins_at: float
    seconds: float
    seed: int


def converse(server: Server, sounds: Sequence[Floats], calls: int, seconds: float) -> Load:
    """So many calls at once for so long, all of which begin within the first RAMP_S."""
    firsts = range(0, calls, _CALLS_A_PROCESS)
    begins_at = time.monotonic() + STARTED_WITHIN_S * len(firsts)
    errands = [
        _Errand(server, sounds, min(_CALLS_A_PROCESS, calls - first), begins_at, seconds, first)
        for first in firsts
    ]
    with ProcessPoolExecutor(len(errands), mp_context=get_context("spawn")) as pool:
        parts = list(pool.map(_run, errands))
    return Load(
        [wait for part in parts for wait in part.waits_ms],
        sum(part.unanswered for part in parts),
        sum(part.cut_short for part in parts),
        sum(part.broken for part in parts),
        max(part.late_ms for part in parts),
        [one for part in parts for one in part.waterfalls],
    )


def _run(errand: _Errand) -> Load:
    return uvloop.run(_calls(errand))


async def _calls(errand: _Errand) -> Load:
    tally = _Tally()
    await asyncio.sleep(errand.begins_at - time.monotonic())
    until = errand.begins_at + errand.seconds
    async with asyncio.TaskGroup() as tasks:
        for number in range(errand.calls):
            tasks.create_task(_caller(errand, tally, until, errand.seed + number))
    late_ms = percentile([1000 * late for late in tally.late_s], 99)
    return Load(
        tally.waits_ms,
        tally.unanswered,
        tally.cut_short,
        tally.broken,
        late_ms,
        tally.waterfalls,
    )


class _Tally:
    def __init__(self) -> None:
        self.waits_ms: list[float] = []
        self.late_s: list[float] = []
        self.waterfalls: list[dict[str, float]] = []
        self.unanswered = self.cut_short = self.broken = 0


async def _caller(errand: _Errand, tally: _Tally, until: float, seed: int) -> None:
    dice = random.Random(seed)
    await asyncio.sleep(dice.uniform(0, RAMP_S))
    while time.monotonic() < until:
        try:
            url = errand.server.conversation_url
            async with calling(url, listening_agent(seed)) as caller:
                await _talk(caller, errand.sounds, tally, until, dice)
                tally.late_s += caller.late_s
            kept = await waterfalls(errand.server, caller.recording.conversation_id)
            tally.waterfalls += kept
        except (CallOver, OSError, TimeoutError, WebSocketException, HTTPError):
            tally.broken += 1
            with contextlib.suppress(TimeoutError):
                await asyncio.sleep(_AGAIN_S)


async def _talk(
    caller: SimulatedCaller,
    sounds: Sequence[Floats],
    tally: _Tally,
    until: float,
    dice: random.Random,
) -> None:
    for sound in _from(sounds, dice.randrange(len(sounds))):
        if time.monotonic() >= until:
            return
        found = await exchange(caller, sound, quiet_s=dice.uniform(*_PAUSE_S))
        if found.is_cut_short:
            tally.cut_short += 1
        elif found.waited_s is None:
            tally.unanswered += 1
        else:
            tally.waits_ms.append(1000 * found.waited_s)


def _from(sounds: Sequence[Floats], first: int) -> Iterator[Floats]:
    """All in turn without an end, so that each number of callers says the same things."""
    return islice(cycle(sounds), first, None)
