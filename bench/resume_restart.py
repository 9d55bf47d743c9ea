"""What a listener hears of an utterance in which the server is killed and started again."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from typing import NamedTuple

import uvloop

from bench.figures import Bar, Effort, Figure, Report
from bench.resume_utterances import PCM, SEED
from bench.sentences import TURN_SENTENCES
from vivavoce import AsyncRealtimeTTS
from vivavoce.testing.server_process import ServerProcess

_RESTARTS = 20
_QUICK_RESTARTS = 4
_SENTENCES = 12
_CHUNKS = (1, 25)


class Told(NamedTuple):
    """What was to be said, what the alignment of the audio says was said, and how many characters
    of it in the fresh session that the client had to begin."""

    wanted: str
    heard: str
    fresh: int

    @property
    def is_said_once(self) -> bool:
        """Every letter in order, and none twice but the beginning of a word that was cut off."""
        wanted, heard = _squashed(self.wanted), _squashed(self.heard)
        again = len(heard) - len(wanted)
        if again == 0:
            return heard == wanted
        start = 0
        for word in self.wanted.split():
            if 0 < again < len(word) and heard == wanted[: start + again] + wanted[start:]:
                return True
            start += len(word)
        return False


def measure(effort: Effort) -> Report:
    """Kills it without a goodbye, at random chunks of long utterances."""
    count = effort.choose(_RESTARTS, _QUICK_RESTARTS)
    with ServerProcess() as server:
        told = uvloop.run(survived(server, count))
    name = f"{count} restarts of the server"
    return Report(
        [
            Figure(
                f"{name}: utterances with words missing or twice",
                sum(not one.is_said_once for one in told),
                "",
                Bar(0),
            ),
            Figure(
                f"{name}: after which a fresh session said the rest",
                sum(one.fresh > 0 for one in told),
                "",
                Bar(count, at_least=True),
            ),
        ],
        [
            "characters said by the server before the restart: "
            + ", ".join(f"{len(one.heard) - one.fresh} of {len(one.wanted)}" for one in told),
            "characters of a word that was cut through, and begun again: "
            f"{sum(len(_squashed(one.heard)) - len(_squashed(one.wanted)) for one in told)}",
        ],
    )


async def survived(server: ServerProcess, count: int, seed: int = SEED) -> list[Told]:
    """So many utterances, and in each a server that is killed and started again."""
    dice = random.Random(seed)
    told = []
    for _ in range(count):
        sentences = [f"{one} " for one in dice.sample(TURN_SENTENCES, _SENTENCES)]
        told.append(await _survive(server, sentences, dice.randint(*_CHUNKS)))
    return told


async def _survive(server: ServerProcess, sentences: Sequence[str], at_chunk: int) -> Told:
    heard: list[str] = []
    tts = AsyncRealtimeTTS(voice_id="Allegra", url=server.url, output_format=PCM, seed=SEED)
    async with asyncio.TaskGroup() as tasks, tts:
        context = tts.context()
        for sentence in sentences:
            await context.send_text(sentence, flush=True)
        await context.finish()
        chunks = 0
        before: str | None = None
        fresh = 0
        async for chunk in context:
            heard += chunk.alignment.chars
            if before is not None and tts.connection.session_id not in (before, None):
                fresh += len(chunk.alignment.chars)
            chunks += 1
            if chunks == at_chunk:
                before = tts.connection.session_id
                await asyncio.to_thread(server.kill)
                tasks.create_task(asyncio.to_thread(server.start))
    return Told("".join(sentences), "".join(heard), fresh)


def _squashed(text: str) -> str:
    return "".join(text.split())
