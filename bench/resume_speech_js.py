"""The same of the TypeScript client, in a Node of its own."""

from __future__ import annotations

import asyncio
import json
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec
import uvloop

from bench.figures import Effort, Report
from bench.resume_speech import Passed, report
from bench.resume_utterances import PCM, SEED, cut_count, cuts_within, network_to, utterances
from bench.server import running_server
from vivavoce.testing.bad_network import Plan

_UTTERANCES = 100
_CUTS = 500
_QUICK_UTTERANCES = 20
_ENDS_WITHIN_S = 600.0

_CLIENT: Final = Path(__file__).parents[1] / "clients" / "js"
_PROGRAM: Final = Path(__file__).with_name("resume_speech.mjs")


class NodeFailed(Exception):
    """The client could not be built, or its program failed; the message has what it printed."""


class _Said(msgspec.Struct):
    digests: list[str]
    sessions: int


def measure(effort: Effort) -> Report:
    """As `resume_speech.measure`. Raises NodeFailed."""
    count = effort.choose(_UTTERANCES, _QUICK_UTTERANCES)
    cuts = _CUTS * count // _UTTERANCES
    entry = built_client()
    with running_server() as server:
        whole, cut = uvloop.run(compared(entry, server.port, utterances(count), cuts))
    return report(whole, cut, cuts, "TypeScript")


def built_client() -> Path:
    """The entry of the client as it is now. Raises NodeFailed."""
    built = subprocess.run(
        ["npm", "run", "build"], cwd=_CLIENT, capture_output=True, text=True, check=False
    )
    if built.returncode:
        raise NodeFailed(built.stdout + built.stderr)
    return _CLIENT / "dist" / "index.js"


async def compared(
    entry: Path, port: int, texts: Sequence[Sequence[str]], cuts: int, seed: int = SEED
) -> tuple[Passed, Passed]:
    """As `resume_speech.compared`."""
    whole = await passed(entry, port, texts)
    return whole, await passed(entry, port, texts, cuts_within(whole.heard_bytes, cuts, seed))


async def passed(
    entry: Path, port: int, texts: Sequence[Sequence[str]], plan: Plan | None = None
) -> Passed:
    """As `resume_speech.passed`. Raises NodeFailed."""
    began = time.monotonic()
    async with network_to(port, plan) as network:
        asked = {
            "url": network.url(scheme="http"),
            "voice": "Allegra",
            "format": PCM,
            "seed": SEED,
            "utterances": texts,
        }
        said = await _run(entry, json.dumps(asked).encode())
        return Passed(
            said.digests,
            sum(one.heard_bytes for one in network.connections),
            cut_count(network),
            len(network.connections),
            said.sessions - 1,
            time.monotonic() - began,
        )


async def _run(entry: Path, asked: bytes) -> _Said:
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        "node", str(_PROGRAM), str(entry), stdin=pipe, stdout=pipe, stderr=pipe
    )
    try:
        async with asyncio.timeout(_ENDS_WITHIN_S):
            printed, failures = await process.communicate(asked)
    except TimeoutError:
        process.kill()
        await process.wait()
        raise
    if process.returncode:
        raise NodeFailed(failures.decode("utf-8", "replace"))
    return msgspec.json.decode(printed, type=_Said)
