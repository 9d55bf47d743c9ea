"""Ears on worker processes, fed one job at a time from one earliest-deadline queue."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import msgspec
import numpy as np

from vivavoce.core.deadlines import DeadlineQueue
from vivavoce.engines.base import Heard, HearingRequest
from vivavoce.runtime import ears_messages as say
from vivavoce.runtime.crew import Crew, Trade
from vivavoce.runtime.errand import Errand, Hearing, Judging
from vivavoce.runtime.line import WorkerLine

MOONSHINE = "vivavoce.engines.ears.moonshine:load"

_EARS = Trade("ears", "sound", say.event_decoder.decode)


class EarsWorkerPool(Crew[Errand]):
    """`EarsPool` on worker processes: `async with EarsWorkerPool(…) as pool`.

    Entering waits until every worker has heard a first sentence. A job takes 10 to 130 ms and is
    not divisible, so it stays here until a worker is free: bound to one earlier, it would wait
    behind others. A worker that dies is replaced, and its job is another's once.
    """

    def __init__(
        self, *, workers: int, cache_dir: Path, share: float = 0.87, loader: str = MOONSHINE
    ) -> None:
        """`share` of the measured pace is given out; `loader` names the ears (see `nursery`)."""
        super().__init__(_EARS, workers=workers, cache_dir=cache_dir, share=share, loader=loader)
        self.languages: tuple[str, ...] = ()
        self._waiting: DeadlineQueue[Errand] = DeadlineQueue()
        self._background: DeadlineQueue[Errand] = DeadlineQueue()

    @property
    def streams(self) -> int:
        """Callers admitted who have not left."""
        return self._admission.admitted

    def enter_stream(self) -> None:
        """See `EarsPool.enter_stream`."""
        self._admission.enter()

    def leave_stream(self) -> None:
        """See `EarsPool.leave_stream`."""
        self._admission.leave()

    async def hear(
        self, request: HearingRequest, *, due_at: float, background: bool = False
    ) -> Heard:
        """See `EarsPool.hear`."""
        hearing = Hearing(request, due_at, background=background)
        await self._run(self._number(), hearing)
        return hearing.answer.result()

    async def hear_in_time(self, request: HearingRequest, *, due_at: float) -> Heard | None:
        """See `EarsPool.hear_in_time`."""
        hearing = Hearing(request, due_at, in_time=True)
        number = self._number()
        late = asyncio.get_running_loop().call_later(
            due_at - time.monotonic(), self._give_up_waiting, number
        )
        try:
            await self._run(number, hearing)
        except TimeoutError:
            return None
        finally:
            late.cancel()
        return hearing.answer.result()

    async def judge(self, pcm: bytes, *, due_at: float) -> list[float]:
        """See `EarsPool.judge`."""
        judging = Judging(pcm, due_at)
        await self._run(self._number(), judging)
        return judging.answer.result()

    async def _run(self, number: int, errand: Errand) -> None:
        self._accept(number, errand)
        try:
            await errand.answer
        finally:
            self._take_back(number)

    def _assign(self, number: int, job: Errand) -> None:
        """Also what a dead worker leaves, when its caller may have gone and its time be past."""
        if _is_late(job):
            job.end(TimeoutError())
        elif not job.answer.done():
            queue = self._background if job.background else self._waiting
            queue.push(number, job, job.due_at)
            self._feed()

    def _feed(self) -> None:
        """Give what is most urgent to workers that have nothing to do."""
        ready = self._ready_lines()
        free = [line for line in ready if not line.jobs]
        while free:
            # Background work leaves one worker free, unless there is only one.
            may_be_background = len(free) > 1 or len(ready) == 1
            queue = self._next_queue() if may_be_background else self._waiting
            if not queue:
                return
            number, errand = queue.pop()
            if _is_late(errand):
                errand.end(TimeoutError())
            else:
                free.pop().hand(number, errand, errand.command(number))

    def _next_queue(self) -> DeadlineQueue[Errand]:
        queues = self._waiting, self._background
        return min(queues, key=DeadlineQueue.next_deadline)

    def _answer(self, line: WorkerLine[Errand], event: msgspec.Struct) -> None:
        if isinstance(event, say.EarsReady):
            self.languages = event.languages
        elif isinstance(event, say.Understood):
            errand = line.jobs.pop(event.job)
            if isinstance(errand, Hearing):
                self._note_pace(errand, event.work_s)
                errand.settle(event.heard)
        elif isinstance(event, say.Judged):
            errand = line.jobs.pop(event.job)
            if isinstance(errand, Judging):
                errand.settle(np.frombuffer(event.probabilities, "<f4").tolist())
        self._feed()

    def _note_pace(self, hearing: Hearing, work_s: float) -> None:
        # Speech is transcribed once. What is heard of it before makes way when work piles up.
        if not hearing.in_time:
            self._admission.worked(hearing.speech_s, work_s)

    def _give_up_waiting(self, number: int) -> None:
        if errand := self._waiting.remove(number):
            errand.end(TimeoutError())

    def _take_back(self, number: int) -> None:
        """Forget a job that waits; one that a worker has is finished for nobody."""
        self._waiting.remove(number)
        self._background.remove(number)

    def _take_waiting(self) -> list[Errand]:
        queues = self._waiting, self._background
        return [queue.pop()[1] for queue in queues for _ in range(len(queue))]

    def _bury(self, line: WorkerLine[Errand]) -> None:
        super()._bury(line)
        self._feed()  # with one worker left, work in the background may take it


def _is_late(errand: Errand) -> bool:
    return isinstance(errand, Hearing) and errand.in_time and errand.due_at <= time.monotonic()
