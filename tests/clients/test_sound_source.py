from __future__ import annotations

import asyncio
import threading
import wave
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.clients.fake_devices import FakeMicrophone
from vivavoce.clients.sound_source import SourceLike, as_source
from vivavoce.errors import AudioUnreadable, InvalidParameter

RATE = 100_000
"""High, so that the time that sound takes is short."""
SOUND = bytes(range(256)) * 128


async def blocks_of(source: SourceLike, rate: int = RATE) -> list[bytes]:
    async with as_source(source).opened(rate) as blocks:
        return [block async for block in blocks]


def in_pieces() -> Iterator[bytes]:
    for at in range(0, len(SOUND), 999):
        yield SOUND[at : at + 999]


async def awaited() -> AsyncIterator[bytes]:
    for piece in in_pieces():
        await asyncio.sleep(0)
        yield piece


def written(path: Path, rate: int, channels: int = 1) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(SOUND)
    return path


@pytest.mark.parametrize("source", [in_pieces, awaited])
async def test_pieces_of_any_size_become_blocks_of_whole_samples(source: object) -> None:
    assert callable(source)
    blocks = await blocks_of(source())
    assert b"".join(blocks) == SOUND
    assert {len(block) for block in blocks[:-1]} == {2 * RATE // 20}


@pytest.mark.parametrize("as_text", [True, False])
async def test_a_file_is_read(tmp_path: Path, as_text: bool) -> None:
    path = written(tmp_path / "a.wav", RATE)
    assert b"".join(await blocks_of(str(path) if as_text else path)) == SOUND


async def test_a_file_at_another_rate_is_refused_by_name(tmp_path: Path) -> None:
    path = written(tmp_path / "a.wav", 8_000, channels=2)
    with pytest.raises(AudioUnreadable, match="2 channels of 16 bits at 8000 Hz") as caught:
        await blocks_of(path, 16_000)
    assert "16000 Hz" in str(caught.value)


@pytest.mark.parametrize("content", [None, b"", b"no sound"])
async def test_what_is_no_file_of_sound_is_refused(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "a.wav"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(AudioUnreadable, match=r"a\.wav"):
        await blocks_of(path)


async def test_sound_is_not_given_sooner_than_it_is_heard() -> None:
    clock = asyncio.get_running_loop().time
    began = clock()
    await blocks_of(iter([bytes(2 * 16_000 // 2)]), 16_000)  # half a second
    assert clock() - began > 0.2


async def test_an_iterable_that_blocks_does_not_block_the_event_loop() -> None:
    goes_on = threading.Event()

    def blocking() -> Iterator[bytes]:
        goes_on.wait(20)
        yield SOUND

    reading = asyncio.create_task(blocks_of(blocking()))
    await asyncio.sleep(0.01)
    goes_on.set()
    assert b"".join(await reading) == SOUND


def test_a_source_is_itself() -> None:
    microphone = FakeMicrophone()
    assert as_source(microphone) is microphone


@pytest.mark.parametrize("given", [b"sound", 5, None])
def test_what_gives_no_pieces_is_refused(given: object) -> None:
    with pytest.raises(InvalidParameter, match="source"):
        as_source(given)
