"""Whether an agent waits for a caller who pauses within a sentence."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from itertools import chain

import uvloop

from bench.converse_exchanges import Exchange, exchanges
from bench.converse_servers import listening_agent, scripted_server
from bench.converse_sounds import CALLERS, CallerVoice
from bench.figures import Bar, Effort, Figure, Report, percentile, shown
from bench.paused_sentences import WITH_PAUSES
from bench.recogniser import Floats
from bench.server import Server
from vivavoce.testing import calling

_ANSWER = "All right."
_CALLS = 2
"""At once, to save time: few enough to change nothing."""
_QUIET_S = 1.2
_SHOWN_TRACES = 6


def measure(effort: Effort) -> Report:
    """Sentences with pauses of 0.25 to 0.9 s in them, each in its turn of a call."""
    sentences = WITH_PAUSES[: effort.choose(40, 10)]
    voice = CallerVoice()
    sounds = [
        voice.with_pauses(sentence, CALLERS[at % len(CALLERS)])
        for at, sentence in enumerate(sentences)
    ]
    with scripted_server(_ANSWER) as server:
        heard = uvloop.run(_ask(server, sounds))
    cut = [one for one in heard if one.is_cut_short]
    spoken_over = sum(one.spoken_over_s > 0 for one in heard)
    split = sum(len(one.transcripts) > 1 for one in heard)
    waits_ms = [1000 * one.waited_s for one in heard if one.waited_s is not None]
    unanswered = sum(one.waited_s is None for one in heard)
    return Report(
        [Figure(f"cut short of {len(heard)} sentences with pauses", len(cut), "", Bar(1, 0))],
        [
            f"sentences with pauses: the agent audible before the end in {spoken_over}, made two "
            f"turns of in {split}, unanswered {unanswered}; voice to voice p50 "
            f"{shown(percentile(waits_ms, 50), 'ms')}, p95 {shown(percentile(waits_ms, 95), 'ms')}",
            *(f"cut short: {'; '.join(one.trace)}" for one in cut[:_SHOWN_TRACES]),
        ],
    )


async def _ask(server: Server, sounds: Sequence[Floats]) -> list[Exchange]:
    calls = (_call(server, sounds[start::_CALLS], start) for start in range(_CALLS))
    return list(chain.from_iterable(await asyncio.gather(*calls)))


async def _call(server: Server, sounds: Sequence[Floats], seed: int) -> list[Exchange]:
    async with calling(server.conversation_url, listening_agent(seed)) as caller:
        await caller.wait_until_agent_is_done(quiet_s=0.5)
        return await exchanges(caller, sounds, _QUIET_S)
