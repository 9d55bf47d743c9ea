from __future__ import annotations

import asyncio
import sys
import wave
from pathlib import Path

import pytest

from tests.commands import stand_in_sounddevice
from vivavoce.commands.failures import CommandFailed
from vivavoce.commands.live_loudspeaker import FileLoudspeaker, find_live_loudspeaker
from vivavoce.commands.sound_file import sound_file

RATE = 16_000


class Source:
    """Counts what is pulled; `enough` is set after 100 ms of it."""

    def __init__(self) -> None:
        self.samples = 0
        self.enough = asyncio.Event()

    def pull(self, count: int) -> bytes:
        """See `Pull`."""
        self.samples += count
        if self.samples >= RATE // 10:
            self.enough.set()
        return b"\1\2" * count


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory with the only programs there are, on a machine with a sound server."""
    directory = tmp_path / "programs"
    directory.mkdir()
    monkeypatch.setenv("PATH", str(directory))
    monkeypatch.setenv("PULSE_SERVER", "somewhere")
    monkeypatch.setitem(sys.modules, "sounddevice", None)
    return directory


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sounddevice", stand_in_sounddevice)
    stand_in_sounddevice.OUTPUTS.clear()


def install(directory: Path, name: str, script: str) -> None:
    program = directory / name
    program.write_text(f"#!/bin/sh\nPATH=/usr/bin:/bin\n{script}\n")
    program.chmod(0o755)


async def test_a_file_gets_what_would_be_heard(tmp_path: Path) -> None:
    path, source = tmp_path / "answer.wav", Source()
    async with FileLoudspeaker(sound_file(str(path), None)).opened(RATE, source.pull):
        await source.enough.wait()
        assert not path.exists()
    with wave.open(str(path)) as file:
        assert (file.getframerate(), file.getnchannels()) == (RATE, 1)
        assert file.readframes(file.getnframes()) == b"\1\2" * source.samples


async def test_a_file_of_another_kind_is_encoded(tmp_path: Path) -> None:
    path, source = tmp_path / "answer.mp3", Source()
    async with FileLoudspeaker(sound_file(str(path), None)).opened(RATE, source.pull):
        await source.enough.wait()
    assert path.read_bytes()[:1] == b"\xff"


async def test_a_program_gets_sound_as_it_is_heard(programs: Path, tmp_path: Path) -> None:
    heard, source = tmp_path / "heard", Source()
    install(programs, "aplay", f"cat > {heard}")
    async with find_live_loudspeaker().opened(RATE, source.pull):
        await source.enough.wait()
    assert heard.read_bytes() == b"\1\2" * source.samples


async def test_a_program_that_fails_is_named_and_so_is_the_way_out(programs: Path) -> None:
    install(programs, "aplay", "exit 1")
    with pytest.raises(ExceptionGroup) as raised:
        async with asyncio.timeout(30), find_live_loudspeaker().opened(RATE, Source().pull):
            await asyncio.Event().wait()
    assert raised.group_contains(CommandFailed, match=r"aplay cannot play here.*-o answer\.wav")


def test_a_machine_with_nothing_to_play_on_names_the_way_out(programs: Path) -> None:
    with pytest.raises(CommandFailed, match=r"-o answer\.wav"):
        find_live_loudspeaker()


async def test_the_python_library_pulls_what_it_plays(library: None) -> None:
    source = Source()
    async with find_live_loudspeaker().opened(RATE, source.pull):
        [stream] = stand_in_sounddevice.OUTPUTS
        assert stream.form == (RATE, 320, 1, "int16")
        assert stream.play(320) == b"\1\2" * 320
    assert not stream.is_open


async def test_a_device_that_vanishes_is_a_failure(library: None) -> None:
    async def play() -> None:
        async with asyncio.timeout(30), find_live_loudspeaker().opened(RATE, Source().pull):
            stand_in_sounddevice.OUTPUTS[0].close()
            await asyncio.Event().wait()

    with pytest.raises(ExceptionGroup) as raised:
        await play()
    assert raised.group_contains(CommandFailed, match="cannot play here")
