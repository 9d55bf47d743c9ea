"""Who thinks next, and in which slot of the model."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

import msgspec
import structlog

from vivavoce.engines.minds.base import Message, Role
from vivavoce.engines.minds.smollm import CONTEXT, answerable, as_asked
from vivavoce.errors import MindFailed
from vivavoce.runtime import mind_messages as say
from vivavoce.runtime.line import WorkerLine
from vivavoce.runtime.messages import Failed
from vivavoce.runtime.mind_jobs import Job, Place, Reading, Slots, Thinking

_log = structlog.get_logger(__name__)

_MOST_DEATHS = 2
"""A prompt that two workers died of is taken for the cause."""
_LEAST_ROOM = CONTEXT // 8
"""A prompt that does not fit even so is not going to."""

Line = WorkerLine[Job]


class MindQueue:
    """Jobs on their way to a worker and at it.

    Prompts are answered in the order in which they come, each in a slot. One prompt at a time is
    read in advance, and only while none is to be answered: what has been read of it is kept.
    """

    def __init__(self, slots: int, *, with_examples: bool, wake: Callable[[], None]) -> None:
        """`wake` is called when a worker is wanted."""
        self._slots = Slots(slots)
        self._with_examples = with_examples
        self._wake = wake
        self._line: Line | None = None
        self._jobs = 0
        self._waiting: deque[Thinking] = deque()
        self._to_read: deque[Reading] = deque()
        self._answering: dict[int, tuple[Thinking, int]] = {}
        """By number: the job and its slot."""
        self._reading: tuple[int, Reading] | None = None
        self._closed: MindFailed | None = None

    def begin(self, job: Job) -> None:
        """Queue it. What was to be read in advance for the same place is superseded."""
        if self._closed is not None:
            job.end(self._closed)
            return
        for old in [one for one in self._readings() if one.place is job.place]:
            self.drop(old)
            old.end()
        if isinstance(job, Thinking):
            self._waiting.append(job)
        elif isinstance(job, Reading):
            self._to_read.append(job)
        self._wake()
        self._feed()

    def drop(self, job: Job) -> None:
        """Nobody waits for it any more, if it has not ended already."""
        if job in self._waiting:
            self._waiting = deque(one for one in self._waiting if one is not job)
        self._to_read = deque(one for one in self._to_read if one is not job)
        if self._reading is not None and self._reading[1] is job:
            self._stop(self._reading[0])
            self._reading = None
        for number, (answered, _) in list(self._answering.items()):
            if answered is job:
                self._stop(number)
                # The worker does the jobs of a slot one after the other, so this is free.
                self._no_longer_answering(number)
        self._feed()

    def leave(self, place: Place) -> None:
        """A conversation is over."""
        self._slots.leave(place)

    @property
    def is_idle(self) -> bool:
        """Nothing is to be done."""
        return not (self._waiting or self._answering or self._readings())

    def give_up(self, error: MindFailed) -> None:
        """What has been queued will not be done."""
        for job in [*self._waiting, *(job for job, _ in self._answering.values())]:
            job.end(error)
        for reading in self._readings():
            reading.end()
        self._waiting.clear()
        self._to_read.clear()
        self._answering.clear()
        self._reading = None

    def close(self, error: MindFailed) -> None:
        """Nor will anything that comes later."""
        self._closed = error
        self.give_up(error)

    def worker_gone(self, line: Line) -> None:
        """What it had not finished is another's, once."""
        if self._line is line:
            self._line = None
        unfinished = [job for job, _ in self._answering.values()]
        self._answering.clear()
        self._slots.all_idle()
        if self._reading is not None:
            self._reading[1].end()
            self._reading = None
        for job in reversed(unfinished):
            job.deaths += 1
            if job.deaths >= _MOST_DEATHS:
                job.end(MindFailed("the language model broke twice over this prompt"))
            else:
                self._waiting.appendleft(job)

    def heard(self, line: Line, event: msgspec.Struct) -> None:
        """A worker said something."""
        if isinstance(event, say.Loaded):
            line.ready = True
            line.readied.set()
            self._line = line
        elif isinstance(event, say.Said):
            if event.text and (answered := self._answering.get(event.job)):
                answered[0].say(event.text)
            return
        elif isinstance(event, say.Done | say.TooLong | Failed):
            line.jobs.pop(event.job, None)
            self._settle(event)
        self._feed()

    def _settle(self, event: say.Done | say.TooLong | Failed) -> None:
        job = self._finished(event.job)
        if job is None:
            return
        if isinstance(event, Failed):
            # The details are for the log, not the caller.
            _log.error("mind broke", reason=event.message)
            job.end(MindFailed("the language model broke over this prompt"))
        elif isinstance(event, say.TooLong):
            self._shorten(job, event.tokens)
        else:
            if isinstance(job, Thinking):
                job.tokens = event.tokens
            job.end()

    def _shorten(self, job: Job, tokens: int) -> None:
        """Other languages have more tokens than are estimated: again, with so much less."""
        job.room = int(job.room * (CONTEXT - job.most_tokens) / tokens * 0.9)
        if job.room < _LEAST_ROOM:
            job.end(MindFailed("the prompt is longer than the language model's context"))
        elif isinstance(job, Thinking):
            self._waiting.appendleft(job)
        elif isinstance(job, Reading):
            self._to_read.appendleft(job)

    def _finished(self, number: int) -> Job | None:
        """The job of that number, if anybody waits for it."""
        if self._reading is not None and self._reading[0] == number:
            reading = self._reading[1]
            self._reading = None
            return reading
        return self._no_longer_answering(number)

    def _no_longer_answering(self, number: int) -> Thinking | None:
        answered = self._answering.pop(number, None)
        if answered is None:
            return None
        self._slots.idle(answered[1])
        return answered[0]

    def _readings(self) -> list[Reading]:
        return [*self._to_read, *((self._reading[1],) if self._reading else ())]

    def _feed(self) -> None:
        if self._line is None:
            return
        if self._waiting and self._reading is not None:
            number, reading = self._reading
            self._stop(number)
            self._reading = None
            self._to_read.appendleft(reading)
        while self._waiting:
            slot = self._slots.find(self._waiting[0].place)
            if slot is None:
                return
            self._answer(self._line, self._waiting.popleft(), slot)
        if self._to_read and not self._answering and self._reading is None:
            reading = self._to_read.popleft()
            slot = self._slots.find(reading.place)
            if slot is not None:
                self._read(self._line, reading, slot)

    def _answer(self, line: Line, job: Thinking, slot: int) -> None:
        number = self._number()
        self._answering[number] = job, slot
        self._slots.answers(slot)
        messages = answerable(self._asked(job))
        if job.said:  # to a worker that has died; this one goes on from there
            messages.append(Message(Role.ASSISTANT, job.said))
        temperature = job.prompt.temperature
        command = say.Answer(number, slot, tuple(messages), job.most_tokens, temperature)
        line.hand(number, job, command)

    def _read(self, line: Line, job: Reading, slot: int) -> None:
        number = self._number()
        self._reading = number, job
        line.hand(number, job, say.Read(number, slot, tuple(self._asked(job))))

    def _asked(self, job: Job) -> list[Message]:
        return as_asked(
            job.prompt,
            most_tokens=job.most_tokens,
            with_examples=self._with_examples,
            room=job.room,
        )

    def _stop(self, number: int) -> None:
        if self._line is not None:
            self._line.send(say.Stop(number))

    def _number(self) -> int:
        self._jobs += 1
        return self._jobs
