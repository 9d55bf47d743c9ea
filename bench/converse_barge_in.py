"""How fast an agent falls silent when the caller begins to talk."""

from __future__ import annotations

import random
from typing import NamedTuple

import uvloop

from bench.converse_exchanges import trace
from bench.converse_servers import listening_agent, scripted_server
from bench.converse_sounds import CallerVoice
from bench.figures import Bar, Effort, Figure, Report, percentile, shown
from bench.recogniser import Floats
from bench.server import Server
from vivavoce.testing import BargeIn, SimulatedCaller, calling
from vivavoce.testing.events import Interruption

LONG_ANSWER = (
    "The lighthouse stands on a narrow rock far out in the bay, and nobody has lived there for "
    "many years. In winter the waves climb higher than its door, and in summer the birds build "
    "their nests on the stairs. The last keeper was a quiet man who wrote down the weather every "
    "morning and every evening. His books are kept in the town hall, where children come to read "
    "them when it rains."
)
_OBJECTIONS = (
    "No, that is not what I asked you.",
    "Wait, I have another question for you.",
    "Stop, please tell me about something else.",
    "Excuse me, I would like to know the price.",
    "Sorry, could you say that again more slowly?",
    "Hold on, my name is spelled differently.",
    "Actually, I would rather talk to a person.",
    "Thank you, that is all I wanted to know.",
)
_AFTER_S = (0.6, 5.0)
_SHOWN_TRACES = 3


class Stop(NamedTuple):
    """One barge-in: `stopped` is None where the agent was not speaking, which is our fault.

    `told_s` is from the caller's first audible sample to the interruption event, None without one;
    `spoke_again` whether the agent began another answer before the caller was done.
    """

    stopped: BargeIn | None
    told_s: float | None
    spoke_again: bool
    trace: tuple[str, ...]


def measure(effort: Effort) -> Report:
    """Barge-ins at random moments of a long answer, each of which brings the next one."""
    count = effort.choose(24, 8)
    objections = CallerVoice().spoken_all(_OBJECTIONS)
    with scripted_server(LONG_ANSWER) as server:
        stops = uvloop.run(_barge_in(server, objections, count))
    frames = [1000 * (one.stopped.last_frame_s or 0) for one in stops if one.stopped]
    audible = [1000 * one.stopped.last_audible_s for one in stops if one.stopped]
    told = [1000 * one.told_s for one in stops if one.told_s is not None]
    deaf = [one for one in stops if one.stopped and one.told_s is None]
    again = [one for one in stops if one.spoke_again]
    slow = sorted(stops, key=lambda one: one.stopped.last_frame_s or 0 if one.stopped else 0)
    name = "barge-in to the agent's last audio frame"
    return Report(
        [
            Figure(f"{name}, p50", percentile(frames, 50), "ms", Bar(200, 150)),
            Figure(f"{name}, p95", percentile(frames, 95), "ms", Bar(300, 220)),
        ],
        [
            f"barge-in: {len(frames)} times; the last audible sample of a client that drops its "
            f"buffer {_waits(audible)}, the interruption {_waits(told)}; {len(deaf)} without one, "
            f"and {len(again)} in which the agent spoke again before the caller was done",
            *(
                f"barge-in: {'; '.join(one.trace)}"
                for one in [*deaf, *again, *slow[-1:]][:_SHOWN_TRACES]
            ),
        ],
    )


async def _barge_in(server: Server, objections: list[Floats], count: int) -> list[Stop]:
    dice = random.Random(5)
    async with calling(server.conversation_url, listening_agent()) as caller:
        await caller.say_out(objections[0])
        return [
            await _interrupt(caller, objections[number % len(objections)], dice)
            for number in range(count)
        ]


async def _interrupt(caller: SimulatedCaller, objection: Floats, dice: random.Random) -> Stop:
    answer = await caller.wait_until_agent_speaks()
    await caller.until(answer.start + dice.uniform(*_AFTER_S))
    said = await caller.say_out(objection)
    await caller.until(said.last_audible_at + 0.15)
    recording, began = caller.recording, said.first_audible_at
    told = recording.all_of(Interruption, began)
    ids = {one.event_id for one in recording.loudspeaker.arrivals if one.at > began}
    return Stop(
        recording.barge_in(said),
        told[0][0] - began if told else None,
        bool(told) and max(ids, default=0) > told[0][1].event_id,
        trace(recording, said),
    )


def _waits(waits_ms: list[float]) -> str:
    return (
        f"p50 {shown(percentile(waits_ms, 50), 'ms')}, p95 {shown(percentile(waits_ms, 95), 'ms')}"
    )
