"""Whether clients of a server that is gone keep to the law, come back, or say they cannot."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import mean

import uvloop

from bench.figures import Bar, Effort, Figure, Report, percentile
from bench.resume_utterances import PCM, SEED, network_to, spoken, utterances
from bench.server import running_server
from vivavoce import (
    AsyncRealtimeTTS,
    BackoffLaw,
    CannotConnect,
    ConnectionOptions,
    ConnectionOver,
    ConnectionState,
    StateChange,
)
from vivavoce.testing.bad_network import BadNetwork

_OUT_S = 20.0
_QUICK_OUT_S = 6.0
_PATIENCE_S = 4.0
_CLIENTS = 10
_IMPATIENT = 3
_COMES_BACK_WITHIN_S = 30.0


@dataclass
class Client:
    """One that lost its server: every step of its connection, and how it ended."""

    law: BackoffLaw
    steps: list[tuple[float, StateChange]] = field(default_factory=list)
    is_whole: bool = False
    gave_up_after_s: float = math.nan

    def spacings(self) -> list[tuple[float, float, float]]:
        """For each failed attempt that another followed: the bound of the delay, the delay that
        was drawn, and the time that passed until that attempt had failed, in seconds."""
        tried = [
            (at, step)
            for at, step in self.steps
            if step.state is ConnectionState.RECONNECTING and step.delay_s is not None
        ]
        return [
            (self.law.longest_delay_s(at - tried[0][0]), step.delay_s or 0.0, next_at - at)
            for (at, step), (next_at, _) in pairwise(tried)
        ]


def measure(effort: Effort) -> Report:
    """Many clients lose one server at once; some of them have less patience."""
    out_s = effort.choose(_OUT_S, _QUICK_OUT_S)
    with running_server() as server:
        patient, impatient = uvloop.run(sat_out(server.port, out_s, _CLIENTS, _IMPATIENT))
    found = [one for client in patient for one in client.spacings()]
    off = [100 * abs(passed - delay) / bound for bound, delay, passed in found]
    drawn = mean(delay / bound for bound, delay, _ in found)
    gave_up = [client.gave_up_after_s for client in impatient]
    name = f"server gone for {out_s:g} s"
    return Report(
        [
            Figure(
                f"{name}: attempts off the delay drawn, p95, of its bound",
                percentile(off, 95),
                "%",
                Bar(15),
            ),
            Figure(
                f"{name}: mean delay off the law's, half the bound",
                100 * abs(drawn / 0.5 - 1),
                "%",
                Bar(15),
            ),
            Figure(
                f"{name}: clients that do not come back with every byte",
                sum(not client.is_whole for client in patient),
                f"of {len(patient)}",
                Bar(0),
            ),
            Figure(
                f"{name}: clients that are to give up after {_PATIENCE_S:g} s and do not say so",
                sum(not after <= _PATIENCE_S + 1 for after in gave_up),
                f"of {len(impatient)}",
                Bar(0),
            ),
        ],
        [
            f"{len(found)} attempts, {len(found) / len(patient):.1f} a client; off the delay: "
            f"p50 {percentile(off, 50):.1f} %, worst {max(off):.0f} % of its bound"
        ],
    )


async def sat_out(
    port: int, out_s: float, patient: int, impatient: int
) -> tuple[list[Client], list[Client]]:
    """Clients that wait for the server, and clients that are to give up."""
    [text] = utterances(1)
    waiting = [Client(BackoffLaw()) for _ in range(patient)]
    leaving = [Client(BackoffLaw(give_up_after_s=_PATIENCE_S)) for _ in range(impatient)]
    async with network_to(port) as network:
        async with asyncio.TaskGroup() as tasks:
            ready = [tasks.create_task(_connected(network, one)) for one in waiting + leaving]
        lines = [
            (one.result(), client) for one, client in zip(ready, waiting + leaving, strict=True)
        ]
        whole = (await spoken(lines[0][0], text)).digest
        for line, _ in lines[1:]:
            await spoken(line, text)
        network.down(out_s)
        async with asyncio.TaskGroup() as tasks:
            for line, client in lines:
                tasks.create_task(_come_back(line, client, text, whole, out_s))
    return waiting, leaving


async def _connected(network: BadNetwork, client: Client) -> AsyncRealtimeTTS:
    tts = AsyncRealtimeTTS(
        voice_id="Allegra",
        url=network.url(scheme="http"),
        output_format=PCM,
        seed=SEED,
        on_state=lambda step: client.steps.append((time.monotonic(), step)),
        options=ConnectionOptions(backoff=client.law),
    )
    await tts.connect()
    return tts


async def _come_back(
    tts: AsyncRealtimeTTS, client: Client, text: Sequence[str], whole: str, out_s: float
) -> None:
    """Wants something said while the server is gone."""
    began = time.monotonic()
    try:
        async with asyncio.timeout(out_s + _COMES_BACK_WITHIN_S):
            client.is_whole = (await spoken(tts, text)).digest == whole
    except (CannotConnect, ConnectionOver):
        client.gave_up_after_s = time.monotonic() - began
    except TimeoutError:
        pass  # neither: both marks stay as they are
    finally:
        await tts.close()
