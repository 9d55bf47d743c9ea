"""Voices on worker processes, each with an earliest-deadline queue of utterances."""

from __future__ import annotations

from pathlib import Path

import msgspec

from vivavoce.engines.base import SpeechRequest
from vivavoce.errors import TextNotSpeakable
from vivavoce.runtime import speech_messages as say
from vivavoce.runtime.crew import Crew, Trade
from vivavoce.runtime.line import WorkerLine
from vivavoce.runtime.spoken import PendingSpeech

HIBARI = "vivavoce.engines.voices.hibari:load"

_VOICE = Trade("voice", "text", say.event_decoder.decode)


class WorkerPool(Crew[PendingSpeech]):
    """`SpeechPool` on worker processes: `async with WorkerPool(…) as pool`.

    Entering waits until every worker has spoken a first sentence. A worker that dies is replaced,
    and what it had not finished is spoken again from where the listener is.
    """

    def __init__(
        self, *, workers: int, cache_dir: Path, share: float = 0.87, loader: str = HIBARI
    ) -> None:
        """`share` of the measured pace is given out; `loader` names the engine (see `nursery`)."""
        super().__init__(_VOICE, workers=workers, cache_dir=cache_dir, share=share, loader=loader)
        self.sample_rate = 0
        self._homeless: dict[int, PendingSpeech] = {}

    @property
    def listeners(self) -> int:
        """Turns admitted and not left."""
        return self._admission.admitted

    def enter_turn(self) -> None:
        """See `SpeechPool.enter_turn`."""
        self._admission.enter()

    def leave_turn(self) -> None:
        """See `SpeechPool.leave_turn`."""
        self._admission.leave()

    def submit(self, request: SpeechRequest, *, dry_at: float, keep: bool = True) -> PendingSpeech:
        """See `SpeechPool.submit`; there is no cache here, so `keep` makes no difference."""
        number = self._number()
        speech = PendingSpeech(request, dry_at, lambda _: self._cancel(number))
        self._accept(number, speech)
        return speech

    def _answer(self, line: WorkerLine[PendingSpeech], event: msgspec.Struct) -> None:
        if isinstance(event, say.VoiceReady):
            self.sample_rate = event.sample_rate
            waiting, self._homeless = self._homeless, {}
            for number, speech in waiting.items():
                self._assign(number, speech)
        elif isinstance(event, say.Block):
            self._admission.worked(event.block.samples / self.sample_rate, event.work_s)
            if job := line.jobs.get(event.job):
                job.add(event.block)
        elif isinstance(event, say.Done):
            _end(line, event.job, None)
        elif isinstance(event, say.NotSpeakable):
            _end(line, event.job, TextNotSpeakable(event.message))

    def _assign(self, number: int, job: PendingSpeech) -> None:
        ready = self._ready_lines()
        if ready:
            command = say.Speak(number, job.request, job.dry_at, job.received)
            min(ready, key=_load).hand(number, job, command)
        else:
            self._homeless[number] = job

    def _take_waiting(self) -> list[PendingSpeech]:
        waiting, self._homeless = self._homeless, {}
        return list(waiting.values())

    def _cancel(self, number: int) -> None:
        self._homeless.pop(number, None)
        for line in self._lines:
            if line.jobs.pop(number, None) is not None:
                line.send(say.Cancel(number))


def _load(line: WorkerLine[PendingSpeech]) -> tuple[int, int]:
    """Listeners who still wait for a first block, and characters still to speak."""
    starting = sum(job.received == 0 for job in line.jobs.values())
    return starting, sum(len(job.request.text) for job in line.jobs.values())


def _end(line: WorkerLine[PendingSpeech], number: int, error: TextNotSpeakable | None) -> None:
    if speech := line.jobs.pop(number, None):  # else cancelled meanwhile
        speech.end(error)
