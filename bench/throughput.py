"""How much of the engine's pace is left when a server stands in front of it."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Iterator
from typing import NamedTuple

import uvloop

from bench.caller import PCM, calling
from bench.figures import Bar, Effort, Figure, Report
from bench.machine import cores
from bench.raw_engine import raw_engine
from bench.sentences import READ_BACK, TURN_SENTENCES, some
from bench.server import Server, running_server

_CALLERS_PER_CORE = 4
"""Enough that no worker ever waits for the next text."""


class _Pace(NamedTuple):
    seconds: float
    audio_s: float


def measure(effort: Effort) -> Report:
    """The same texts through both, all cores, in alternation."""
    texts = [text for text, _ in READ_BACK] + some(TURN_SENTENCES, effort.choose(240, 60), seed=3)
    pairs = []
    with running_server() as server, raw_engine(cores()) as engine:
        uvloop.run(_speak_all(server, texts[:60]))
        engine.speak_all(texts[:60])
        for _ in range(effort.choose(5, 2)):
            through_server = uvloop.run(_speak_all(server, texts))
            pairs.append((through_server, _Pace(*engine.speak_all(texts))))
    share = statistics.median(raw.seconds / ours.seconds for ours, raw in pairs)
    speech_share = statistics.median(
        (ours.audio_s / ours.seconds) / (raw.audio_s / raw.seconds) for ours, raw in pairs
    )
    ours_s = statistics.median(ours.audio_s / ours.seconds for ours, _ in pairs)
    raw_s = statistics.median(raw.audio_s / raw.seconds for _, raw in pairs)
    ours_sentences = len(texts) / statistics.median(ours.seconds for ours, _ in pairs)
    raw_sentences = len(texts) / statistics.median(raw.seconds for _, raw in pairs)
    figure = Figure(
        "pace through the server, of the raw engine's",
        100 * share,
        "%",
        Bar(75, 90, at_least=True),
        raw=f"{raw_sentences:.0f} sentences a second",
    )
    note = (
        f"pace: the time the raw engine takes for {len(texts)} texts divided by the server's "
        f"({PCM}), median of {len(pairs)} runs in alternation; {ours_sentences:.0f} sentences a "
        f"second through the server. In seconds of speech a second {ours_s:.0f} against "
        f"{raw_s:.0f}, {speech_share:.0%}: the raw engine's speech has more silence in it"
    )
    return Report([figure], [note])


async def _speak_all(server: Server, texts: list[str]) -> _Pace:
    waiting = iter(texts)
    started = time.perf_counter()
    async with asyncio.TaskGroup() as tasks:
        speaking = [
            tasks.create_task(_speak(server, waiting)) for _ in range(_CALLERS_PER_CORE * cores())
        ]
    return _Pace(time.perf_counter() - started, sum(task.result() for task in speaking))


async def _speak(server: Server, waiting: Iterator[str]) -> float:
    audio_s = 0.0
    async with calling(server, PCM) as caller:
        for text in waiting:
            await caller.say(text + " ")
            audio_s += sum(frame.seconds for frame in await caller.hear_all(text))
    return audio_s
