"""How many conversations one server holds at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from bench.converse_load import RAMP_S, Load, converse
from bench.converse_servers import STEPS, scripted_server
from bench.converse_sounds import CallerVoice
from bench.figures import Bar, Effort, Figure, Report, percentile, shown
from bench.machine import cpu_seconds, family_cpu_seconds
from bench.paused_sentences import QUESTIONS
from bench.recogniser import Floats
from bench.server import Server

_NUMBERS = (1, 8, 16, 24, 32)
_QUICK_NUMBERS = (1, 8, 16)
_SOUNDS = 20
_ANSWER = "Yes, of course. I will look that up for you, and call you back this afternoon."
_SLOWER = 1.5
"""Times the p95 of a single conversation."""


class Run(NamedTuple):
    """So many conversations; processor time in cores, the server's own and with its workers."""

    number: int
    load: Load
    server_core: float
    all_cores: float

    @property
    def p95_ms(self) -> float:
        """Voice to voice."""
        return percentile(self.load.waits_ms, 95)

    def holds(self, single_ms: float) -> bool:
        """Whether nobody was lost, and few waited longer than they may."""
        lost = self.load.broken or self.load.unanswered
        return not lost and self.p95_ms <= _SLOWER * single_ms

    def note(self, single_ms: float) -> str:
        """The run in a line."""
        load = self.load
        p50 = percentile(load.waits_ms, 50)
        return (
            f"conversations: {self.number} {'hold' if self.holds(single_ms) else 'do not hold'}: "
            f"voice to voice p50 {shown(p50, 'ms')}, p95 {shown(self.p95_ms, 'ms')} "
            f"({len(load.waits_ms)} answers); by the server, p50 and p95: "
            f"{_steps(load.waterfalls)}; {load.unanswered} unanswered, {load.cut_short} cut short, "
            f"{load.broken} calls lost; the server at {self.server_core:.0%} of a core, "
            f"with its workers at {self.all_cores:.0%}; the load was late by "
            f"{shown(load.late_ms, 'ms')} (p99)"
        )


def measure(effort: Effort) -> Report:
    """The largest number of those tried that hold, with a mind that takes no time."""
    seconds, alone_s = effort.choose((60.0, 150.0), (25.0, 90.0))
    sounds = CallerVoice().spoken_all(QUESTIONS[:_SOUNDS])
    runs: list[Run] = []
    for number in effort.choose(_NUMBERS, _QUICK_NUMBERS):
        with scripted_server(_ANSWER) as server:
            runs.append(_run(server, sounds, number, seconds if number > 1 else alone_s))
    single_ms = runs[0].p95_ms
    return Report(
        [
            Figure(
                f"conversations at once within {_SLOWER:g} times a single one's p95",
                max((run.number for run in runs if run.holds(single_ms)), default=0),
                "",
                Bar(16, 32, at_least=True),
                f"single p95 {shown(single_ms, 'ms')}",
            )
        ],
        [
            f"conversations: {seconds:g} s for each number and {alone_s:g} s for one, all "
            f"starting within the first {RAMP_S:g} s, the callers in processes of their own on the "
            "same machine",
            *(run.note(single_ms) for run in runs),
        ],
    )


def _run(server: Server, sounds: Sequence[Floats], number: int, seconds: float) -> Run:
    own, everybody = cpu_seconds(server.process_id), family_cpu_seconds(server.process_id)
    load = converse(server, sounds, number, seconds)
    own = cpu_seconds(server.process_id) - own
    everybody = family_cpu_seconds(server.process_id) - everybody
    return Run(number, load, own / seconds, everybody / seconds)


def _steps(waterfalls: Sequence[Mapping[str, float]]) -> str:
    times = {step: [one[step] for one in waterfalls if step in one] for step in STEPS}
    return ", ".join(
        f"{step.replace('_', ' ')} {percentile(found, 50):.0f} and {percentile(found, 95):.0f}"
        for step, found in times.items()
        if found
    )
