"""Worker processes of one kind: hired from a nursery, watched, and replaced when they die."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Generic, NamedTuple, Protocol, Self, TypeVar

import msgspec
import structlog

from vivavoce.core.admission import Admission
from vivavoce.errors import EngineFailed
from vivavoce.runtime.line import WorkerLine
from vivavoce.runtime.messages import Failed, Ready, Working
from vivavoce.runtime.nursery_door import NurseryDoor

_log = structlog.get_logger(__name__)

_MOST_DEATHS = 2
"""A job that two workers died of is taken for the cause."""
_HUNG_AFTER_S = 20.0
"""No step takes longer than a second; a worker this silent with work to do will not come back."""
_RESPAWN_PAUSE_S = 0.5


class Trade(NamedTuple):
    """What the workers of a crew do, in words for the log and for callers.

    `decode` reads their events.
    """

    name: str
    matter: str
    decode: Callable[[bytes], msgspec.Struct]


class Job(Protocol):
    """What a crew must know of its work."""

    deaths: int
    """Workers that died while they worked on it."""

    def end(self, error: EngineFailed) -> None:
        """Nothing more will come of it."""


JobT = TypeVar("JobT", bound=Job)


class Crew(ABC, Generic[JobT]):
    """What pools of speech and of ears have in common: `async with` one.

    Entering waits until every worker has warmed up. A worker that dies is replaced, and another one
    gets what it had not finished.
    """

    def __init__(
        self,
        trade: Trade,
        *,
        workers: int,
        cache_dir: Path,
        share: float,
        loader: str,
    ) -> None:
        """`share` of the measured pace is given out; `loader` names the engine (see `nursery`)."""
        self._trade = trade
        self._size = workers
        self._admission = Admission(share=share)
        self._nursery = NurseryDoor(loader, cache_dir)
        self._lines: list[WorkerLine[JobT]] = []
        self._jobs = 0
        self._tasks = asyncio.TaskGroup()
        self._closing = False

    @property
    def capacity(self) -> float:
        """Measured seconds of speech a second, all workers together."""
        return self._admission.capacity

    def worker_processes(self) -> list[int]:
        """Process ids of the workers."""
        return [line.process_id for line in self._lines]

    async def __aenter__(self) -> Self:
        try:
            await self._nursery.open()
            first = [await self._hire() for _ in range(self._size)]
            for line in first:
                await line.readied.wait()
                if not line.ready:
                    name = self._trade.name
                    raise EngineFailed(f"the {name} worker died while it started; its log is above")
        except BaseException:
            for line in self._lines:
                line.hang_up()
            await self._nursery.close()
            raise
        await self._tasks.__aenter__()
        for line in first:
            self._tasks.create_task(self._keep(line))
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._closing = True
        unfinished = self._take_waiting()
        for line in list(self._lines):
            unfinished += line.jobs.values()
            line.hang_up()
        for job in unfinished:
            job.end(_shut_down())
        try:
            await self._tasks.__aexit__(None, None, None)
        finally:
            await self._nursery.close()

    @abstractmethod
    def _assign(self, number: int, job: JobT) -> None:
        """Give a job to a worker that is ready, or keep it until there is one."""

    @abstractmethod
    def _take_waiting(self) -> list[JobT]:
        """The jobs that no worker has, which are the caller's now."""

    @abstractmethod
    def _answer(self, line: WorkerLine[JobT], event: msgspec.Struct) -> None:
        """A worker said something that is of its trade."""

    def _number(self) -> int:
        """For one more job."""
        self._jobs += 1
        return self._jobs

    def _accept(self, number: int, job: JobT) -> None:
        if self._closing:
            job.end(_shut_down())
        else:
            self._assign(number, job)

    def _ready_lines(self) -> list[WorkerLine[JobT]]:
        return [line for line in self._lines if line.ready]

    def _heard(self, line: WorkerLine[JobT], event: msgspec.Struct) -> None:
        """A worker said something."""
        if isinstance(event, Ready):
            self._admission.worker_ready(event.pace)
            line.ready = True
            line.readied.set()
        if isinstance(event, Working):
            line.working_on = event.job
        elif isinstance(event, Failed):
            # The details are for the log, not the caller.
            _log.error(f"{self._trade.name} broke", reason=event.message)
            if job := line.jobs.pop(event.job, None):
                job.end(
                    EngineFailed(f"the {self._trade.name} broke over this {self._trade.matter}")
                )
        self._answer(line, event)

    async def _hire(self) -> WorkerLine[JobT]:
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        try:
            with theirs:
                process_id = await self._nursery.fork(theirs)
            _, line = await asyncio.get_running_loop().create_unix_connection(
                lambda: WorkerLine(process_id, self._trade.decode, self._heard), sock=ours
            )
        except BaseException:
            ours.close()
            raise
        self._lines.append(line)
        return line

    async def _keep(self, line: WorkerLine[JobT] | None) -> None:
        """Watch over one worker, and over those that take its place."""
        while True:
            if line is not None:
                await self._watch(line)
                self._bury(line)
            if self._closing:
                return
            line = await self._replacement()
            if self._closing and line is not None:
                line.hang_up()

    async def _replacement(self) -> WorkerLine[JobT] | None:
        """A worker that is ready, or None after a pause."""
        try:
            line = await self._hire()
            await line.readied.wait()
            if line.ready:
                return line
            self._bury(line)
        except (OSError, EngineFailed) as error:
            _log.error(f"no new {self._trade.name} worker yet", reason=str(error))
        await asyncio.sleep(_RESPAWN_PAUSE_S)
        return None

    async def _watch(self, line: WorkerLine[JobT]) -> None:
        while not line.closed.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(line.closed.wait(), _HUNG_AFTER_S / 4)
            if line.jobs and time.monotonic() - line.heard_at > _HUNG_AFTER_S:
                _log.error(f"{self._trade.name} worker hangs", process=line.process_id)
                with contextlib.suppress(ProcessLookupError):
                    os.kill(line.process_id, signal.SIGKILL)

    def _bury(self, line: WorkerLine[JobT]) -> None:
        self._lines.remove(line)
        if self._closing:
            return
        _log.error(
            f"{self._trade.name} worker died", process=line.process_id, unfinished=len(line.jobs)
        )
        if line.ready:
            self._admission.worker_gone()
        for number, job in line.jobs.items():
            job.deaths += number == line.working_on
            if job.deaths >= _MOST_DEATHS:
                job.end(
                    EngineFailed(
                        f"the {self._trade.name} broke twice over this {self._trade.matter}"
                    )
                )
            else:
                self._assign(number, job)


def _shut_down() -> EngineFailed:
    return EngineFailed("the server is shutting down")
