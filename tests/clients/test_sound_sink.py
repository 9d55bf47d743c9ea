from __future__ import annotations

import threading

import pytest

from tests.clients.fake_devices import FakeLoudspeaker
from tests.clients.resuming_server import until
from vivavoce.clients.background import first_of
from vivavoce.clients.sound_sink import as_sink
from vivavoce.errors import InvalidParameter

SOUND = bytes(range(200)) * 16


async def test_a_function_gets_all_of_it_in_order_and_in_small_pieces() -> None:
    heard: list[bytes] = []
    async with as_sink(heard.append).opened(16_000) as playing:
        playing.play(SOUND)
        await until(lambda: not playing.is_waiting)
    assert b"".join(heard) == SOUND
    assert max(map(len, heard)) == 1280


async def test_a_coroutine_function_is_awaited() -> None:
    heard: list[bytes] = []

    async def hear(pcm: bytes) -> None:
        heard.append(pcm)

    async with as_sink(hear).opened(16_000) as playing:
        playing.play(SOUND)
        await until(lambda: not playing.is_waiting)
    assert b"".join(heard) == SOUND


async def test_what_a_function_that_blocks_was_not_given_can_be_taken_back() -> None:
    heard: list[bytes] = []
    goes_on = threading.Event()

    def hear(pcm: bytes) -> None:
        heard.append(pcm)
        goes_on.wait(20)

    async with as_sink(hear).opened(16_000) as playing:
        playing.play(SOUND)
        await until(lambda: len(heard) == 1)
        playing.drop()
        assert playing.is_waiting
        goes_on.set()
        await until(lambda: not playing.is_waiting)
        playing.play(b"next")
        await until(lambda: not playing.is_waiting)
    assert heard == [SOUND[:1280], b"next"]


async def test_what_a_function_raises_is_raised() -> None:
    def fail(pcm: bytes) -> None:
        raise OSError("the disk is full")

    async def play() -> None:
        async with as_sink(fail).opened(16_000) as playing:
            playing.play(SOUND)
            await until(lambda: False)

    with pytest.raises(ExceptionGroup) as caught:
        await play()
    assert str(first_of(caught.value)) == "the disk is full"


def test_a_sink_is_itself() -> None:
    loudspeaker = FakeLoudspeaker()
    assert as_sink(loudspeaker) is loudspeaker


def test_what_takes_no_sound_is_refused() -> None:
    with pytest.raises(InvalidParameter, match="sink"):
        as_sink(5)
