"""How soon the embedded language model begins to answer, and how fast it goes on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from statistics import median
from typing import NamedTuple

import uvloop

from bench.figures import Bar, Effort, Figure, Report, percentile, shown
from bench.machine import memory_kb
from bench.raw_mind import RawMind, raw_mind
from vivavoce.engines.minds.base import Message, Prompt, Role, Seat, Words
from vivavoce.engines.minds.smollm import CONTEXT, MOST_TOKENS, answerable, as_asked
from vivavoce.runtime.minds import EmbeddedMind

_TURNS = (
    ("I would like to come for dinner on Friday.", "With pleasure. How many of you will there be?"),
    ("Four of us, and one is a child of six.", "Thank you. There is a high table by the window."),
    ("Do you have dishes without any meat?", "There are three of them on the menu every day."),
    ("And is there a place for the car?", "Behind the house there is room for ten cars."),
)
_QUESTIONS = (
    "Can you tell me how long the kitchen is open?",
    "What would you recommend to somebody who is hungry?",
    "How do we find you if we come by train?",
    "What is the name of the man who cooks?",
    "May we bring our dog if he is small?",
)


class _Answer(NamedTuple):
    first_ms: float
    tokens_a_second: float


def measure(effort: Effort) -> Report:
    """From a prompt to the first text of its answer, and from each text to the next."""
    rounds = effort.choose(6, 2)
    with raw_mind() as raw:
        return uvloop.run(_measure(raw, rounds))


async def _measure(raw: RawMind, rounds: int) -> Report:
    async with _loaded() as (mind, loaded_s):
        cold, raw_cold = await _cold(mind, raw, rounds)
        warm, raw_warm = await _warm(mind, raw, rounds)
        after = await _after_a_stop(mind, rounds)
        pairs = await _in_pairs(mind, rounds)
        memory_mb = memory_kb(mind.process_id or 0) / 1000
    pace = median(one.tokens_a_second for one in warm)
    both = median(2 * one.tokens_a_second for one in pairs)
    firsts = [one.first_ms for one in warm]
    return Report(
        [
            Figure("first seat to a model that has read", loaded_s, "s", Bar(4, 1.5)),
            Figure("memory of its process", memory_mb, "MB", Bar(600, 450)),
            _first("nothing read before", cold, Bar(4_000, 2_000), raw_cold),
            _first(
                "the talk read before", firsts, Bar(200, 90), [one.first_ms for one in raw_warm]
            ),
            _first("right after an answer that was stopped", after, Bar(300, 120)),
            _first("two at once", [one.first_ms for one in pairs], Bar(300, 150)),
            Figure(
                "tokens a second",
                pace,
                "",
                Bar(30, 60, at_least=True),
                raw=shown(median(one.tokens_a_second for one in raw_warm), ""),
            ),
            Figure("tokens a second, two at once", both, "", Bar(35, 70, at_least=True)),
        ],
        [
            f"mind: a talk of about 500 tokens and a question of about 12, {len(warm)} answers of "
            f"at most {MOST_TOKENS} tokens; first text p95 {shown(percentile(firsts, 95), 'ms')}. "
            "The raw model runs in a process of its own, in turn with ours, at the default "
            "priority and with threads that wait in a busy loop",
        ],
    )


@asynccontextmanager
async def _loaded() -> AsyncIterator[tuple[EmbeddedMind, float]]:
    async with EmbeddedMind() as mind, mind.seat() as seat:
        began = time.perf_counter()
        await seat.prepare(Prompt(()))
        yield mind, time.perf_counter() - began


async def _cold(mind: EmbeddedMind, raw: RawMind, rounds: int) -> tuple[list[float], list[float]]:
    ours, theirs = [], []
    for number in range(rounds):
        prompt = _prompt(f"cold {number}", _QUESTIONS[0])
        async with mind.seat() as seat:
            ours.append((await _answer(seat, prompt)).first_ms)
        theirs.append((await _raw_answer(raw, prompt)).first_ms)
    return ours, theirs


async def _warm(
    mind: EmbeddedMind, raw: RawMind, rounds: int
) -> tuple[list[_Answer], list[_Answer]]:
    ours, theirs = [], []
    async with mind.seat() as seat:
        await seat.prepare(_prompt("warm"))
        await _raw_answer(raw, _prompt("warm"), 1)
        for _ in range(rounds):
            for question in _QUESTIONS:
                ours.append(await _answer(seat, _prompt("warm", question)))
                await seat.prepare(_prompt("warm"))
                theirs.append(await _raw_answer(raw, _prompt("warm", question)))
                await _raw_answer(raw, _prompt("warm"), 1)
    return ours, theirs


async def _after_a_stop(mind: EmbeddedMind, rounds: int) -> list[float]:
    waits = []
    async with mind.seat() as seat:
        await seat.prepare(_prompt("stopped"))
        for _ in range(rounds):
            for question in _QUESTIONS:
                answer = seat.think(_prompt("stopped", question))
                await anext(answer)
                await answer.aclose()
                waits.append((await _answer(seat, _prompt("stopped", question))).first_ms)
    return waits


async def _in_pairs(mind: EmbeddedMind, rounds: int) -> list[_Answer]:
    answers: list[_Answer] = []
    async with mind.seat() as first, mind.seat() as second:
        await asyncio.gather(first.prepare(_prompt("first")), second.prepare(_prompt("second")))
        for _ in range(rounds):
            for question in _QUESTIONS:
                answers += await asyncio.gather(
                    _answer(first, _prompt("first", question)),
                    _answer(second, _prompt("second", question)),
                )
    return answers


def _prompt(name: str, question: str = "") -> Prompt:
    """A talk that begins with `name`, so that nothing is known of it from another."""
    about = "The house has forty tables, a garden, and a bar that is open from six to midnight. "
    said = [Message(Role.SYSTEM, f"This is call {name}. You answer the telephone. {about * 8}")]
    for asked, answered in _TURNS:
        said += [Message(Role.USER, asked), Message(Role.ASSISTANT, answered)]
    return Prompt((*said, *([Message(Role.USER, question)] if question else [])))


async def _answer(seat: Seat, prompt: Prompt) -> _Answer:
    asked = time.perf_counter()
    times = [
        (time.perf_counter() - asked) * 1000
        async for thought in seat.think(prompt)
        if isinstance(thought, Words)
    ]
    return _figures(times)


async def _raw_answer(raw: RawMind, prompt: Prompt, most: int = MOST_TOKENS) -> _Answer:
    asked = as_asked(prompt, most_tokens=MOST_TOKENS, with_examples=True, room=CONTEXT)
    answer = await asyncio.to_thread(raw.answer, answerable(asked), most)
    return _figures(answer.times_ms)


def _figures(times_ms: list[float]) -> _Answer:
    """The pace is that of the first half of an answer, which comes a token at a time."""
    told = times_ms[: MOST_TOKENS // 2]
    if len(told) < 2:
        return _Answer(told[0] if told else 0.0, 0.0)
    return _Answer(told[0], (len(told) - 1) * 1000 / (told[-1] - told[0]))


def _first(when: str, waits_ms: list[float], bar: Bar, raw: list[float] | None = None) -> Figure:
    shown_raw = shown(median(raw), "ms") if raw else ""
    return Figure(f"first text, {when}, p50", median(waits_ms), "ms", bar, raw=shown_raw)
