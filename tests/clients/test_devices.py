from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator

import numpy as np
import pytest

from tests.commands import stand_in_sounddevice as library
from vivavoce.clients.devices import DeviceFailed, Loudspeaker, Microphone

LOUD = np.full(16_000, 10_000, "<i2").tobytes()


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The library `sounddevice`, with devices of its own."""
    monkeypatch.setitem(sys.modules, "sounddevice", library)
    for kept in (library.BLOCKS, library.STREAMS, library.OUTPUTS):
        kept.clear()
    library.BREAKS[0] = False
    yield
    assert not any(one.is_open for one in (*library.STREAMS, *library.OUTPUTS))
    library.BREAKS[0] = False
    for kept in (library.BLOCKS, library.STREAMS, library.OUTPUTS):
        kept.clear()


@pytest.mark.usefixtures("stand_in")
async def test_a_microphone_gives_what_it_records() -> None:
    library.BLOCKS.extend([b"aa", b"bb"])
    async with Microphone(device="Headset").opened(8_000) as blocks:
        assert [await anext(blocks), await anext(blocks)] == [b"aa", b"bb"]
        assert library.STREAMS[0].form == (8_000, 400, 1, "int16")
        assert library.STREAMS[0].device == "Headset"


@pytest.mark.usefixtures("stand_in")
async def test_a_microphone_that_vanishes_is_a_failure() -> None:
    library.BREAKS[0] = True
    async with Microphone().opened(16_000) as blocks:
        with pytest.raises(DeviceFailed, match="records no more"):
            await anext(blocks)


@pytest.mark.usefixtures("stand_in")
async def test_speech_is_played_in_full_although_nobody_says_where_it_ends() -> None:
    async with Loudspeaker().opened(16_000) as playing:
        (device,) = library.OUTPUTS
        assert device.form == (16_000, 320, 1, "int16")
        assert device.play(320) == bytes(640)
        playing.play(LOUD[:1600])  # 50 ms: less than what is waited for
        heard = b"".join(device.play(320) for _ in range(20))
        assert not playing.is_waiting
        assert np.count_nonzero(np.frombuffer(heard, "<i2")) > 640


@pytest.mark.usefixtures("stand_in")
async def test_dropped_speech_falls_silent_within_a_block_and_what_follows_is_heard() -> None:
    async with Loudspeaker().opened(16_000) as playing:
        (device,) = library.OUTPUTS
        playing.play(LOUD)
        assert any(device.play(320))
        playing.drop()
        device.play(320)
        assert device.play(320) == bytes(640)
        playing.play(LOUD)
        assert any(device.play(320))


@pytest.mark.usefixtures("stand_in")
async def test_a_loudspeaker_that_vanishes_is_a_failure() -> None:
    async def play() -> None:
        async with Loudspeaker().opened(16_000):
            library.OUTPUTS[0].close()
            await asyncio.sleep(5)

    with pytest.raises(ExceptionGroup) as caught:
        await play()
    assert caught.group_contains(DeviceFailed, match="plays no more")


@pytest.mark.parametrize("missing", [Microphone(), Loudspeaker()])
async def test_without_the_library_it_is_said_what_to_install(
    missing: Microphone | Loudspeaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "sounddevice", None)
    with pytest.raises(DeviceFailed, match="pip install sounddevice"):
        async with missing.opened(16_000):
            pass


@pytest.mark.usefixtures("stand_in")
async def test_a_device_that_cannot_be_opened_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: object) -> None:
        raise library.PortAudioError("Invalid sample rate\nand more")

    monkeypatch.setattr(library, "RawInputStream", refuse)
    with pytest.raises(DeviceFailed, match=r"microphone cannot be used: Invalid sample rate$"):
        async with Microphone().opened(16_000):
            pass
