"""What the server hears where nobody speaks."""

from __future__ import annotations

import uvloop

from bench.figures import Bar, Effort, Figure, Report
from bench.listen_socket import Transcript, chunks, dictating
from bench.noises import Noise, standard_noises
from bench.server import Server, running_server

_CHUNK_S = 0.1
_LATE_COMMIT_EVERY = 4
"""Noises from one commit to the next where vad commits by itself."""
_WITHIN_S = 60.0
"""Sound is sent as fast as the server takes it, so a commit may have some to wait for."""
_STRATEGIES = {"manual": 1, "vad": _LATE_COMMIT_EVERY}
_SHOWN = 12


def measure(effort: Effort) -> Report:
    """Transcripts, partial or committed, with any text in them."""
    noises = standard_noises()[:: effort.choose(1, 4)]
    with running_server() as server:
        heard = {
            strategy: uvloop.run(_hear(server, noises, strategy, every))
            for strategy, every in _STRATEGIES.items()
        }
    minutes = sum(noise.seconds for noise in noises) / 60
    found = [
        f'noise: "{name}" was heard as "{one.text}" ({strategy}'
        f"{', committed' if one.committed else ''})"
        for strategy, transcripts in heard.items()
        for name, one in transcripts
    ]
    return Report(
        [
            Figure(
                f"transcripts in {minutes:.0f} minutes of noise, {strategy}",
                len(transcripts),
                "",
                Bar(0),
            )
            for strategy, transcripts in heard.items()
        ],
        [
            f"noise: {len(noises)} pieces, {minutes:.1f} minutes, on one connection each way, as "
            "fast as the server takes them; a commit after each piece, with vad after every "
            f"{_LATE_COMMIT_EVERY}th; partial transcripts count",
            *found[:_SHOWN],
        ],
    )


async def _hear(
    server: Server, noises: list[Noise], strategy: str, every: int
) -> list[tuple[str, Transcript]]:
    """All text that came, with what was being played."""
    found: list[tuple[str, Transcript]] = []
    async with dictating(server, commit_strategy=strategy) as scribe:
        for number, noise in enumerate(noises, 1):
            for chunk in chunks(noise.pcm, chunk_s=_CHUNK_S):
                await scribe.send(chunk)
            if number % every == 0 or number == len(noises):
                await scribe.committed_since(await scribe.commit(), _WITHIN_S)
            found += [(noise.name, one) for one in scribe.take() if one.text.strip()]
    return found
