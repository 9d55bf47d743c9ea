"""How long a listener waits when the cable was out for 300 ms."""

from __future__ import annotations

from itertools import cycle
from typing import NamedTuple

import uvloop

from bench.figures import Bar, Effort, Figure, Report, percentile
from bench.resume_utterances import PCM, SEED, Utterance, network_to, spoken, utterances
from bench.server import running_server
from vivavoce import AsyncRealtimeTTS
from vivavoce.testing.bad_network import BadNetwork, Happened, Kind, random_plan

OUT_S = 0.3
BUFFER_S = 0.5
_OUTAGES = 200
_QUICK_OUTAGES = 40


class Wait(NamedTuple):
    """One outage in the middle of an utterance, in seconds until its next sound came."""

    since_cut: float
    since_cable: float
    """From the moment on from which a newcomer gets through."""
    since_socket: float
    """From the moment on at which the network took the client's next connection."""


def measure(effort: Effort) -> Report:
    """Cuts speech at random bytes, lets nobody through for 300 ms, and waits for sound."""
    count = effort.choose(_OUTAGES, _QUICK_OUTAGES)
    with running_server() as server:
        waits = uvloop.run(waited(server.port, count))
    ms = [[1000 * one for one in column] for column in zip(*waits, strict=True)]
    since_cut, since_cable, since_socket = ms
    dry = sum(one > 1000 * BUFFER_S for one in since_cut)
    name = f"{len(waits)} outages of 300 ms"
    return Report(
        [
            Figure(
                f"{name}: socket open to audio, p50", percentile(since_socket, 50), "ms", Bar(50)
            ),
            Figure(
                f"{name}: socket open to audio, p99", percentile(since_socket, 99), "ms", Bar(150)
            ),
            Figure(f"{name}: in which 500 ms of buffer ran dry", dry, "", Bar(0)),
        ],
        [
            f"cable back to audio: p50 {percentile(since_cable, 50):.0f} ms, "
            f"p99 {percentile(since_cable, 99):.0f} ms; cut to audio: "
            f"p50 {percentile(since_cut, 50):.0f} ms, p99 {percentile(since_cut, 99):.0f} ms, "
            f"longest {max(since_cut):.0f} ms"
        ],
    )


async def waited(port: int, count: int, seed: int = SEED) -> list[Wait]:
    """At least `count` outages with sound still to come."""
    plan = random_plan(seed, [Kind.DOWN], every_bytes=(150_000, 450_000), lasting_s=(OUT_S, OUT_S))
    waits: list[Wait] = []
    async with network_to(port, plan) as network:
        tts = AsyncRealtimeTTS(
            voice_id="Allegra", url=network.url(scheme="http"), output_format=PCM, seed=SEED
        )
        async with tts:
            for text in cycle(utterances(count, seed)):
                seen = len(network.happened)
                heard = await spoken(tts, text)
                waits += _waits(network, network.happened[seen:], heard)
                if len(waits) >= count:
                    return waits
    return waits


def _waits(network: BadNetwork, outages: list[Happened], heard: Utterance) -> list[Wait]:
    found = []
    for outage in outages:
        opened = [one.opened_at for one in network.connections if one.opened_at > outage.at]
        sounds = [at for at in heard.came_at if opened and at >= opened[0]]
        if outage.connections and sounds:
            since_cut = sounds[0] - outage.at
            found.append(Wait(since_cut, since_cut - OUT_S, sounds[0] - opened[0]))
    return found
