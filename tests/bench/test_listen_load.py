"""Speakers under load: what they wait for ends up in the tally, whatever becomes of them."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Callable

import numpy as np
import pytest

from bench.listen_load import Line, Tally, speak
from bench.listen_socket import chunks
from bench.listen_sounds import Utterance, as_pcm
from bench.listen_streams import Run
from tests.bench.scripted_scribe import Answers, Message, answering, transcript

_SOUND = np.full(1600, 0.1, np.float32)
_LINE = Line(Utterance("two words", "two words", _SOUND, ()), chunks(as_pcm(_SOUND)))


async def _speak(answers: Answers, done: Callable[[Tally], bool], *, manual: bool = True) -> Tally:
    """The tally of one speaker who is stopped as soon as it is `done`."""
    tally = Tally()
    async with answering(answers) as server:
        speaking = asyncio.create_task(
            speak(server, [_LINE], tally, random.Random(1), manual=manual)
        )
        for _ in range(1000):
            await asyncio.sleep(0.02)
            if done(tally):
                break
        speaking.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await speaking
    return tally


def _each_chunk_and_commit(message: Message) -> list[Message]:
    return [transcript("committed" if message["commit"] else "partial", "two words")]


async def test_a_speaker_who_commits_waits_from_the_commit_on() -> None:
    tally = await _speak(_each_chunk_and_commit, lambda tally: len(tally.errors) > 0)
    assert tally.commit_ms[0] < 1000
    assert not tally.endpoint_ms
    assert tally.errors[0] == (0, 2)
    assert tally.partial_rates[0] > 0
    assert (tally.refused, tally.broken) == (0, 0)


async def test_a_speaker_who_leaves_it_to_the_server_waits_from_the_threshold_on() -> None:
    heard = 0

    def after_a_second(message: Message) -> list[Message]:
        nonlocal heard
        heard += 1
        return [transcript("committed", "too words")] if heard == 5 + 50 else []

    tally = await _speak(after_a_second, lambda tally: len(tally.errors) > 0, manual=False)
    assert tally.endpoint_ms[0] >= 490
    assert not tally.commit_ms
    assert tally.errors[0] == (1, 2)
    assert tally.partial_rates == [0]


async def test_a_speaker_who_is_refused_counts_and_tries_again() -> None:
    def refuse(message: Message) -> list[Message]:
        return [{"message_type": "resource_exhausted", "error": "full"}]

    tally = await _speak(refuse, lambda tally: tally.refused == 2)
    assert tally.broken == 0
    assert not tally.errors


async def test_a_lost_connection_counts() -> None:
    tally = await _speak(lambda message: None, lambda tally: tally.broken == 1)
    assert tally.refused == 0


async def test_who_is_stopped_between_two_sentences_waits_for_nothing() -> None:
    tally = await _speak(_each_chunk_and_commit, lambda tally: len(tally.errors) > 0)
    assert len(tally.commit_ms) == len(tally.errors)


async def test_who_is_stopped_while_waiting_has_waited_at_least_so_long() -> None:
    committed = False

    def never_commit(message: Message) -> list[Message]:
        nonlocal committed
        committed |= message["commit"] is True
        return []

    tally = await _speak(never_commit, lambda tally: committed)
    assert len(tally.commit_ms) == 1


def _run(**tally: object) -> Run:
    heard = Tally()
    heard.commit_ms, heard.endpoint_ms, heard.partial_rates = [80.0], [120.0], [1.9, 1.6]
    for name, value in tally.items():
        setattr(heard, name, value)
    return Run(16, heard, 0.2, 0.9, 0.1, 2.0)


def test_a_number_of_speakers_holds_when_all_are_answered_in_time() -> None:
    assert _run().holds
    assert _run().note().startswith("streams: 16 hold: commit p50 80 ms")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("commit_ms", [80.0, 251.0]),
        ("endpoint_ms", [120.0, 251.0]),
        ("partial_rates", [1.9, 1.4]),
        ("partial_rates", []),
        ("refused", 1),
        ("broken", 1),
    ],
)
def test_a_number_does_not_hold_when_anybody_waits_too_long(name: str, value: object) -> None:
    assert not _run(**{name: value}).holds
