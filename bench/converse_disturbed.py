"""Whether an agent speaks on over coughs, clicks and murmurs of assent."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from typing import NamedTuple

import uvloop

from bench.converse_exchanges import trace
from bench.converse_servers import listening_agent, scripted_server
from bench.converse_sounds import CALLERS, MURMURS, CallerVoice, clicks, cough
from bench.figures import Bar, Effort, Figure, Report, percentile, shown
from bench.recogniser import Floats
from bench.server import Server
from vivavoce.testing import SimulatedCaller, calling
from vivavoce.testing.events import Interruption
from vivavoce.testing.measures import gaps
from vivavoce.testing.waveform import Stretch

_ANSWER = (
    "The lighthouse stands on a narrow rock far out in the bay, and nobody has lived there for "
    "many years, but on some nights the lamp is still burning."
)
_QUESTION = "What do you know about the lighthouse?"
_AFTER_S = (1.0, 4.0)
_QUIET_S = 2.5
"""More than a disturbance may hold the agent."""
_WHOLE = 0.97
"""Of the undisturbed answer's audible seconds; where it was held, an edge may be lost."""
_CALLS = 2
_SHOWN_TRACES = 6


class Disturbed(NamedTuple):
    """An answer, and what was done to it; seconds."""

    name: str
    interrupted: bool
    audible_s: float
    longest_gap_s: float
    trace: tuple[str, ...]


def measure(effort: Effort) -> Report:
    """One disturbance in each answer, at a random moment, and answers without any to compare."""
    sounds = _disturbances(effort.choose(20, 8))
    question = CallerVoice().spoken(_QUESTION, CALLERS[0])
    with scripted_server(_ANSWER) as server:
        [whole] = uvloop.run(_disturb(server, question, [("nothing", None)], 0))
        heard = uvloop.run(_disturb_all(server, question, sounds))
    hurt = [one for one in heard if not _survives(one, whole)]
    survivors = [one for one in heard if _survives(one, whole)]
    longest = [1000 * one.longest_gap_s for one in survivors]
    return Report(
        [
            Figure(
                f"disturbances of {len(heard)} that an answer survives",
                len(survivors),
                "",
                Bar(0.9 * len(heard), len(heard), at_least=True),
            )
        ],
        [
            f"disturbances: longest gap within an answer p50 {shown(percentile(longest, 50), 'ms')}"
            f", worst {shown(max(longest, default=0), 'ms')}, undisturbed "
            f"{shown(1000 * whole.longest_gap_s, 'ms')}; not survived: "
            f"{', '.join(one.name for one in hurt) or 'none'}",
            *(f"{one.name}: {'; '.join(one.trace)}" for one in hurt[:_SHOWN_TRACES]),
        ],
    )


def _survives(one: Disturbed, whole: Disturbed) -> bool:
    return not one.interrupted and one.audible_s >= _WHOLE * whole.audible_s


def _disturbances(count: int) -> list[tuple[str, Floats | None]]:
    voice = CallerVoice()
    found: list[tuple[str, Floats | None]] = []
    for number in range(count):
        kind, index = number % 3, number // 3
        if kind == 0:
            found.append((f"cough {index}", cough(index)))
        elif kind == 1:
            found.append((f"clicks {index}", clicks(index)))
        else:
            text = MURMURS[index % len(MURMURS)]
            found.append((text, voice.spoken(text, CALLERS[index % len(CALLERS)])))
    return found


async def _disturb_all(
    server: Server, question: Floats, sounds: Sequence[tuple[str, Floats | None]]
) -> list[Disturbed]:
    calls = (_disturb(server, question, sounds[start::_CALLS], start) for start in range(_CALLS))
    return [one for call in await asyncio.gather(*calls) for one in call]


async def _disturb(
    server: Server, question: Floats, sounds: Sequence[tuple[str, Floats | None]], seed: int
) -> list[Disturbed]:
    dice = random.Random(seed)
    async with calling(server.conversation_url, listening_agent(seed)) as caller:
        return [await _answer(caller, question, *sound, dice) for sound in sounds]


async def _answer(
    caller: SimulatedCaller, question: Floats, name: str, sound: Floats | None, dice: random.Random
) -> Disturbed:
    said = await caller.say_out(question)
    answer = await caller.wait_until_agent_speaks(since=said.last_audible_at)
    await caller.until(answer.start + dice.uniform(*_AFTER_S))
    if sound is not None:
        await caller.say_out(sound)
    await caller.wait_until_agent_is_done(quiet_s=_QUIET_S)
    recording = caller.recording
    stretches = recording.agent_stretches(said.last_audible_at)
    return Disturbed(
        name,
        bool(recording.all_of(Interruption, said.last_audible_at)),
        sum(one.end - one.start for one in stretches),
        _longest_gap_s(stretches),
        trace(recording, said),
    )


def _longest_gap_s(stretches: Sequence[Stretch]) -> float:
    return max((gap.end - gap.start for gap in gaps(stretches)), default=0.0)
