"""Answers: one prepared, one on stage, and what was heard of it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import pytest

from tests.sessions.conftest import LimitedCaller
from tests.sessions.converse.test_reply import Listener
from tests.sessions.converse.thinker import Step, Thinker, calls
from vivavoce.audio.formats import parse_output_format
from vivavoce.config import Settings
from vivavoce.engines.minds.base import Message, Prompt, Role, Seat
from vivavoce.engines.voices.fake import FakeVoice
from vivavoce.runtime.inprocess import InProcessPool
from vivavoce.sessions.converse.reply import Ready
from vivavoce.sessions.converse.reply_sound import SoundPiece
from vivavoce.sessions.converse.speaker import Speaker
from vivavoce.sessions.converse.stage import Stage
from vivavoce.sessions.manner import Manner
from vivavoce.sessions.opening import find_voice

IN_VIRTUAL_TIME = True

MANNER = Manner(voice=find_voice(None, Settings()))
STORY = "Once upon a time there was a very long story that went on."


def thinking(*steps: Step) -> Ready:
    return partial(_ready, Thinker(steps))


async def _ready(mind: Thinker) -> tuple[Seat, Prompt]:
    return mind, Prompt((Message(Role.USER, "Well?"),))


class Theatre:
    """A stage, its speaker and its listener."""

    def __init__(self, tasks: asyncio.TaskGroup, *, is_written: bool = False) -> None:
        self.sent: list[SoundPiece] = []
        self.listener = Listener(tool_s=100.0)
        self.pool = InProcessPool(FakeVoice())
        self.caller = LimitedCaller()
        self.stage: Stage
        self.speaker = Speaker(
            self._send,
            clock=time.monotonic,
            on_first=lambda now: None,
            on_heard=self._heard,
            on_sent=lambda *_: None,
        )
        self.stage = Stage(
            self.listener,
            self.speaker,
            start=tasks.create_task,
            pool=self.pool,
            caller=self.caller,
            output_format=parse_output_format("pcm_16000"),
            is_written=is_written,
            clock=time.monotonic,
        )

    def _heard(self) -> None:
        self.stage.is_heard = True

    async def _send(self, piece: SoundPiece) -> int:
        self.sent.append(piece)
        return len(self.sent)


@asynccontextmanager
async def a_theatre(*, is_written: bool = False) -> AsyncIterator[Theatre]:
    async with asyncio.timeout(1_000), asyncio.TaskGroup() as tasks:
        theatre = Theatre(tasks, is_written=is_written)
        running = tasks.create_task(theatre.speaker.run())
        yield theatre
        theatre.stage.close()
        running.cancel()
    assert theatre.pool.listeners == 0
    assert theatre.caller.turns == 1_000


async def test_what_is_prepared_is_spoken_and_not_heard() -> None:
    async with a_theatre() as theatre:
        theatre.stage.prepare(thinking("It is noon."), MANNER, 5)
        await asyncio.sleep(1)
        assert theatre.stage.prepared_id == 5
        assert theatre.stage.reply is None
        assert theatre.pool.submitted
        assert theatre.sent == []
        assert theatre.listener.kinds() == ["thought"]


async def test_it_is_what_is_given_when_an_answer_is_wanted() -> None:
    async with a_theatre() as theatre:
        theatre.stage.prepare(thinking("It is noon."), MANNER, 5)
        await asyncio.sleep(1)
        await theatre.stage.give(thinking("It is one."), MANNER, 5)
        assert theatre.stage.prepared_id is None
        await asyncio.sleep(3)
    assert ("round", "It is noon.") in theatre.listener.heard
    assert {piece.event_id for piece in theatre.sent} == {5}


async def test_forgotten_it_is_dropped_and_another_one_given() -> None:
    async with a_theatre() as theatre:
        theatre.stage.prepare(thinking("It is noon."), MANNER, 5)
        await asyncio.sleep(1)
        theatre.stage.forget()
        assert theatre.stage.prepared_id is None
        assert theatre.pool.listeners == 0
        await theatre.stage.give(thinking("It is one."), MANNER, 6)
        await asyncio.sleep(3)
    assert [text for kind, text in theatre.listener.heard if kind == "round"] == ["It is one."]
    assert {piece.event_id for piece in theatre.sent} == {6}


async def test_a_second_preparation_replaces_the_first() -> None:
    async with a_theatre() as theatre:
        theatre.stage.prepare(thinking(9.0, "It is noon."), MANNER, 5)
        theatre.stage.prepare(thinking("It is one."), MANNER, 6)
        await theatre.stage.give(thinking(), MANNER, 6)
        await asyncio.sleep(20)
    assert [text for kind, text in theatre.listener.heard if kind == "round"] == ["It is one."]


async def test_taken_off_the_stage_it_tells_what_was_said_and_what_was_heard() -> None:
    async with a_theatre() as theatre:
        await theatre.stage.recite(STORY, MANNER, 5)
        await asyncio.sleep(1.5)
        (one,) = theatre.stage.end()
        sent = len(theatre.sent)
        await asyncio.sleep(3)
        assert len(theatre.sent) == sent
    assert (one.event_id, one.text, one.is_told) == (5, STORY, True)
    assert one.heard
    assert STORY.startswith(one.heard)
    assert len(one.heard) == pytest.approx(1.5 / 0.06, abs=8)


async def test_heard_words_are_shared_out_over_the_rounds() -> None:
    async with a_theatre() as theatre:
        await theatre.stage.give(thinking("One moment.", calls("order")), MANNER, 5)
        await asyncio.sleep(5)
        reply = theatre.stage.reply
        assert reply is not None
        await reply.interject("It takes a while, you know.")
        await asyncio.sleep(0.9)
        first, second = theatre.stage.end()
    assert (first.text, first.heard, first.is_told) == ("One moment.", "One moment.", True)
    assert (second.event_id, second.is_told) == (11, False)
    assert second.text == "It takes a while, you know."
    assert second.text.startswith(second.heard)
    assert 0 < len(second.heard) < len(second.text)


async def test_of_a_written_answer_all_is_read() -> None:
    async with a_theatre(is_written=True) as theatre:
        await theatre.stage.give(thinking("One, ", "two, ", 9.0, "three."), MANNER, 5)
        await asyncio.sleep(1)
        (one,) = theatre.stage.end()
    assert (one.text, one.heard, one.is_told) == ("One, two,", "One, two,", False)


async def test_an_empty_stage_has_nothing_to_tell() -> None:
    async with a_theatre() as theatre:
        assert theatre.stage.end() == []
        assert theatre.stage.finish() is None


async def test_a_reply_leaves_the_stage_only_when_it_has_been_heard() -> None:
    async with a_theatre() as theatre:
        await theatre.stage.recite("Hello.", MANNER, 5)
        await asyncio.sleep(0.3)
        assert theatre.stage.finish() is None
        await asyncio.sleep(2)
        reply = theatre.stage.finish()
        assert reply is not None
        assert reply.text == "Hello."
        assert theatre.stage.reply is None


async def test_that_the_last_reply_was_heard_says_nothing_of_the_next() -> None:
    async with a_theatre() as theatre:
        await theatre.stage.recite("Hello.", MANNER, 5)
        await asyncio.sleep(2)
        theatre.stage.end()
        await theatre.stage.recite(STORY, MANNER, 6)
        assert theatre.stage.finish() is None
