"""How soon a listener who has the server to himself hears something."""

from __future__ import annotations

import asyncio
import random

import uvloop

from bench.caller import MP3, PCM, calling
from bench.figures import Bar, Effort, Figure, Report, percentile, shown
from bench.raw_engine import raw_engine
from bench.sentences import TEN_WORDS, some
from bench.server import Server, running_server

_BARS = {
    (PCM, 50): Bar(20, 12),
    (PCM, 99): Bar(40, 25),
    (MP3, 50): Bar(30, 20),
}
_PAUSE_S = (0.05, 0.3)


def measure(effort: Effort) -> Report:
    """From the sending of ten words with a flush to the first frame with audio."""
    sentences = some(TEN_WORDS, effort.choose(200, 40), seed=1)
    with running_server() as server:
        waits = {
            output_format: uvloop.run(_waits_ms(server, output_format, sentences))
            for output_format in (PCM, MP3)
        }
    with raw_engine(1) as engine:
        raw = [engine.speak(sentence).first_s * 1000 for sentence in sentences[:100]]
    figures = [
        Figure(
            f"first audio of ten words, {output_format}, p{percent}",
            percentile(waits[output_format], percent),
            "ms",
            bar,
            raw=shown(percentile(raw, percent), "ms"),
        )
        for (output_format, percent), bar in _BARS.items()
    ]
    mp3_p99 = shown(percentile(waits[MP3], 99), "ms")
    return Report(
        figures,
        [
            f"first audio: {len(sentences)} different sentences a format, each on a connection of "
            f"its own that has been idle for {_PAUSE_S[0]} to {_PAUSE_S[1]} s; {MP3} p99 "
            f"{mp3_p99}. The raw engine has no first audio before the whole sentence is done"
        ],
    )


async def _waits_ms(server: Server, output_format: str, sentences: list[str]) -> list[float]:
    dice = random.Random(2)
    waits = []
    for sentence in sentences:
        async with calling(server, output_format) as caller:
            await asyncio.sleep(dice.uniform(*_PAUSE_S))
            asked = await caller.say(sentence + " ")
            frames = await caller.hear_all(sentence)
            waits.append((frames[0].at - asked) * 1000)
    return waits
