"""How much silence an utterance starts with."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import uvloop

from bench.caller import PCM, calling
from bench.figures import Bar, Effort, Figure, Report, percentile, shown
from bench.raw_engine import raw_engine
from bench.sentences import READ_BACK
from bench.server import Server, running_server

_SAMPLES_PER_MS = 24
_AUDIBLE = 0.01


def measure(effort: Effort) -> Report:
    """From the first sample of an utterance to the first that can be heard."""
    sentences = [sentence.text for sentence in READ_BACK][: effort.choose(60, 20)]
    with running_server() as server:
        leads = uvloop.run(_leads_ms(server, sentences))
    with raw_engine(1) as engine:
        raw = [_lead_ms(engine.speak(sentence).samples) for sentence in sentences]
    figure = Figure(
        "silence before the first sound, p95",
        percentile(leads, 95),
        "ms",
        Bar(60, 40),
        raw=shown(percentile(raw, 95), "ms"),
    )
    note = (
        f"silence before the first sound: {len(leads)} utterances, audible from 0.01 of full "
        f"scale; p50 {shown(percentile(leads, 50), 'ms')}, most {shown(max(leads), 'ms')}"
    )
    return Report([figure], [note])


async def _leads_ms(server: Server, sentences: list[str]) -> list[float]:
    leads = []
    async with calling(server, PCM) as caller:
        for sentence in sentences:
            await caller.say(sentence + " ")
            data = b"".join(frame.data for frame in await caller.hear_all(sentence))
            leads.append(_lead_ms(np.frombuffer(data, "<i2") / 32768))
    return leads


def _lead_ms(samples: npt.NDArray[np.floating]) -> float:
    audible = np.flatnonzero(np.abs(samples) > _AUDIBLE)
    return (int(audible[0]) if len(audible) else len(samples)) / _SAMPLES_PER_MS
