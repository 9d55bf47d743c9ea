"""What a worker that hears does with its commands."""

from __future__ import annotations

import numpy as np
from msgspec import msgpack

from vivavoce.core.deadlines import DeadlineQueue
from vivavoce.engines.base import EARS_RATE, HearingRequest
from vivavoce.engines.ears.fake import FakeDetector, FakeEars
from vivavoce.runtime import ears_messages as say
from vivavoce.runtime.ears_work import EarsWork, babble

EARS = FakeEars()
PCM = EARS.sound_of("one two three")


def events_of(*commands: say.Command) -> list[say.Event]:
    work = EarsWork(EARS, FakeDetector())
    queue: DeadlineQueue[say.Command] = DeadlineQueue()
    for command in commands:
        work.obey(msgpack.encode(command), queue)
    steps = [work.advance(*queue.pop()) for _ in commands]
    assert all(step.again_at is None for step in steps)
    return [say.event_decoder.decode(msgpack.encode(step.event)) for step in steps]


def test_jobs_are_done_in_the_order_in_which_they_come() -> None:
    request = HearingRequest(PCM, word_times=True)
    heard, judged = events_of(say.Hear(7, request), say.Judge(4, PCM))
    assert isinstance(heard, say.Understood)
    assert (heard.job, heard.heard) == (7, EARS.hear(request))
    assert isinstance(judged, say.Judged)
    probabilities = np.frombuffer(judged.probabilities, "<f4")
    assert (judged.job, probabilities.tolist()) == (4, FakeDetector().judge(PCM).tolist())


def test_it_is_ready_when_it_has_warmed_up_and_measured_its_pace() -> None:
    ears = FakeEars(languages=("en", "de"))
    ready = EarsWork(ears, FakeDetector()).warm_up()
    assert (ears.warm_ups, ready.languages) == (1, ("en", "de"))
    assert ready.pace > 0
    assert sum(len(request.pcm) // 2 for request in ears.heard) == 4 * EARS_RATE


def test_babble_has_syllables_and_is_as_loud_as_speech() -> None:
    pcm = babble(2.0)
    samples = np.frombuffer(pcm, "<i2").astype(float)
    assert len(samples) == 2 * EARS_RATE
    syllables = samples.reshape(8, -1)
    edges, middles = syllables[:, :200], syllables[:, 1_800:2_200]
    assert np.abs(middles).max(axis=1).min() > 20 * np.abs(edges).max()
    assert 500 < samples.std() < 5_000
