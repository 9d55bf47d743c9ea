"""A page of text at once: its own first sound, and everybody else's."""

from __future__ import annotations

import asyncio
import random
import statistics

import uvloop

from bench.caller import PCM, calling
from bench.figures import Bar, Effort, Figure, Report, percentile, shown
from bench.raw_engine import raw_engine
from bench.sentences import TEN_WORDS, TURN_SENTENCES, some
from bench.server import Server, running_server

_CHARACTERS = 10_000
_OTHERS = 8
_PAUSE_S = (0.1, 0.5)


def measure(effort: Effort) -> Report:
    """10,000 characters in one message, while eight others ask for ten words again and again."""
    text = " ".join(some(TURN_SENTENCES, 200, seed=4))[:_CHARACTERS]
    runs = effort.choose(10, 3)
    with running_server() as server:
        firsts, whole, others = uvloop.run(_runs(server, text, runs))
    with raw_engine(1) as engine:
        raw = [engine.speak(text) for _ in range(effort.choose(3, 1))]
    raw_first = statistics.median(speech.first_s for speech in raw) * 1000
    figures = [
        Figure(
            "first audio of 10,000 characters at once",
            statistics.median(firsts),
            "ms",
            Bar(60),
            raw=shown(raw_first, "ms"),
        ),
        Figure(
            "first audio of others meanwhile, p99",
            percentile(others, 99),
            "ms",
            Bar(100),
        ),
    ]
    note = (
        f"10,000 characters: {runs} times, worst {shown(max(firsts), 'ms')}, all of it spoken in "
        f"{shown(statistics.median(whole), 's')} (raw engine, one core: "
        f"{shown(statistics.median(speech.whole_s for speech in raw), 's')}); {_OTHERS} others "
        f"asked {len(others)} times for ten words, p50 {shown(percentile(others, 50), 'ms')}"
    )
    return Report(figures, [note])


async def _runs(
    server: Server, text: str, runs: int
) -> tuple[list[float], list[float], list[float]]:
    """First audio of the text in ms, all of it in s, first audio of the others in ms."""
    firsts: list[float] = []
    whole: list[float] = []
    others: list[float] = []
    for _ in range(runs):
        async with calling(server, PCM) as caller, asyncio.TaskGroup() as tasks:
            asked = await caller.say(text)
            asking = [
                tasks.create_task(_keep_asking(server, others, random.Random(number)))
                for number in range(_OTHERS)
            ]
            frames = await caller.hear_all(text)
            for task in asking:
                task.cancel()
        firsts.append((frames[0].at - asked) * 1000)
        whole.append(frames[-1].at - asked)
    return firsts, whole, others


async def _keep_asking(server: Server, waits_ms: list[float], dice: random.Random) -> None:
    while True:
        async with calling(server, PCM) as caller:
            await asyncio.sleep(dice.uniform(*_PAUSE_S))
            sentence = dice.choice(TEN_WORDS)
            asked = await caller.say(sentence + " ")
            frames = await caller.hear_all(sentence)
            waits_ms.append((frames[0].at - asked) * 1000)
