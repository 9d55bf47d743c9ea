"""What a worker that speaks does: one block at a time, for the listener who would run dry first."""

from __future__ import annotations

import time
from collections.abc import Iterator

from vivavoce.core.deadlines import DeadlineQueue
from vivavoce.engines.base import SpeechBlock, SpeechRequest, VoiceEngine
from vivavoce.engines.voices.catalog import DEFAULT_VOICE
from vivavoce.errors import TextNotSpeakable
from vivavoce.runtime import speech_messages as say
from vivavoce.runtime.worker import Step

_PACE_SENTENCE = "How fast this machine speaks is measured with a sentence of ordinary length."


class SpeechJob:
    """An utterance part-way through."""

    def __init__(self, command: say.Speak, blocks: Iterator[SpeechBlock]) -> None:
        self.command = command
        self.blocks = blocks
        self.made = 0
        self.heard_from: float | None = None
        self.heard_s = 0.0

    def deadline(self) -> float:
        """When its listener would run dry."""
        if self.heard_from is None:
            return self.command.dry_at
        return self.heard_from + self.heard_s


class SpeechWork:
    """`Work` of a voice."""

    def __init__(self, engine: VoiceEngine) -> None:
        self._engine = engine

    def warm_up(self) -> say.VoiceReady:
        """See `Work.warm_up`."""
        self._engine.warm_up()
        return say.VoiceReady(self._measure_pace(), self._engine.sample_rate)

    def _measure_pace(self) -> float:
        # The processor's time, not the clock's: the pace is the machine's, whoever else is on it.
        started = time.process_time()
        blocks = list(self._engine.speak(SpeechRequest(_PACE_SENTENCE, DEFAULT_VOICE)))
        speech_s = sum(block.samples for block in blocks) / self._engine.sample_rate
        return speech_s / max(time.process_time() - started, 1e-6)

    def obey(self, command: bytes, queue: DeadlineQueue[SpeechJob]) -> None:
        """See `Work.obey`."""
        said = say.command_decoder.decode(command)
        if isinstance(said, say.Cancel):
            queue.remove(said.job)
            return
        job = SpeechJob(said, iter(self._engine.speak(said.request)))
        queue.push(said.job, job, job.deadline())

    def advance(self, key: int, job: SpeechJob) -> Step:
        """See `Work.advance`: a step is a block."""
        started = time.process_time()
        try:
            block = next(job.blocks, None)
        except TextNotSpeakable as error:
            return Step(say.NotSpeakable(key, str(error)))
        if block is None:
            return Step(say.Done(key))
        work_s = time.process_time() - started
        job.made += 1
        is_new = job.made > job.command.known_blocks
        if job.heard_from is None:
            job.heard_from = job.command.dry_at
            if not job.command.known_blocks:  # else it has been heard since then already
                job.heard_from = max(job.heard_from, time.monotonic())
        job.heard_s += block.samples / self._engine.sample_rate
        return Step(say.Block(key, block, work_s) if is_new else None, job.deadline())
