"""Whether speech that was cut off again and again is the speech that nobody cut."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import uvloop

from bench.figures import Bar, Effort, Figure, Report
from bench.resume_utterances import (
    PCM,
    SEED,
    cut_count,
    cuts_within,
    network_to,
    spoken,
    utterances,
)
from bench.server import running_server
from vivavoce import AsyncRealtimeTTS
from vivavoce.testing.bad_network import Plan

_UTTERANCES = 100
_CUTS = 500
_QUICK_UTTERANCES = 20


@dataclass(frozen=True)
class Passed:
    """Utterances over one connection: the digest of each, and what its network went through."""

    digests: list[str]
    heard_bytes: int
    cuts: int
    connections: int
    sessions_lost: int
    seconds: float


def measure(effort: Effort) -> Report:
    """The same utterances twice, with the same seed; the second time the network cuts."""
    count = effort.choose(_UTTERANCES, _QUICK_UTTERANCES)
    cuts = _CUTS * count // _UTTERANCES
    with running_server() as server:
        whole, cut = uvloop.run(compared(server.port, utterances(count), cuts))
    return report(whole, cut, cuts, "Python")


async def compared(
    port: int, texts: Sequence[Sequence[str]], cuts: int, seed: int = SEED
) -> tuple[Passed, Passed]:
    """What passes a network that does nothing, and what passes one with at least `cuts` cuts."""
    whole = await passed(port, texts)
    return whole, await passed(port, texts, cuts_within(whole.heard_bytes, cuts, seed))


async def passed(port: int, texts: Sequence[Sequence[str]], plan: Plan | None = None) -> Passed:
    """All `texts` over one connection through a network. Raises what the client raises."""
    began = time.monotonic()
    async with network_to(port, plan) as network:
        tts = AsyncRealtimeTTS(
            voice_id="Allegra", url=network.url(scheme="http"), output_format=PCM, seed=SEED
        )
        async with tts:
            digests, sessions = [], set()
            for text in texts:
                digests.append((await spoken(tts, text)).digest)
                sessions.add(tts.connection.session_id)
        return Passed(
            digests,
            sum(one.heard_bytes for one in network.connections),
            cut_count(network),
            len(network.connections),
            len(sessions) - 1,
            time.monotonic() - began,
        )


def report(whole: Passed, cut: Passed, cuts: int, client: str) -> Report:
    """What differs."""
    different = sum(one != other for one, other in zip(whole.digests, cut.digests, strict=True))
    name = f"{client}, {len(cut.digests)} utterances"
    return Report(
        [
            Figure(f"{name}: with other audio or alignment", different, "", Bar(0)),
            Figure(f"{name}: cuts survived", cut.cuts, "", Bar(cuts, at_least=True)),
            Figure(f"{name}: sessions lost", cut.sessions_lost, "", Bar(0)),
        ],
        [
            f"{client}: {cut.connections} sockets, {cut.heard_bytes / 1e6:.1f} MB from the server "
            f"where {whole.heard_bytes / 1e6:.1f} MB would have done, {cut.seconds:.0f} s where "
            f"{whole.seconds:.1f} s would have done"
        ],
    )
