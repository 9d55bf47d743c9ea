"""Worker processes behind one door: who speaks what, and what happens when one dies."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import time
from pathlib import Path
from types import TracebackType
from typing import cast

import structlog

from vivavoce.core.admission import Admission
from vivavoce.engines.base import SpeechRequest
from vivavoce.errors import EngineFailed, TextNotSpeakable
from vivavoce.runtime import messages as say
from vivavoce.runtime.nursery_door import NurseryDoor
from vivavoce.runtime.spoken import PendingSpeech

HIBARI = "vivavoce.engines.voices.hibari:load"

_log = structlog.get_logger(__name__)

_MOST_DEATHS = 2
"""An utterance that two workers died of is taken for the cause."""
_HUNG_AFTER_S = 20.0
"""No block takes longer than 0.1 s; a worker this silent with work to do will not come back."""
_RESPAWN_PAUSE_S = 0.5


class _Line(asyncio.Protocol):
    """The socket to one worker process, and the utterances it has in hand."""

    def __init__(self, pool: WorkerPool, process_id: int) -> None:
        self._pool = pool
        self._received = bytearray()
        self._transport: asyncio.WriteTransport | None = None
        self.process_id = process_id
        self.jobs: dict[int, PendingSpeech] = {}
        self.working_on: int | None = None
        self.ready = False
        self.heard_at = time.monotonic()
        self.closed = asyncio.Event()
        self.readied = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.WriteTransport, transport)  # uvloop's is one, unregistered

    def data_received(self, data: bytes) -> None:
        self._received += data
        self.heard_at = time.monotonic()
        for body in say.take_frames(self._received):
            self._pool.heard(self, say.event_decoder.decode(body))

    def connection_lost(self, exc: Exception | None) -> None:
        self.closed.set()
        self.readied.set()

    def send(self, command: say.Command) -> None:
        """Commands are small and workers read them between blocks: never waits."""
        # What is sent to a worker that has just died is lost, and given to another when it is buried.
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(say.framed(command))

    def hang_up(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def load(self) -> tuple[int, int]:
        """Listeners who still wait for a first block, and characters still to speak."""
        starting = sum(job.received == 0 for job in self.jobs.values())
        return starting, sum(len(job.request.text) for job in self.jobs.values())


class WorkerPool:
    """`SpeechPool` on worker processes: `async with WorkerPool(…) as pool`.

    Entering waits until every worker has spoken a first sentence. A worker that dies is replaced,
    and what it had not finished is spoken again from where the listener is.
    """

    def __init__(
        self, *, workers: int, cache_dir: Path, share: float = 0.87, loader: str = HIBARI
    ) -> None:
        """`share` of the measured pace is given out; `loader` names the engine (see `nursery`)."""
        self.sample_rate = 0
        self._size = workers
        self._admission = Admission(share=share)
        self._nursery = NurseryDoor(loader, cache_dir)
        self._lines: list[_Line] = []
        self._homeless: dict[int, PendingSpeech] = {}
        self._jobs = 0
        self._tasks = asyncio.TaskGroup()
        self._closing = False

    @property
    def ready(self) -> bool:
        """Whether a worker can speak now."""
        return any(line.ready for line in self._lines)

    @property
    def capacity(self) -> float:
        """Measured seconds of speech a second, all workers together."""
        return self._admission.capacity

    @property
    def listeners(self) -> int:
        """Turns admitted and not left."""
        return self._admission.listeners

    def worker_processes(self) -> list[int]:
        """Process ids of the workers."""
        return [line.process_id for line in self._lines]

    async def __aenter__(self) -> WorkerPool:
        await self._nursery.open()
        try:
            first = [await self._hire() for _ in range(self._size)]
            for line in first:
                await line.readied.wait()
                if not line.ready:
                    raise EngineFailed("a voice worker died while it started; its log is above")
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
        for line in list(self._lines):
            for job in line.jobs.values():
                job.end(EngineFailed("the server is shutting down"))
            line.hang_up()
        try:
            await self._tasks.__aexit__(None, None, None)
        finally:
            await self._nursery.close()

    def enter_turn(self) -> None:
        """See `SpeechPool.enter_turn`."""
        self._admission.enter()

    def leave_turn(self) -> None:
        """See `SpeechPool.leave_turn`."""
        self._admission.leave()

    def submit(self, request: SpeechRequest, *, dry_at: float) -> PendingSpeech:
        """See `SpeechPool.submit`."""
        self._jobs += 1
        number = self._jobs
        speech = PendingSpeech(request, dry_at, lambda _: self._cancel(number))
        self._assign(number, speech)
        return speech

    def heard(self, line: _Line, event: say.Event) -> None:
        """A worker said something."""
        if isinstance(event, say.Ready):
            self.sample_rate = event.sample_rate
            self._admission.worker_ready(event.pace)
            line.ready = True
            line.readied.set()
            waiting, self._homeless = self._homeless, {}
            for number, speech in waiting.items():
                self._assign(number, speech)
        elif isinstance(event, say.Working):
            line.working_on = event.job
        elif isinstance(event, say.Block):
            self._admission.spoke(event.block.samples / self.sample_rate, event.work_s)
            if job := line.jobs.get(event.job):
                job.add(event.block)
        elif ended := line.jobs.pop(event.job, None):
            ended.end(_as_error(event) if isinstance(event, say.Failed) else None)

    def _assign(self, number: int, speech: PendingSpeech) -> None:
        ready = [line for line in self._lines if line.ready]
        if not ready:
            self._homeless[number] = speech
            return
        line = min(ready, key=_Line.load)
        if not line.jobs:
            line.heard_at = time.monotonic()
        line.jobs[number] = speech
        line.send(say.Speak(number, speech.request, speech.dry_at, speech.received))

    def _cancel(self, number: int) -> None:
        self._homeless.pop(number, None)
        for line in self._lines:
            if line.jobs.pop(number, None) is not None:
                line.send(say.Cancel(number))

    async def _hire(self) -> _Line:
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        try:
            with theirs:
                process_id = await self._nursery.fork(theirs)
        except BaseException:
            ours.close()
            raise
        _, line = await asyncio.get_running_loop().create_unix_connection(
            lambda: _Line(self, process_id), sock=ours
        )
        self._lines.append(line)
        return line

    async def _keep(self, line: _Line) -> None:
        """Watch over one worker, and over those that take its place."""
        while True:
            await self._watch(line)
            if self._closing:
                return
            _log.error("voice worker died", process=line.process_id, unfinished=len(line.jobs))
            self._bury(line)
            while True:
                try:
                    line = await self._hire()
                    break
                except (OSError, EngineFailed) as error:
                    _log.error("no new voice worker yet", reason=str(error))
                    await asyncio.sleep(_RESPAWN_PAUSE_S)
            if self._closing:
                line.hang_up()
                return
            await line.readied.wait()
            if not line.ready:
                await asyncio.sleep(_RESPAWN_PAUSE_S)

    async def _watch(self, line: _Line) -> None:
        while not line.closed.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(line.closed.wait(), _HUNG_AFTER_S / 4)
            if line.jobs and time.monotonic() - line.heard_at > _HUNG_AFTER_S:
                _log.error("voice worker hangs", process=line.process_id)
                with contextlib.suppress(ProcessLookupError):
                    os.kill(line.process_id, signal.SIGKILL)

    def _bury(self, line: _Line) -> None:
        self._lines.remove(line)
        if line.ready:
            self._admission.worker_gone()
        for number, speech in line.jobs.items():
            speech.deaths += number == line.working_on
            if speech.deaths >= _MOST_DEATHS:
                speech.end(EngineFailed("the voice broke twice over this text"))
            else:
                self._assign(number, speech)


def _as_error(event: say.Failed) -> TextNotSpeakable | EngineFailed:
    if event.not_speakable:
        return TextNotSpeakable(event.message)
    _log.error("voice broke", reason=event.message)  # the details are for the log, not the caller
    return EngineFailed("the voice broke over this text")
