"""How many can listen at once."""

from __future__ import annotations

import asyncio
import contextlib
import random
from typing import NamedTuple

import uvloop

from bench.caller import MP3, PCM
from bench.figures import Bar, Effort, Figure, Report, percentile, shown
from bench.heartbeat import beat
from bench.listener import Habits, Tally, listen
from bench.machine import cores, cpu_seconds
from bench.raw_engine import raw_engine
from bench.sentences import TURN_SENTENCES, some
from bench.server import Server, running_server

_NUMBERS = {PCM: (60, 120, 160, 200, 240), MP3: (60, 120, 160)}
_QUICK_NUMBERS = {PCM: (120, 200), MP3: (120,)}
_BARS = {PCM: Bar(120, 200, at_least=True), MP3: Bar(120, 200, at_least=True)}
_FIRST_AUDIO_P99_MS = 100.0
_RAMP_S = 6.0


class _Run(NamedTuple):
    number: int
    tally: Tally
    seconds: float
    server_core: float
    lag_p99_ms: float

    @property
    def holds(self) -> bool:
        """Everybody was let in, heard the first sound in time, and no gap after it."""
        tally = self.tally
        return (
            not (tally.refused or tally.broken or tally.gaps_ms)
            and percentile(tally.first_audio_ms, 99) < _FIRST_AUDIO_P99_MS
        )

    def note(self) -> str:
        """The run in a line."""
        tally = self.tally
        p50, p99 = (percentile(tally.first_audio_ms, percent) for percent in (50, 99))
        gaps = (
            f"{len(tally.gaps_ms)} gaps, the longest {shown(max(tally.gaps_ms, default=0), 'ms')}"
        )
        return (
            f"{self.number} {'hold' if self.holds else 'do not hold'}: first audio p50 "
            f"{shown(p50, 'ms')}, p99 {shown(p99, 'ms')} in {len(tally.first_audio_ms)} turns; "
            f"{gaps if tally.gaps_ms else 'no gap'}; {tally.refused or 'none'} refused"
            f"{f', {tally.broken} connections lost' if tally.broken else ''}; "
            f"{tally.speech_s / self.seconds:.0f} s of speech a second, the server's own process "
            f"at {self.server_core:.0%} of a core"
        )


def measure(effort: Effort) -> Report:
    """The largest number of simultaneous listeners that hold, of those tried."""
    seconds = effort.choose(60.0, 20.0)
    with raw_engine(cores()) as engine:
        raw_s, audio_s = engine.speak_all(some(TURN_SENTENCES, 100, seed=5))
    figures: list[Figure] = []
    notes: list[str] = []
    lag_ms = 0.0
    for output_format, numbers in effort.choose(_NUMBERS, _QUICK_NUMBERS).items():
        runs = []
        for number in numbers:
            with running_server() as server:
                runs.append(uvloop.run(_run(server, number, output_format, seconds)))
        figures.append(
            Figure(
                f"simultaneous listeners, {output_format}",
                max((run.number for run in runs if run.holds), default=0),
                "",
                _BARS[output_format],
                raw=f"{audio_s / raw_s:.0f} s of speech a second",
            )
        )
        notes += [f"{output_format}: {run.note()}" for run in runs]
        lag_ms = max(lag_ms, *(run.lag_p99_ms for run in runs))
    about = (
        f"listeners: {seconds:g} s for each number, all starting within the first {_RAMP_S:g} s; "
        f"the load's own event loop was late by {shown(lag_ms, 'ms')} at most (p99)"
    )
    return Report(figures, [about, *notes])


async def _run(server: Server, number: int, output_format: str, seconds: float) -> _Run:
    tally = Tally()
    lags_ms: list[float] = []
    cpu_before = cpu_seconds(server.process_id)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds), asyncio.TaskGroup() as tasks:
            tasks.create_task(beat(lags_ms))
            for index in range(number):
                habits = Habits(output_format, _RAMP_S)
                tasks.create_task(listen(server, habits, tally, random.Random(index)))
    cpu = cpu_seconds(server.process_id) - cpu_before
    return _Run(number, tally, seconds, cpu / seconds, percentile(lags_ms, 99))
