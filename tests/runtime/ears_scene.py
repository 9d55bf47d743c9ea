"""What the tests of ears on worker processes share: fake ears told to wait and to break."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from tests.runtime.breakable_ears import VOCABULARY
from vivavoce.engines.base import Heard, HearingRequest
from vivavoce.engines.ears.fake import FakeEars
from vivavoce.runtime.ears import EarsWorkerPool

EARS = FakeEars(VOCABULARY)


def ears_in(directory: Path, *, workers: int) -> EarsWorkerPool:
    return EarsWorkerPool(workers=workers, cache_dir=directory, loader="breakable_ears:load")


def in_s(seconds: float) -> float:
    return time.monotonic() + seconds


def piece(text: str) -> HearingRequest:
    return HearingRequest(EARS.sound_of(text))


async def heard(
    pool: EarsWorkerPool, text: str, *, due_in_s: float = 0.0, background: bool = False
) -> str:
    due_at = in_s(due_in_s)
    return (await pool.hear(piece(text), due_at=due_at, background=background)).text


async def heard_in_time(pool: EarsWorkerPool, text: str, *, due_in_s: float) -> Heard | None:
    return await pool.hear_in_time(piece(text), due_at=in_s(due_in_s))


async def until(holds: Callable[[], bool]) -> None:
    for _ in range(2_000):
        if holds():
            return
        await asyncio.sleep(0.005)
    raise AssertionError("it has not happened in 10 s")


def begun(directory: Path, *texts: str) -> list[str]:
    """Those of `texts` whose hearing has begun, in that order."""
    lines = (directory / "begun").read_text().splitlines()
    return [line for line in lines if line in texts]


async def started(directory: Path, work: Awaitable[str], text: str) -> asyncio.Future[str]:
    """`work` as a task, when a worker has begun to hear `text`."""
    task = asyncio.ensure_future(work)
    await until(lambda: text in begun(directory, text))
    return task


async def let_tasks_run() -> None:
    for _ in range(3):
        await asyncio.sleep(0)


def busy_process(pool: EarsWorkerPool) -> int:
    (process,) = [line.process_id for line in pool._lines if line.jobs]
    return process


async def kill_busy_worker(pool: EarsWorkerPool) -> None:
    """Returns when the pool has noticed."""
    process = busy_process(pool)
    os.kill(process, signal.SIGKILL)
    await until(lambda: process not in pool.worker_processes())


async def until_whole_again(pool: EarsWorkerPool) -> None:
    await until(lambda: sum(line.ready for line in pool._lines) == 2)


async def until_gone(processes: list[int]) -> None:
    await until(lambda: not any(Path(f"/proc/{process}").exists() for process in processes))


async def text_of(hearing: Awaitable[Heard | None]) -> str:
    heard = await hearing
    return heard.text if heard else "nothing"
