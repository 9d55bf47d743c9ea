from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

from vivavoce.commands.failures import CommandFailed
from vivavoce.commands.microphone import Microphone, find_microphone, list_microphones

BLOCK = b"\1\2" * 800
"""50 ms at 16 kHz."""


def no_loss() -> None:
    pytest.fail("nothing was lost")


async def first_blocks(microphone: Microphone, count: int) -> list[bytes]:
    async with microphone.opened(no_loss) as blocks:
        return [await anext(blocks) for _ in range(count)]


async def all_blocks(microphone: Microphone) -> list[bytes]:
    async with microphone.opened(no_loss) as blocks:
        return [block async for block in blocks]


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


@pytest.fixture
def library(programs: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A machine with the library, and a headset as its default microphone."""
    path = Path(__file__).with_name("stand_in_sounddevice.py")
    spec = importlib.util.spec_from_file_location("sounddevice", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setitem(sys.modules, "sounddevice", module)
    return module


async def test_the_library_records_from_the_default_device_and_lets_go_of_it(
    library: ModuleType,
) -> None:
    library.BLOCKS[:] = [BLOCK, BLOCK[::-1]]
    microphone = find_microphone(None)
    assert (microphone.name, microphone.sample_rate) == ("Headset", 16_000)
    assert await first_blocks(microphone, 2) == [BLOCK, BLOCK[::-1]]
    (stream,) = library.STREAMS
    assert stream.form == (16_000, 800, 1, "int16")
    assert not stream.is_open


async def test_a_device_is_let_go_of_on_a_failure_too(library: ModuleType) -> None:
    with pytest.raises(ZeroDivisionError):
        async with find_microphone(None).opened(no_loss):
            raise ZeroDivisionError
    assert not library.STREAMS[0].is_open


@pytest.mark.parametrize("device", ["1", "Webcam"])
async def test_another_device_is_named_by_number_or_by_name(
    library: ModuleType, device: str
) -> None:
    library.BLOCKS[:] = [BLOCK]
    microphone = find_microphone(device)
    assert microphone.name == "Webcam"
    await first_blocks(microphone, 1)
    assert library.STREAMS[0].device in (1, "Webcam")


def test_a_device_that_does_not_exist_is_misuse_and_the_message_one_line(
    library: ModuleType,
) -> None:
    with pytest.raises(CommandFailed) as refused:
        find_microphone("Nose")
    assert re.fullmatch(r"No input device matching 'Nose'; .*--list-devices.*", str(refused.value))
    assert refused.value.exit_code == 2


def test_a_device_that_has_not_the_rate_of_the_ears_records_at_one_of_its_own(
    library: ModuleType,
) -> None:
    library.RATES[:] = [44_100, 48_000]
    assert find_microphone(None).sample_rate == 48_000


def test_a_device_that_records_at_no_known_rate_is_named_with_what_it_says(
    library: ModuleType,
) -> None:
    library.RATES[:] = [96_000]
    with pytest.raises(CommandFailed, match=r"Headset cannot be recorded.*Invalid sample rate"):
        find_microphone(None)


async def test_a_device_that_vanishes_is_told_after_what_it_has_heard(library: ModuleType) -> None:
    library.BLOCKS[:] = [BLOCK]
    library.BREAKS[:] = [True]
    async with find_microphone(None).opened(no_loss) as blocks:
        assert await anext(blocks) == BLOCK
        with pytest.raises(CommandFailed, match="Headset records no more"):
            await anext(blocks)


async def test_a_loss_that_the_library_tells_of_is_passed_on_once(library: ModuleType) -> None:
    library.BLOCKS[:] = [BLOCK, BLOCK, BLOCK]
    library.OVERFLOWS[:] = [True]
    losses: list[str] = []
    async with find_microphone(None).opened(lambda: losses.append("lost")) as blocks:
        for _ in range(3):
            await anext(blocks)
    assert losses == ["lost"]


def test_microphones_are_listed_with_their_numbers_and_nothing_else_is(library: ModuleType) -> None:
    assert [line.split() for line in list_microphones()] == [["1", "Webcam"], ["2", "Headset"]]


async def test_a_program_records_where_there_is_no_library(programs: Path) -> None:
    install(programs, "arecord", 'echo "$@" >&2; head -c 1600 /dev/zero; exec sleep 60')
    microphone = find_microphone(None)
    assert (microphone.name, microphone.sample_rate) == ("arecord", 16_000)
    assert await first_blocks(microphone, 1) == [bytes(1600)]


async def test_a_program_is_told_the_device(programs: Path, tmp_path: Path) -> None:
    told = tmp_path / "told"
    install(programs, "arecord", f'echo "$@" > {told}; head -c 1600 /dev/zero; exec sleep 60')
    await first_blocks(find_microphone("hw:1"), 1)
    assert told.read_text().split()[-2:] == ["-D", "hw:1"]


async def test_a_program_that_fails_is_named_with_what_it_says(programs: Path) -> None:
    install(programs, "arecord", "echo 'no such device' >&2; exit 1")
    with pytest.raises(ExceptionGroup) as failed:
        await all_blocks(find_microphone(None))
    assert failed.group_contains(CommandFailed, match="arecord records no more: no such device")


def test_the_recorders_of_a_sound_server_go_before_those_that_go_around_it(programs: Path) -> None:
    install(programs, "ffmpeg", "")
    assert find_microphone(None).name == "ffmpeg"
    install(programs, "arecord", "")
    assert find_microphone(None).name == "arecord"
    install(programs, "parec", "")
    assert find_microphone(None).name == "parec"


def test_a_program_lists_its_devices(programs: Path) -> None:
    install(programs, "arecord", '[ "$1" = -L ] && printf "default\\nhw:1\\n"')
    assert list_microphones() == ["default", "hw:1"]


def test_a_machine_on_which_nothing_records_is_told_what_to_install(programs: Path) -> None:
    with pytest.raises(CommandFailed, match=r"apt install libportaudio2.*--file"):
        find_microphone(None)


def test_a_machine_without_a_microphone_is_told_so(
    library: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library, "_DEVICES", [])
    with pytest.raises(CommandFailed, match="there is no microphone here"):
        find_microphone(None)
