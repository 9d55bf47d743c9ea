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

import structlog

from vivavoce.core.admission import Admission
from vivavoce.engines.base import SpeechRequest
from vivavoce.errors import EngineFailed, TextNotSpeakable
from vivavoce.runtime import messages as say
from vivavoce.runtime.line import WorkerLine
from vivavoce.runtime.nursery_door import NurseryDoor
from vivavoce.runtime.spoken import PendingSpeech

HIBARI = "vivavoce.engines.voices.hibari:load"

_log = structlog.get_logger(__name__)

_MOST_DEATHS = 2
"""An utterance that two workers died of is taken for the cause."""
_HUNG_AFTER_S = 20.0
"""No block takes longer than 0.1 s; a worker this silent with work to do will not come back."""
_RESPAWN_PAUSE_S = 0.5


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
        self._lines: list[WorkerLine] = []
        self._homeless: dict[int, PendingSpeech] = {}
        self._jobs = 0
        self._tasks = asyncio.TaskGroup()
        self._closing = False

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
        try:
            await self._nursery.open()
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

    def submit(self, request: SpeechRequest, *, dry_at: float, keep: bool = True) -> PendingSpeech:
        """See `SpeechPool.submit`; there is no cache here, so `keep` makes no difference."""
        self._jobs += 1
        number = self._jobs
        speech = PendingSpeech(request, dry_at, lambda _: self._cancel(number))
        self._assign(number, speech)
        return speech

    def _heard(self, line: WorkerLine, event: say.Event) -> None:
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
        line = min(ready, key=WorkerLine.load)
        if not line.jobs:
            line.heard_at = time.monotonic()
        line.jobs[number] = speech
        line.send(say.Speak(number, speech.request, speech.dry_at, speech.received))

    def _cancel(self, number: int) -> None:
        self._homeless.pop(number, None)
        for line in self._lines:
            if line.jobs.pop(number, None) is not None:
                line.send(say.Cancel(number))

    async def _hire(self) -> WorkerLine:
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        try:
            with theirs:
                process_id = await self._nursery.fork(theirs)
            _, line = await asyncio.get_running_loop().create_unix_connection(
                lambda: WorkerLine(process_id, self._heard), sock=ours
            )
        except BaseException:
            ours.close()
            raise
        self._lines.append(line)
        return line

    async def _keep(self, line: WorkerLine | None) -> None:
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

    async def _replacement(self) -> WorkerLine | None:
        """A worker that is ready, or None after a pause."""
        try:
            line = await self._hire()
            await line.readied.wait()
            if line.ready:
                return line
            self._bury(line)
        except (OSError, EngineFailed) as error:
            _log.error("no new voice worker yet", reason=str(error))
        await asyncio.sleep(_RESPAWN_PAUSE_S)
        return None

    async def _watch(self, line: WorkerLine) -> None:
        while not line.closed.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(line.closed.wait(), _HUNG_AFTER_S / 4)
            if line.jobs and time.monotonic() - line.heard_at > _HUNG_AFTER_S:
                _log.error("voice worker hangs", process=line.process_id)
                with contextlib.suppress(ProcessLookupError):
                    os.kill(line.process_id, signal.SIGKILL)

    def _bury(self, line: WorkerLine) -> None:
        self._lines.remove(line)
        if self._closing:
            return
        _log.error("voice worker died", process=line.process_id, unfinished=len(line.jobs))
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
