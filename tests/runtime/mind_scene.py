"""What the tests of the mind on a worker process share."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.runtime.ears_scene import until
from vivavoce.engines.minds.base import Message, Prompt, Role, Seat, Words
from vivavoce.runtime.minds import EmbeddedMind


def mind_in(directory: Path, *, slots: int = 2, content: str = "a model") -> EmbeddedMind:
    model = directory / "model.gguf"
    model.write_text(content)
    return EmbeddedMind(str(model), slots=slots, loader="breakable_mind:load")


def saying(*texts: str) -> Prompt:
    return Prompt(tuple(Message(Role.USER, text) for text in texts))


async def answer(seat: Seat, text: str) -> str:
    """All words of the answer."""
    return "".join(
        [one.text async for one in seat.think(saying(text)) if isinstance(one, Words)]
    ).strip()


def asked(directory: Path) -> list[str]:
    """The calls of the model, in their order."""
    path = directory / "asked"
    return path.read_text().splitlines() if path.exists() else []


async def thinking(directory: Path, seat: Seat, text: str) -> asyncio.Task[str]:
    """The answer as a task, when the model has been asked."""
    task = asyncio.create_task(answer(seat, text))
    await until(lambda: any(line.endswith(text) for line in asked(directory)))
    return task


async def preparing(directory: Path, seat: Seat, text: str) -> asyncio.Task[None]:
    """The preparation as a task, when the model has been asked."""
    task = asyncio.create_task(seat.prepare(saying(text)))
    await until(lambda: any(line.endswith(text) for line in asked(directory)))
    return task
