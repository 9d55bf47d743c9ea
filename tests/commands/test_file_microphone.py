from __future__ import annotations

import time
import wave
from pathlib import Path

import pytest

from vivavoce.commands.file_microphone import FileMicrophone
from vivavoce.errors import AudioUnreadable


def no_loss() -> None:
    pytest.fail("nothing was lost")


async def test_a_file_comes_in_short_blocks_and_no_faster_than_it_sounds(tmp_path: Path) -> None:
    path = tmp_path / "sound.wav"
    pcm = bytes(range(256)) * 50
    with wave.open(str(path), "wb") as wav:
        wav.setparams((1, 2, 16_000, 0, "NONE", ""))
        wav.writeframes(pcm)
    microphone = FileMicrophone(str(path))
    assert microphone.sample_rate == 16_000
    async with microphone.opened(no_loss) as sound:
        began = time.monotonic()
        blocks = [block async for block in sound]
    assert time.monotonic() - began >= 0.4
    assert b"".join(blocks) == pcm
    assert {len(block) for block in blocks} == {1600}


async def test_a_file_without_sound_is_told_when_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("no sound")
    async with FileMicrophone(str(path)).opened(no_loss) as sound:
        with pytest.raises(AudioUnreadable):
            await anext(sound)
