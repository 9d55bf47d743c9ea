"""How many can speak at once."""

from __future__ import annotations

import asyncio
import contextlib
import random
import statistics
import time
from typing import NamedTuple

import uvloop

from bench.figures import Bar, Effort, Figure, Report, percentile, shown
from bench.heartbeat import beat
from bench.listen_load import THRESHOLD_S, Line, Tally, lines, speak
from bench.listen_sounds import as_pcm
from bench.machine import cpu_seconds, family_cpu_seconds
from bench.server import Server, running_server
from bench.word_errors import overall_rate
from vivavoce.engines.base import ACTIVITY_HOP, EARS_RATE
from vivavoce.engines.ears.silero import Silero

_NUMBERS = (1, 8, 16, 24, 32, 40)
_QUICK_NUMBERS = (1, 16, 24)
_LINES = 60
_RAMP_S = 4.0
_COMMIT_P99_MS = 250.0
_PARTIALS_A_SECOND = 1.5
_ACTIVITY_ROUNDS = 5


class Run(NamedTuple):
    """What `number` speakers at once have had of the server, and what it took."""

    number: int
    tally: Tally
    server_core: float
    """Of the server's own process, in cores."""
    all_cores: float
    """The same with its workers."""
    load_core: float
    lag_p99_ms: float

    @property
    def holds(self) -> bool:
        """Everybody was let in, saw partial transcripts and got committed ones in time."""
        tally = self.tally
        return (
            not (tally.refused or tally.broken)
            and min(tally.partial_rates, default=0) >= _PARTIALS_A_SECOND
            and percentile([*tally.commit_ms, *tally.endpoint_ms], 99) < _COMMIT_P99_MS
        )

    def note(self) -> str:
        """The run in a line."""
        tally = self.tally
        return (
            f"streams: {self.number} {'hold' if self.holds else 'do not hold'}: commit "
            f"{_waits(tally.commit_ms)}; after {THRESHOLD_S} s of silence "
            f"{_waits(tally.endpoint_ms)}; first text {_waits(tally.first_text_ms)}; partials a "
            f"second of speech {_rates(tally.partial_rates)}; {tally.refused or 'none'} refused"
            f"{f', {tally.broken} connections lost' if tally.broken else ''}; "
            f"{overall_rate(tally.errors) if tally.errors else 1:.1%} of words wrong; the server "
            f"at {self.server_core:.0%} of a core, with its workers at {self.all_cores:.0%}, the "
            f"load at {self.load_core:.0%}"
        )


def measure(effort: Effort) -> Report:
    """The largest number of simultaneous speakers that hold, of those tried."""
    seconds = effort.choose(60.0, 20.0)
    spoken = lines(_LINES)
    runs = []
    for number in effort.choose(_NUMBERS, _QUICK_NUMBERS):
        with running_server() as server:
            runs.append(uvloop.run(_run(server, spoken, number, seconds)))
    lag_ms = max(run.lag_p99_ms for run in runs)
    hop_us = _activity_us(spoken)
    return Report(
        [
            Figure(
                "live streams with partial transcripts",
                max((run.number for run in runs if run.holds), default=0),
                "",
                Bar(24, 32, at_least=True),
            )
        ],
        [
            f"streams: {seconds:g} s for each number, all starting within the first {_RAMP_S:g} s; "
            f"the load's own event loop was late by {shown(lag_ms, 'ms')} at most (p99)",
            *(run.note() for run in runs),
            f"voice activity: {hop_us:.0f} µs a hop of {ACTIVITY_HOP} samples, "
            f"{hop_us * EARS_RATE / ACTIVITY_HOP / 1e6:.2%} of a core for each stream",
        ],
    )


async def _run(server: Server, lines: list[Line], number: int, seconds: float) -> Run:
    tally = Tally()
    lags_ms: list[float] = []
    own, everybody, load = _processor_s(server)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds), asyncio.TaskGroup() as tasks:
            tasks.create_task(beat(lags_ms))
            for index in range(number):
                dice = random.Random(index)
                tasks.create_task(_join(server, lines, tally, dice, manual=index % 2 == 0))
    now = _processor_s(server)
    cores = ((now[0] - own) / seconds, (now[1] - everybody) / seconds, (now[2] - load) / seconds)
    return Run(number, tally, *cores, percentile(lags_ms, 99))


async def _join(
    server: Server, lines: list[Line], tally: Tally, dice: random.Random, *, manual: bool
) -> None:
    await asyncio.sleep(dice.uniform(0, _RAMP_S))
    await speak(server, lines, tally, dice, manual=manual)


def _processor_s(server: Server) -> tuple[float, float, float]:
    """Processor time of the server's own process, of it with its workers, and of this one."""
    whole = family_cpu_seconds(server.process_id)
    return cpu_seconds(server.process_id), whole, time.process_time()


def _activity_us(lines: list[Line]) -> float:
    """What the voice activity detector costs an event loop for each hop, fed with live chunks."""
    sound = b"".join(as_pcm(line.utterance.samples) for line in lines[:10])
    size = 2 * EARS_RATE // 50
    detector = Silero()
    costs = []
    for _ in range(_ACTIVITY_ROUNDS):
        stream = detector.stream()
        started = time.perf_counter()
        hops = sum(
            len(stream.feed(sound[start : start + size])) for start in range(0, len(sound), size)
        )
        costs.append((time.perf_counter() - started) * 1e6 / hops)
    return statistics.median(costs)


def _waits(waits_ms: list[float]) -> str:
    p50, p99 = (shown(percentile(waits_ms, percent), "ms") for percent in (50, 99))
    return f"p50 {p50}, p99 {p99} ({len(waits_ms)})"


def _rates(rates: list[float]) -> str:
    if not rates:
        return "none"
    return f"{sum(rates) / len(rates):.2f}, the fewest {min(rates):.2f}"
