"""When a worker thinks its listeners run dry."""

from __future__ import annotations

import time

import pytest
from msgspec import msgpack

from vivavoce.core.deadlines import DeadlineQueue
from vivavoce.engines.base import SpeechRequest
from vivavoce.engines.voices.catalog import DEFAULT_VOICE
from vivavoce.engines.voices.fake import FakeVoice
from vivavoce.runtime import speech_messages as say
from vivavoce.runtime.speech_work import SpeechJob, SpeechWork


@pytest.fixture
def work() -> SpeechWork:
    return SpeechWork(FakeVoice(words_per_block=1))


def deadline_after_one_block(work: SpeechWork, *, dry_at: float, known_blocks: int) -> float | None:
    request = SpeechRequest("one two three", DEFAULT_VOICE)
    queue: DeadlineQueue[SpeechJob] = DeadlineQueue()
    work.obey(msgpack.encode(say.Speak(1, request, dry_at, known_blocks)), queue)
    assert queue.next_deadline() == dry_at
    return work.advance(*queue.pop()).again_at


ONE_BLOCK_S = len("one ") * 0.06


def test_a_listener_who_waits_runs_dry_when_the_first_block_has_been_heard_from_now(
    work: SpeechWork,
) -> None:
    now = time.monotonic()
    deadline = deadline_after_one_block(work, dry_at=now - 3, known_blocks=0)
    assert deadline is not None
    assert deadline >= now + ONE_BLOCK_S


def test_a_listener_with_audio_left_runs_dry_when_both_have_been_heard(work: SpeechWork) -> None:
    dry_at = time.monotonic() + 60
    deadline = deadline_after_one_block(work, dry_at=dry_at, known_blocks=0)
    assert deadline == pytest.approx(dry_at + ONE_BLOCK_S)


def test_what_a_dead_worker_delivered_counts_as_heard_since_it_was_due(work: SpeechWork) -> None:
    dry_at = time.monotonic() - 3
    deadline = deadline_after_one_block(work, dry_at=dry_at, known_blocks=2)
    assert deadline == pytest.approx(dry_at + ONE_BLOCK_S)
