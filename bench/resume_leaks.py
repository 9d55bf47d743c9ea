"""What a thousand connections leave behind in their client's process."""

from __future__ import annotations

import asyncio
import gc
import os
import threading
from collections.abc import Callable
from itertools import cycle, islice
from pathlib import Path
from typing import NamedTuple

from bench.converse_servers import scripted_server
from bench.figures import Bar, Effort, Figure, Report
from bench.machine import made_memory_kb
from vivavoce import AsyncRealtimeTTS, RealtimeTTS, Transcriber, VoiceConversation

_CYCLES = 1000
_QUICK_CYCLES = 200
_WARM = 200
_USED_EVERY = 5

_AGENT = {"agent": {"first_message": ""}}


class Held(NamedTuple):
    """By this process, at one moment."""

    threads: int
    handles: int
    sockets: int
    memory_kb: float


def measure(effort: Effort) -> Report:
    """Connects and closes each kind of client in turn; one in five is used, or cut off."""
    count = effort.choose(_CYCLES, _QUICK_CYCLES)
    with scripted_server("Yes.") as server:
        before, after, tasks = held_after(server.port, _WARM, count)
    name = f"{count} connections"
    grown_mb = (after.memory_kb - before.memory_kb) / 1024
    return Report(
        [
            Figure(f"{name}: threads left", after.threads - before.threads, "", Bar(0)),
            Figure(f"{name}: tasks left", tasks, "", Bar(0)),
            Figure(f"{name}: sockets left", after.sockets - before.sockets, "", Bar(0)),
            Figure(f"{name}: handles left", after.handles - before.handles, "", Bar(0)),
            Figure(f"{name}: memory grown", grown_mb, "MB", Bar(1.0)),
        ],
        [f"after {_WARM} others; {after.threads} threads and {after.handles} handles in all"],
    )


def held_after(port: int, warm: int, count: int) -> tuple[Held, Held, int]:
    """What is held after `warm` connections and after `count` more, and tasks left in a loop."""
    _connect(port, warm)
    before = _held()
    tasks = _connect(port, count)
    return before, _held(), tasks


def _connect(port: int, count: int) -> int:
    url = f"http://127.0.0.1:{port}"
    kinds: list[Callable[[str, bool], int]] = [_speech, _conversation, _transcriber, _in_a_loop]
    return sum(
        kind(url, number % _USED_EVERY == 0)
        for number, kind in enumerate(islice(cycle(kinds), count))
    )


def _speech(url: str, is_used: bool) -> int:
    with RealtimeTTS(url=url, output_format="pcm_24000") as tts:
        if is_used:
            tts.send_text("Hello.")
            tts.get_audio(timeout=30)
    return 0


def _conversation(url: str, is_used: bool) -> int:
    with VoiceConversation(agent_config=_AGENT, url=url, source=None, sink=None) as call:
        if is_used:
            call.send_text("Hello.")
    return 0


def _transcriber(url: str, is_used: bool) -> int:
    with Transcriber(url=url) as transcriber:
        if is_used:
            transcriber.send_audio(bytes(3200))
    return 0


def _in_a_loop(url: str, is_cut: bool) -> int:
    async def connect() -> int:
        others = asyncio.all_tasks()
        async with AsyncRealtimeTTS(url=url) as tts:
            if is_cut:
                await _said(tts)  # so that there is a session to come back to
                tts.connection.cut()
                await _said(tts)
        return len(asyncio.all_tasks() - others)

    return asyncio.run(connect())


async def _said(tts: AsyncRealtimeTTS) -> None:
    async for _ in tts.stream("Hello."):
        """Nobody listens."""


def _held() -> Held:
    gc.collect()
    handles = list(Path("/proc/self/fd").iterdir())
    targets = [os.readlink(one) for one in handles if one.is_symlink()]
    return Held(
        threading.active_count(),
        len(targets),
        sum(target.startswith("socket:") for target in targets),
        made_memory_kb(os.getpid()),
    )
