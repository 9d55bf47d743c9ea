"""The real model, in a worker process as a server has it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from vivavoce.engines.minds.base import Message, Prompt, Role, Seat, Thought, Usage, Words
from vivavoce.runtime.minds import EmbeddedMind


@pytest.fixture
async def mind() -> AsyncIterator[EmbeddedMind]:
    async with EmbeddedMind() as mind:
        yield mind


def asking(*texts: str, most: int | None = None) -> Prompt:
    system = Message(Role.SYSTEM, "You are Ava, a friendly voice assistant.")
    return Prompt((system, *(Message(Role.USER, text) for text in texts)), (), 0.0, most)


async def thoughts(seat: Seat, prompt: Prompt) -> list[Thought]:
    return [thought async for thought in seat.think(prompt)]


def text(thoughts: list[Thought]) -> str:
    return "".join(one.text for one in thoughts if isinstance(one, Words))


async def test_a_question_is_answered_in_a_sentence(mind: EmbeddedMind) -> None:
    async with mind.seat() as seat:
        answer = await thoughts(seat, asking("What is the capital of France?"))
    assert text(answer) == "The capital of France is Paris."
    assert len(answer) > 5
    usage = answer[-1]
    assert isinstance(usage, Usage)
    assert 100 < usage.tokens < 300


async def test_nobody_can_connect_to_the_worker(mind: EmbeddedMind) -> None:
    async with mind.seat() as seat:
        await seat.prepare(asking("Hello."))
        assert mind.process_id is not None
        named = listening(mind.process_id)
    assert len(named) == 1
    assert not named[0].parent.exists()


def listening(process: int) -> list[Path]:
    """Where the process has Unix sockets; fails if it has any of another kind."""
    links = [os.readlink(file) for file in Path(f"/proc/{process}/fd").iterdir()]
    inodes = {link[len("socket:[") : -1] for link in links if link.startswith("socket:[")}
    for kind in ("tcp", "tcp6", "udp", "udp6"):
        rows = Path(f"/proc/{process}/net/{kind}").read_text().splitlines()[1:]
        assert not inodes & {row.split()[9] for row in rows}
    rows = Path(f"/proc/{process}/net/unix").read_text().splitlines()[1:]
    return [Path(row.split()[7]) for row in rows if row.split()[6] in inodes and "/" in row]


async def test_an_answer_that_the_limit_cuts_does_not_end_within_a_sentence(
    mind: EmbeddedMind,
) -> None:
    async with mind.seat() as seat:
        answer = text(await thoughts(seat, asking("Tell me a long story.", most=24)))
    assert answer[-1] in ".!?"


async def test_an_answer_can_be_stopped_while_its_prompt_is_read_and_after(
    mind: EmbeddedMind,
) -> None:
    long = asking("The rain in Spain stays mainly in the plain. " * 60)
    async with mind.seat() as seat:
        await seat.prepare(asking("Hello."))
        early = asyncio.create_task(thoughts(seat, long))
        await asyncio.sleep(0)
        early.cancel()
        await asyncio.wait([early])
        late = seat.think(asking("What is the capital of Spain?"))
        assert isinstance(await anext(late), Words)
        await late.aclose()
        again = await thoughts(seat, asking("What is the capital of France?"))
    assert "Paris" in text(again)


async def test_a_talk_longer_than_the_context_is_answered_in_any_language(
    mind: EmbeddedMind,
) -> None:
    async with mind.seat() as seat:
        answer = await thoughts(
            seat, asking("\N{HIRAGANA LETTER RO}\N{KATAKANA LETTER ME}" * 2_000)
        )
    usage = answer[-1]
    assert isinstance(usage, Usage)
    assert usage.tokens <= 2_048


async def test_conversations_are_answered_side_by_side(mind: EmbeddedMind) -> None:
    async with mind.seat() as first, mind.seat() as second:
        answers = await asyncio.gather(
            thoughts(first, asking("What is the capital of France?")),
            thoughts(second, asking("What is the capital of Italy?")),
        )
    assert ["Paris" in text(answers[0]), "Rome" in text(answers[1])] == [True, True]
