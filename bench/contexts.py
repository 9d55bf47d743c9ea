"""Many contexts on one socket: how soon a new one is heard, and what barge-ins leave behind."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator

import msgspec
import orjson
import uvloop
from websockets.asyncio.client import ClientConnection, connect

from bench.caller import MP3, PCM
from bench.figures import Bar, Effort, Figure, Report, percentile, shown
from bench.machine import memory_kb
from bench.sentences import TEN_WORDS, some
from bench.server import Server, running_server

_OTHERS = 9
_BARGE_INS = 100
_WARM = 2
_SETTLE_S = 2.0


class _Message(msgspec.Struct):
    context: str | None = msgspec.field(default=None, name="contextId")
    audio: str | None = None
    is_final: bool | None = msgspec.field(default=None, name="isFinal")
    error: str | None = None


_decoder = msgspec.json.Decoder(_Message)


class _Contexts:
    """One socket; counts what comes in each context, and when it came first."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self.first_at: dict[str, float] = {}
        self.ended: set[str] = set()
        self.after_final = 0
        self.errors = 0
        self._moved = asyncio.Event()

    async def listen(self) -> None:
        """Until the socket closes."""
        async for frame in self._socket:
            message = _decoder.decode(frame)
            name = message.context or ""
            self.errors += message.error is not None
            self.after_final += name in self.ended
            if message.audio:
                self.first_at.setdefault(name, time.perf_counter())
            if message.is_final:
                self.ended.add(name)
            self._moved.set()

    async def say(self, name: str, text: str) -> float:
        """Sends text for one context; the `time.perf_counter()` just before."""
        at = time.perf_counter()
        await self._socket.send(orjson.dumps({"text": text, "context_id": name}).decode())
        return at

    async def close(self, name: str) -> None:
        """No more text for this context."""
        message = {"context_id": name, "close_context": True}
        await self._socket.send(orjson.dumps(message).decode())

    async def heard(self, name: str) -> float:
        """When the first audio of a context came."""
        while name not in self.first_at:
            await self._next_move()
        return self.first_at[name]

    async def ending(self, name: str) -> None:
        """Waits for the final frame of a context."""
        while name not in self.ended:
            await self._next_move()

    async def _next_move(self) -> None:
        self._moved.clear()
        await self._moved.wait()


def measure(effort: Effort) -> Report:
    """First audio beside nine busy contexts, and a hundred barge-ins on one socket."""
    samples = effort.choose(200, 40)
    with running_server() as server:
        waits, stray = uvloop.run(_beside_others(server, samples))
        growth, left, broken = uvloop.run(_barge_ins(server, _WARM + effort.choose(5, 1)))
    return Report(
        [
            Figure(
                f"first audio of a context while {_OTHERS} others speak, p99",
                percentile(waits, 99),
                "ms",
                Bar(60),
            ),
            Figure("audio of a context after its final frame", stray, "frames", Bar(0)),
            Figure(f"{_BARGE_INS} barge-ins: contexts without an end", left, "", Bar(0)),
            Figure(f"{_BARGE_INS} barge-ins: errors", broken, "", Bar(0)),
            Figure(
                f"{_BARGE_INS} barge-ins: memory against the same before", growth, "x", Bar(1.05)
            ),
        ],
        [
            f"contexts: {samples} new ones of ten words on a socket whose {_OTHERS} other contexts "
            f"are given more text as soon as they have spoken what they had; p50 "
            f"{shown(percentile(waits, 50), 'ms')}. Memory is that of the server's own process "
            f"after the last of several rounds of barge-ins, against that after round {_WARM}"
        ],
    )


async def _beside_others(server: Server, samples: int) -> tuple[list[float], int]:
    waits = []
    async with _open(server, PCM) as contexts, asyncio.TaskGroup() as tasks:
        others = [tasks.create_task(_talk(contexts, f"other {n}")) for n in range(_OTHERS)]
        await asyncio.sleep(0.5)
        for number, sentence in enumerate(some(TEN_WORDS, samples, seed=5)):
            name = f"new {number}"
            asked = await contexts.say(name, sentence + " ")
            waits.append((await contexts.heard(name) - asked) * 1000)
            await contexts.close(name)
            await contexts.ending(name)
        for other in others:
            other.cancel()
    return waits, contexts.after_final


async def _talk(contexts: _Contexts, name: str) -> None:
    """One turn of ten sentences after the other."""
    for turn in range(1_000_000):
        text = " ".join(some(TEN_WORDS, 10, seed=turn))
        await contexts.say(f"{name} {turn}", text + " ")
        await contexts.close(f"{name} {turn}")
        await contexts.ending(f"{name} {turn}")


async def _barge_ins(server: Server, rounds: int) -> tuple[float, int, int]:
    """How memory grew in all rounds but the first, contexts that never ended, errors."""
    sizes = []
    async with _open(server, MP3) as contexts:
        for turn in range(rounds):
            for number in range(_BARGE_INS):
                name = f"{turn} {number}"
                await contexts.say(name, " ".join(some(TEN_WORDS, 3, seed=number)) + " ")
                await contexts.heard(name)
                await contexts.close(name)
            for number in range(_BARGE_INS):
                await contexts.ending(f"{turn} {number}")
            await asyncio.sleep(_SETTLE_S)
            sizes.append(memory_kb(server.process_id))
        left = rounds * _BARGE_INS - len(contexts.ended)
    return sizes[-1] / sizes[_WARM - 1], left, contexts.errors


@contextlib.asynccontextmanager
async def _open(server: Server, output_format: str) -> AsyncIterator[_Contexts]:
    async with connect(
        server.contexts_url(output_format), compression=None, max_size=None, ping_interval=None
    ) as socket:
        contexts = _Contexts(socket)
        listening = asyncio.create_task(contexts.listen())
        try:
            yield contexts
        finally:
            listening.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await listening
