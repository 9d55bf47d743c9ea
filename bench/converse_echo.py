"""The agent's own voice in the microphone: how often it interrupts itself, and who else can."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from statistics import median
from typing import Final, NamedTuple

import numpy as np

from bench.echo_calls import TURNS, Call, Cast
from bench.echo_lines import AGENT, CALLERS
from bench.echo_rooms import EchoPath
from bench.figures import Bar, Effort, Figure, Report
from bench.listen_sounds import as_pcm
from bench.noise_sources import RATE
from vivavoce.audio.echo_gate import HOP, EchoGate
from vivavoce.engines.ears.silero import Silero

_HOPS_TO_NOTICE: Final = 3
_THRESHOLD: Final = 0.4
_AFTERMATH: Final = RATE // 2
"""Samples behind an echo in which speech is still taken for its doing."""
_SOON_S, _LATER_S = 0.2, 0.5
_BLOCK: Final = RATE // 4
_AHEAD: Final = 800
"""Samples before its time that a block of the agent's voice is told of."""


class _Condition(NamedTuple):
    name: str
    path: EchoPath
    telephone: bool = False
    noise_dbfs: float = -55.0


class _Tally(NamedTuple):
    """Of turns: interrupted by the echo, with a caller noticed within 0.2 s, and within 0.5 s."""

    interrupted: int
    soon: int
    later: int
    delays_ms: list[float]


_CONDITIONS: Final = (
    *(_Condition(f"{level} dB", EchoPath(level)) for level in (-30, -20, -10, -6, 0)),
    *(
        _Condition(f"{level} dB, RT60 {rt60} s", EchoPath(level, rt60_s=rt60))
        for level in (-20, -10, 0)
        for rt60 in (0.2, 0.5)
    ),
    _Condition("-10 dB, telephone", EchoPath(-10, rt60_s=0.3), telephone=True),
    _Condition("-10 dB, 50 ppm", EchoPath(-10, rt60_s=0.3, drift_ppm=50)),
    _Condition("-10 dB, clipping", EchoPath(-10, rt60_s=0.3, clip=0.2)),
    _Condition("-10 dB, 0.9 s late", EchoPath(-10, rt60_s=0.3, delay_s=0.87)),
    _Condition("-10 dB, 0.05 s early", EchoPath(-10, rt60_s=0.3, delay_s=-0.02)),
    _Condition("-20 dB, noise -50 dBFS", EchoPath(-20, rt60_s=0.3), noise_dbfs=-50),
    _Condition("no echo", EchoPath(-120)),
)
_QUICK: Final = 3
_NOTICED: Final = {"0 dB": 14, "0 dB, RT60 0.2 s": 14, "0 dB, RT60 0.5 s": 14}
"""At 0 dB the caller is as loud as the echo, and may be lost in it."""


def measure(effort: Effort) -> Report:
    """Echo alone, then callers over it; each call is a new gate and a new detector."""
    cast, detector, costs = Cast(AGENT, CALLERS), Silero(), list[float]()
    figures, notes = [], []
    for condition in _CONDITIONS[:: effort.choose(1, _QUICK)]:
        with_gate = _tally(cast, detector, condition, costs)
        without = _tally(cast, detector, condition, None)
        figures += list(_figures(condition.name, with_gate, without))
        if with_gate.delays_ms:
            notes.append(
                f"echo {condition.name}: callers noticed after {median(with_gate.delays_ms):.0f} ms"
                f" (median of {len(with_gate.delays_ms)}), {with_gate.later} of {TURNS} within "
                f"{_LATER_S} s"
            )
    figures.append(Figure("echo gate and Silero, a hop", median(costs), "ms", Bar(0.6, 0.45)))
    return Report(
        figures,
        [
            f"echo: {TURNS} turns of one call, the voice delayed by 0.2 s and up to 30 ms more or "
            "less from turn to turn, noise at -55 dBFS; callers at -26 to -20 dBFS over every turn "
            f"of another, noticed after {_HOPS_TO_NOTICE} hops; the raw engine is Silero alone",
            *notes,
        ],
    )


def _figures(name: str, with_gate: _Tally, without: _Tally) -> Iterator[Figure]:
    yield Figure(
        f"echo {name}: interrupts itself in {TURNS} turns",
        with_gate.interrupted,
        "",
        Bar(1, 0),
        raw=str(without.interrupted),
    )
    yield Figure(
        f"echo {name}: callers noticed in {_SOON_S} s of {TURNS}",
        with_gate.soon,
        "",
        Bar(_NOTICED.get(name, 16), 18, at_least=True),
        raw=str(without.soon),
    )


def _tally(
    cast: Cast, detector: Silero, condition: _Condition, costs: list[float] | None
) -> _Tally:
    """With the gate if its costs are wanted, else without."""
    _, path, telephone, noise_dbfs = condition
    alone = cast.call(path, 0, telephone=telephone, noise_dbfs=noise_dbfs)
    over = cast.call(path, 1, barge_in=True, telephone=telephone, noise_dbfs=noise_dbfs)
    own = _noticed(_judged(alone, detector, costs))
    callers = _noticed(_judged(over, detector, costs))
    interrupted = sum(
        any(start <= at < end + _AFTERMATH for at in own) for start, end in alone.echoes
    )
    delays_ms = []
    for onset in over.onsets:
        # What was going on already when the caller began is none of theirs.
        heard = [at for at in callers if onset.start + 2 * HOP < at <= onset.end]
        delays_ms += [(at - onset.start) * 1_000 / RATE for at in heard[:1]]
    return _Tally(
        interrupted,
        sum(delay <= 1_000 * _SOON_S for delay in delays_ms),
        sum(delay <= 1_000 * _LATER_S for delay in delays_ms),
        delays_ms,
    )


def _judged(call: Call, detector: Silero, costs: list[float] | None) -> list[float]:
    """A likelihood of the caller's speech for each hop of the microphone."""
    stream = detector.stream()
    if costs is None:
        return stream.feed(call.microphone)
    gate = EchoGate(stream.feed)
    blocks = [
        (at + start, as_pcm(line.sound[start : start + _BLOCK].astype(np.float32)))
        for at, line in call.played
        for start in range(0, len(line.sound), _BLOCK)
    ]
    likelihoods = list[float]()
    for now in range(0, len(call.microphone) // 2, HOP):
        while blocks and blocks[0][0] <= now + _AHEAD:
            at, pcm = blocks.pop(0)
            gate.played(pcm, at)
        started = time.perf_counter()
        likelihoods += gate.feed(call.microphone[2 * now : 2 * (now + HOP)]).likelihoods
        costs.append(1_000 * (time.perf_counter() - started))
    return likelihoods


def _noticed(likelihoods: Sequence[float]) -> list[int]:
    """The samples at which the third hop of speech in a row ends."""
    found, run = [], 0
    for hop, likelihood in enumerate(likelihoods, 1):
        run = run + 1 if likelihood >= _THRESHOLD else 0
        if run == _HOPS_TO_NOTICE:
            found.append(hop * HOP)
    return found
