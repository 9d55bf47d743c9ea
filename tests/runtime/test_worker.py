"""When a worker thinks its listeners run dry."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator

import pytest

from vivavoce.engines.base import SpeechRequest
from vivavoce.engines.voices.catalog import DEFAULT_VOICE
from vivavoce.engines.voices.fake import FakeVoice
from vivavoce.runtime import messages as say
from vivavoce.runtime.worker import Worker


@pytest.fixture
def worker() -> Iterator[Worker]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield Worker(FakeVoice(words_per_block=1), theirs)


def deadline_after_one_block(worker: Worker, *, dry_at: float, known_blocks: int) -> float:
    request = SpeechRequest("one two three", DEFAULT_VOICE)
    worker._obey(say.Speak(1, request, dry_at, known_blocks))
    key, job = worker._queue.pop()
    worker._make_block(key, job)
    return job.deadline()


ONE_BLOCK_S = len("one ") * 0.06


def test_a_listener_who_waits_runs_dry_when_the_first_block_has_been_heard_from_now(
    worker: Worker,
) -> None:
    now = time.monotonic()
    deadline = deadline_after_one_block(worker, dry_at=now - 3, known_blocks=0)
    assert deadline >= now + ONE_BLOCK_S


def test_a_listener_with_audio_left_runs_dry_when_both_have_been_heard(worker: Worker) -> None:
    dry_at = time.monotonic() + 60
    deadline = deadline_after_one_block(worker, dry_at=dry_at, known_blocks=0)
    assert deadline == pytest.approx(dry_at + ONE_BLOCK_S)


def test_what_a_dead_worker_delivered_counts_as_heard_since_it_was_due(worker: Worker) -> None:
    dry_at = time.monotonic() - 3
    deadline = deadline_after_one_block(worker, dry_at=dry_at, known_blocks=2)
    assert deadline == pytest.approx(dry_at + ONE_BLOCK_S)
