from __future__ import annotations

import sys
from pathlib import Path

import pytest

from vivavoce.commands.failures import CommandFailed
from vivavoce.commands.loudspeaker import find_player, loudspeaker

SOUND = b"\1\2" * 40_000


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory with the only programs there are, on a machine with a sound server."""
    directory = tmp_path / "programs"
    directory.mkdir()
    monkeypatch.setenv("PATH", str(directory))
    monkeypatch.setenv("PULSE_SERVER", "somewhere")
    monkeypatch.setitem(sys.modules, "sounddevice", None)
    return directory


def install(directory: Path, name: str, script: str) -> None:
    program = directory / name
    program.write_text(f"#!/bin/sh\nPATH=/usr/bin:/bin\n{script}\n")
    program.chmod(0o755)


async def test_samples_reach_the_player_and_are_all_heard_before_the_end(
    programs: Path, tmp_path: Path
) -> None:
    heard = tmp_path / "heard"
    install(programs, "aplay", f"cat > {heard}")
    async with loudspeaker() as play:
        await play(SOUND[:1000])
        await play(SOUND[1000:])
    assert heard.read_bytes() == SOUND


async def test_a_player_that_wants_a_file_gets_one(programs: Path, tmp_path: Path) -> None:
    heard = tmp_path / "heard"
    install(programs, "afplay", f'cat "$1" > {heard}')
    async with loudspeaker() as play:
        await play(SOUND)
    assert heard.read_bytes().startswith(b"RIFF")
    assert heard.read_bytes().endswith(SOUND)


@pytest.mark.parametrize("script", ["cat > /dev/null; exit 1", "exit 1"])
async def test_a_player_that_fails_is_named_and_so_is_the_way_out(
    programs: Path, script: str
) -> None:
    install(programs, "aplay", script)

    async def play_all() -> None:
        async with loudspeaker() as play:
            for _ in range(20):
                await play(SOUND)

    with pytest.raises(CommandFailed, match=r"aplay cannot play here.*-o"):
        await play_all()


async def test_a_machine_with_nothing_to_play_on_names_the_way_out(programs: Path) -> None:
    with pytest.raises(CommandFailed, match=r"-o speech\.mp3"):
        await loudspeaker().__aenter__()


def test_the_players_of_a_sound_server_go_before_those_that_go_around_it(programs: Path) -> None:
    install(programs, "ffplay", "")
    install(programs, "aplay", "")
    assert find_player() == "aplay"
    install(programs, "paplay", "")
    assert find_player() == "paplay"


async def test_the_python_library_plays_where_it_is_installed(
    programs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Its stream, as far as it is used: what was played is in a file once the stream has stopped.
    (tmp_path / "sounddevice.py").write_text(
        f"""
from pathlib import Path
class PortAudioError(Exception): pass
def query_devices(): return [{{"max_output_channels": 2}}]
class RawOutputStream:
    def __init__(self, *, samplerate, channels, dtype):
        self.form = (samplerate, channels, dtype)
        self.played = b""
    def start(self): assert self.form == (24000, 1, "int16")
    def write(self, data): self.played += data
    def stop(self): Path({str(tmp_path / "heard")!r}).write_bytes(self.played)
    def close(self): pass
"""
    )
    monkeypatch.delitem(sys.modules, "sounddevice")
    monkeypatch.syspath_prepend(tmp_path)
    install(programs, "aplay", "exit 1")
    async with loudspeaker() as play:
        await play(SOUND)
    assert (tmp_path / "heard").read_bytes() == SOUND


@pytest.mark.parametrize(
    "library",
    [
        "raise OSError('PortAudio library not found')",
        "class PortAudioError(Exception): pass\ndef query_devices(): raise PortAudioError",
        "def query_devices(): return [{'max_output_channels': 0}]",
    ],
)
async def test_a_library_that_has_nothing_to_play_on_leaves_it_to_the_programs(
    programs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, library: str
) -> None:
    (tmp_path / "sounddevice.py").write_text(library)
    monkeypatch.delitem(sys.modules, "sounddevice")
    monkeypatch.syspath_prepend(tmp_path)
    assert find_player() is None
    install(programs, "aplay", "")
    assert find_player() == "aplay"
