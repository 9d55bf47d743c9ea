"""Utterances over a network that cuts, and what arrives of them."""

from __future__ import annotations

import hashlib
import random
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

from bench.sentences import TURN_SENTENCES
from vivavoce import AsyncRealtimeTTS, SpeechChunk
from vivavoce.testing.bad_network import BadNetwork, Kind, Misfortune, Plan, random_plan

SEED: Final = 14
PCM: Final = "pcm_24000"
PCM_BYTES_PER_S: Final = 48_000

_SENTENCES: Final = 2
_CUT: Final = Misfortune(Kind.CUT)


def utterances(count: int, seed: int = SEED) -> list[list[str]]:
    """Sentences, each of which is flushed by itself."""
    dice = random.Random(seed)
    return [[f"{one} " for one in dice.sample(TURN_SENTENCES, _SENTENCES)] for _ in range(count)]


@dataclass
class Utterance:
    """What has come of one: chunks, and when each did (`time.monotonic()`)."""

    chunks: list[SpeechChunk] = field(default_factory=list)
    came_at: list[float] = field(default_factory=list)

    @property
    def digest(self) -> str:
        """Of all its bytes and of the times of all its characters, chunk by chunk."""
        digest = hashlib.sha256()
        for chunk in self.chunks:
            digest.update(chunk.audio)
            alignment = chunk.alignment
            for char, start, length in zip(
                alignment.chars, alignment.starts_ms, alignment.durations_ms, strict=True
            ):
                digest.update(f"{char}{round(start)},{round(length)};".encode())
        return digest.hexdigest()


async def spoken(tts: AsyncRealtimeTTS, sentences: Sequence[str]) -> Utterance:
    """Says them over a connection, and hears all there is."""
    heard = Utterance()
    context = tts.context()
    for sentence in sentences:
        await context.send_text(sentence, flush=True)
    await context.finish()
    async for chunk in context:
        heard.chunks.append(chunk)
        heard.came_at.append(time.monotonic())
    return heard


def cuts_within(total_bytes: int, cuts: int, seed: int) -> Plan:
    """A few more cuts than `cuts` while so many bytes come from the server.

    At random bytes, those of handshakes among them; and at random times, since a cut may also meet
    what is on its way to the server.
    """
    return random_plan(
        seed,
        [Kind.CUT],
        every_bytes=(1, max(2, round(1.9 * total_bytes / cuts))),
        every_s=(0.2, 1.0),
    )


def cut_count(network: BadNetwork) -> int:
    """How often a cut has met a connection."""
    return sum(1 for one in network.happened if one.misfortune.kind is Kind.CUT and one.connections)


@asynccontextmanager
async def network_to(port: int, plan: Plan | None = None) -> AsyncIterator[BadNetwork]:
    """A bad network before a server of this machine."""
    async with BadNetwork("127.0.0.1", port, plan=plan) as network:
        yield network
