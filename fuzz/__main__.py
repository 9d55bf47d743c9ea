"""`python -m fuzz [--cases N] [--seed N]`: exits 1 when anything was not as it should be."""

from __future__ import annotations

import random
import time
import traceback
from collections.abc import Callable
from functools import partial
from typing import Annotated, NamedTuple

import typer
from rich.console import Console
from rich.table import Table

from fuzz.chat_servers import fuzz_chat_servers
from fuzz.rest import fuzz_rest
from fuzz.running import FuzzedServer, fuzzed_server
from fuzz.runs import (
    fuzz_bodies,
    fuzz_convai,
    fuzz_conversations,
    fuzz_conversations_in_memory,
    fuzz_patterns,
    fuzz_signatures,
    fuzz_sockets,
    fuzz_sockets_in_memory,
    fuzz_survivors_in_memory,
    fuzz_talks,
    fuzz_talks_in_memory,
    fuzz_uploads,
)

_CASES = 10_000
_SEEDS = 1 << 32

# Measured: with an example of each operation for every 150 cases, besides all its limits, which it
# always tries out, schemathesis makes half of 10,000.
_CASES_AN_EXAMPLE = 150

# Of all cases; what is played in memory, the fastest of all, has the rest, but no less than this.
_SHARE = 15

_ON_SERVERS = {
    "bodies": fuzz_bodies,
    "files of sound": fuzz_uploads,
    "sockets that speak": fuzz_sockets,
    "sockets that listen": fuzz_talks,
    "agents and conversations": fuzz_convai,
    "sockets that converse": fuzz_conversations,
}
_IN_MEMORY = {
    "speaking in memory": fuzz_sockets_in_memory,
    "speaking over lost sockets": fuzz_survivors_in_memory,
    "listening in memory": fuzz_talks_in_memory,
    "conversing in memory": fuzz_conversations_in_memory,
    "signatures": fuzz_signatures,
    "patterns of rules": fuzz_patterns,
}


class Outcome(NamedTuple):
    """What came of one part: how many cases, and why it failed if it did."""

    name: str
    cases: int
    seconds: float
    failure: str | None


def main(
    cases: Annotated[int, typer.Option(help="How many there are to be at the least.")] = _CASES,
    seed: Annotated[int | None, typer.Option(help="For the cases of another time.")] = None,
) -> None:
    """Throws odd requests at a server without a model, and looks at what it makes of them."""
    console = Console()
    seed_number = random.randrange(_SEEDS) if seed is None else seed
    console.print(f"seed {seed_number}")
    examples, share = 1 + cases // _CASES_AN_EXAMPLE, 1 + cases // _SHARE
    outcomes = [
        _on_server(
            "REST, by schemathesis", lambda s: fuzz_rest(s, examples=examples, seed=seed_number)
        ),
        *[
            _on_server(name, partial(fuzz, cases=share, seed_number=seed_number))
            for name, fuzz in _ON_SERVERS.items()
        ],
    ]
    rest = cases - sum(outcome.cases for outcome in outcomes)
    each = max(share, rest // len(_IN_MEMORY))
    outcomes += [
        _outcome(name, partial(fuzz, cases=each, seed_number=seed_number))
        for name, fuzz in _IN_MEMORY.items()
    ]
    outcomes.append(_outcome("chat servers", fuzz_chat_servers))
    for outcome in outcomes:
        if outcome.failure is not None:
            console.rule(outcome.name)
            console.print(outcome.failure, markup=False, highlight=False)
    console.print(_table(outcomes))
    raise typer.Exit(any(outcome.failure is not None for outcome in outcomes))


def _on_server(name: str, part: Callable[[FuzzedServer], int]) -> Outcome:
    def run() -> int:
        with fuzzed_server() as server:
            cases = part(server)
            server.check()
            return cases

    return _outcome(name, run)


def _outcome(name: str, run: Callable[[], int]) -> Outcome:
    began = time.monotonic()
    try:
        cases, failure = run(), None
    except Exception:
        cases, failure = 0, traceback.format_exc()
    return Outcome(name, cases, time.monotonic() - began, failure)


def _table(outcomes: list[Outcome]) -> Table:
    table = Table("part", "cases", "seconds", "outcome")
    for outcome in outcomes:
        word = "well" if outcome.failure is None else "failed"
        table.add_row(outcome.name, f"{outcome.cases:,}", f"{outcome.seconds:.0f}", word)
    table.add_section()
    table.add_row("all", f"{sum(one.cases for one in outcomes):,}")
    return table


if __name__ == "__main__":
    typer.run(main)
