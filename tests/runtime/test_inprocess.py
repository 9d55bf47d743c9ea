"""The pool without processes."""

from __future__ import annotations

import pytest

from vivavoce.engines.base import SpeechBlock, SpeechRequest
from vivavoce.engines.voices.catalog import DEFAULT_VOICE
from vivavoce.engines.voices.fake import FakeVoice
from vivavoce.errors import EngineFailed, ServerBusy, TextNotSpeakable
from vivavoce.runtime.inprocess import InProcessPool


def request(text: str) -> SpeechRequest:
    return SpeechRequest(text, DEFAULT_VOICE)


async def blocks_of(pool: InProcessPool, text: str) -> list[SpeechBlock]:
    return [block async for block in pool.submit(request(text), dry_at=0.0)]


async def test_it_speaks_what_its_engine_speaks() -> None:
    text = "One two three four five six. "
    assert await blocks_of(InProcessPool(FakeVoice()), text) == list(
        FakeVoice().speak(request(text))
    )


async def test_a_cancelled_utterance_gives_no_more_blocks() -> None:
    pool = InProcessPool(FakeVoice(words_per_block=1))
    spoken = pool.submit(request("One two three. "), dry_at=0.0)
    heard = 0
    async for _ in spoken:
        heard += 1
        spoken.cancel()
        spoken.cancel()
    assert heard == 1
    assert pool.submitted[0].cancelled


async def test_cancelling_what_has_ended_changes_nothing() -> None:
    pool = InProcessPool(FakeVoice())
    spoken = pool.submit(request("One. "), dry_at=0.0)
    assert [block async for block in spoken]
    spoken.cancel()
    assert (pool.submitted[0].ended, pool.submitted[0].cancelled) == (True, False)


async def test_a_text_at_fault_and_a_broken_engine_are_told_apart() -> None:
    pool = InProcessPool(FakeVoice(fail_on="dynamite"))
    with pytest.raises(TextNotSpeakable):
        await blocks_of(pool, "你好")
    with pytest.raises(EngineFailed):
        await blocks_of(pool, "dynamite")
    assert all(one.ended for one in pool.submitted)


async def test_no_more_turns_than_its_capacity_are_admitted() -> None:
    async with InProcessPool(FakeVoice(), capacity=1) as pool:
        pool.enter_turn()
        with pytest.raises(ServerBusy):
            pool.enter_turn()
        pool.leave_turn()
        pool.enter_turn()
        assert pool.listeners == 1
