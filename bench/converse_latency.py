"""How long a caller waits for an answer: from the last sound to the first."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import NamedTuple

import uvloop

from bench.converse_exchanges import Exchange, exchanges
from bench.converse_servers import STEPS, listening_agent, scripted_server, waterfalls
from bench.converse_sounds import CallerVoice
from bench.figures import Bar, Effort, Figure, Report, percentile, shown
from bench.paused_sentences import QUESTIONS
from bench.recogniser import Floats
from bench.server import Server, running_server
from vivavoce.testing import calling

ANSWER = "Yes, of course. I will look that up for you."
_SHOWN_TRACES = 3


class Asked(NamedTuple):
    """A call of questions: what came of them, the server's own waterfalls, and our lateness."""

    exchanges: list[Exchange]
    waterfalls: list[dict[str, float]]
    late_p99_ms: float

    @property
    def waits_ms(self) -> list[float]:
        """Of the answers that began after the questions."""
        waits = [one.waited_s for one in self.exchanges if not one.is_cut_short]
        return [wait * 1000 for wait in waits if wait is not None]


def measure(effort: Effort) -> Report:
    """Voice to voice, with the embedded mind and with a script."""
    questions = CallerVoice().spoken_all(QUESTIONS[: effort.choose(40, 8)])
    with running_server() as server:
        embedded = uvloop.run(ask(server, questions))
    with scripted_server(ANSWER) as server:
        scripted = uvloop.run(ask(server, questions))
    return Report(
        [
            *_figures("embedded mind", embedded, Bar(550, 430), Bar(700, 540)),
            *_figures("scripted mind", scripted, Bar(400, 320), None),
        ],
        [*_notes("embedded mind", embedded), *_notes("scripted mind", scripted)],
    )


async def ask(server: Server, questions: Sequence[Floats]) -> Asked:
    """All in one call, each after the answer to the one before it."""
    async with calling(server.conversation_url, listening_agent()) as caller:
        await caller.wait_until_agent_is_done(quiet_s=1.0)
        heard = await exchanges(caller, questions)
        conversation_id = caller.recording.conversation_id
        late_ms = percentile([1000 * late for late in caller.late_s], 99)
    return Asked(heard, await waterfalls(server, conversation_id), late_ms)


def _figures(mind: str, asked: Asked, p50: Bar, p95: Bar | None) -> list[Figure]:
    raw = ", ".join(
        f"{step.replace('_', ' ')} {statistics.median(times):.0f}"
        for step in STEPS
        if (times := [one[step] for one in asked.waterfalls if step in one])
    )
    name = f"voice to voice, {mind}"
    found = [Figure(f"{name}, p50", percentile(asked.waits_ms, 50), "ms", p50, raw)]
    if p95 is not None:
        found.append(Figure(f"{name}, p95", percentile(asked.waits_ms, 95), "ms", p95))
    return found


def _notes(mind: str, asked: Asked) -> list[str]:
    bad = [one for one in asked.exchanges if one.is_cut_short or one.waited_s is None]
    waits = asked.waits_ms or [0.0]
    return [
        f"voice to voice, {mind}: {len(asked.exchanges)} questions in voices that are not the "
        f"agent's, of them {sum(one.waited_s is None for one in bad)} unanswered and "
        f"{sum(one.is_cut_short for one in bad)} cut short, which do not count; p95 "
        f"{shown(percentile(waits, 95), 'ms')}, worst {shown(max(waits), 'ms')}, the first "
        f"{shown(waits[0], 'ms')}; the microphone was late by "
        f"{shown(asked.late_p99_ms, 'ms')} (p99)",
        *(f"{mind}: {'; '.join(one.trace)}" for one in bad[:_SHOWN_TRACES]),
    ]
