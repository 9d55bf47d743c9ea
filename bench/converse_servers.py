"""Servers to converse with, and what they tell of a conversation afterwards."""

from __future__ import annotations

import asyncio
import contextlib
import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import httpx
import msgspec

from bench.server import Server, running_server
from vivavoce.testing import CallOptions

STEPS: Final = ("endpoint", "transcript", "first_token", "first_clause", "first_audio")
"""Of an answer, as the server's own waterfall has them."""

_METRIC = "vivavoce_{}_after_speech"
_KEPT_WITHIN_S = 10.0
_POLL_S = 0.1


class Rule(msgspec.Struct, frozen=True):
    """What a scripted mind says when the caller's words match."""

    when: str
    say: str


class _Metric(msgspec.Struct):
    elapsed_time: float


class _Metrics(msgspec.Struct):
    metrics: dict[str, _Metric]


class _Turn(msgspec.Struct):
    role: str
    conversation_turn_metrics: _Metrics | None = None


class _Conversation(msgspec.Struct):
    status: str
    transcript: list[_Turn]


@contextlib.contextmanager
def scripted_server(
    otherwise: str, rules: Sequence[Rule] = (), settings: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """A server whose agents say `otherwise` where no rule matches. Raises as `running_server`."""
    with tempfile.TemporaryDirectory() as directory:
        script = Path(directory) / "script.json"
        said = {"otherwise": otherwise, "rules": [msgspec.structs.asdict(rule) for rule in rules]}
        script.write_text(json.dumps(said), encoding="utf-8")
        with running_server(settings={"mind_script": str(script), **(settings or {})}) as server:
            yield server


def listening_agent(seed: int = 0) -> CallOptions:
    """A caller whose agent waits to be spoken to, never speaks up by itself, and has no rules."""
    return CallOptions(
        overrides={
            "agent": {"first_message": "", "prompt": {"rules": []}},
            "turn": {"turn_timeout": -1},
            "conversation": {"max_duration_seconds": 7200},
        },
        seed=seed,
    )


async def waterfalls(server: Server, conversation_id: str) -> list[dict[str, float]]:
    """Of each spoken answer of a call that has ended, the milliseconds from the caller's last sound
    to each of its steps, as far as the server has them.

    Raises TimeoutError when the call is not kept, and httpx.HTTPError.
    """
    url = f"http://127.0.0.1:{server.port}/v1/convai/conversations/{conversation_id}"
    async with httpx.AsyncClient(trust_env=False) as client, asyncio.timeout(_KEPT_WITHIN_S):
        while True:
            answer = await client.get(url)
            if answer.status_code == 200:
                call = msgspec.json.decode(answer.content, type=_Conversation)
                if call.status in ("done", "failed"):
                    return _waterfalls(call)
            await asyncio.sleep(_POLL_S)


def _waterfalls(call: _Conversation) -> list[dict[str, float]]:
    found = []
    for turn in call.transcript:
        if turn.role == "agent" and turn.conversation_turn_metrics is not None:
            metrics = turn.conversation_turn_metrics.metrics
            named = {step: metrics.get(_METRIC.format(step)) for step in STEPS}
            found.append({s: 1000 * one.elapsed_time for s, one in named.items() if one})
    return found
