"""The directory of utterances, on a real disk."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from vivavoce.engines.base import CharTimes, SpeechBlock
from vivavoce.runtime.cache_files import UtteranceFiles, _checksum

KEYS = [f"{number:064x}" for number in range(40)]
BLOCK_BYTES = 3_000
FILE_BYTES = 4_096
"""What the file of one such block takes on disk."""


def utterance(number: int) -> list[SpeechBlock]:
    times = CharTimes(f"word {number} ", list(range(len(f"word {number} "))))
    return [SpeechBlock(bytes([number]) * BLOCK_BYTES, times, times)]


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "speech"


@pytest.fixture
def files(directory: Path) -> Iterator[UtteranceFiles]:
    files = UtteranceFiles(directory, 1_000_000)
    assert files.open()
    yield files
    files.close()


def kept(directory: Path) -> set[str]:
    return {path.stem for path in directory.glob("*.speech")}


def on_disk(directory: Path) -> int:
    return sum(-(-path.stat().st_size // 4_096) * 4_096 for path in directory.iterdir())


def age(directory: Path, number: int, last_used: int) -> None:
    os.utime(directory / f"{KEYS[number]}.speech", ns=(last_used, last_used))


def test_what_is_kept_is_read_back_as_it_was(files: UtteranceFiles) -> None:
    blocks = [*utterance(1), *utterance(2)]
    assert files.keep(KEYS[0], blocks)
    assert files.read(KEYS[0]) == blocks
    assert files.read(KEYS[1]) is None


def test_what_is_kept_twice_is_there_once(files: UtteranceFiles, directory: Path) -> None:
    assert files.keep(KEYS[0], utterance(1))
    assert files.keep(KEYS[0], utterance(1))
    assert os.listdir(directory) == [f"{KEYS[0]}.speech"]


def test_another_life_finds_what_an_earlier_one_kept(directory: Path) -> None:
    for number in range(2):
        files = UtteranceFiles(directory, 1_000_000)
        assert files.keep(KEYS[number], utterance(number))
        files.close()
    assert files.read(KEYS[0]) == utterance(0)


def test_nobody_else_may_look_into_it(directory: Path) -> None:
    directory.mkdir(mode=0o755)
    files = UtteranceFiles(directory, 1_000_000)
    files.keep(KEYS[0], utterance(0))
    files.close()
    assert directory.stat().st_mode & 0o777 == 0o700
    assert (directory / f"{KEYS[0]}.speech").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("limit", [0, 1, FILE_BYTES, 3 * FILE_BYTES, 7 * FILE_BYTES + 100])
def test_the_limit_is_never_passed(directory: Path, limit: int) -> None:
    files = UtteranceFiles(directory, limit)
    for number in range(20):
        files.keep(KEYS[number], utterance(number))
        assert on_disk(directory) <= limit
    files.close()
    assert len(kept(directory)) >= limit // FILE_BYTES * 0.8 - 1
    assert limit < FILE_BYTES or KEYS[19] in kept(directory)


def test_what_was_used_longest_ago_makes_room(directory: Path) -> None:
    files = UtteranceFiles(directory, 4 * FILE_BYTES)
    for number in range(4):
        files.keep(KEYS[number], utterance(number))
        age(directory, number, 1_000 + number)
    assert files.read(KEYS[0]) == utterance(0)
    files.keep(KEYS[4], utterance(4))
    files.close()
    assert kept(directory) == {KEYS[0], KEYS[2], KEYS[3], KEYS[4]}


def test_an_utterance_larger_than_the_limit_drives_nothing_out(directory: Path) -> None:
    files = UtteranceFiles(directory, 2 * FILE_BYTES)
    assert files.keep(KEYS[0], utterance(0))
    assert not files.keep(KEYS[1], utterance(1) * 5)
    files.close()
    assert kept(directory) == {KEYS[0]}


def test_a_lower_limit_holds_from_the_start(directory: Path) -> None:
    files = UtteranceFiles(directory, 1_000_000)
    for number in range(10):
        files.keep(KEYS[number], utterance(number))
        age(directory, number, 1_000 + number)
    files.close()
    files = UtteranceFiles(directory, 3 * FILE_BYTES)
    assert files.open()
    files.close()
    assert kept(directory) == set(KEYS[7:10])


@pytest.mark.parametrize("damage", ["short", "empty", "one bit", "another's"])
def test_a_damaged_file_is_not_there_and_is_named_once_and_gone(
    files: UtteranceFiles, directory: Path, damage: str
) -> None:
    files.keep(KEYS[0], utterance(0))
    path = directory / f"{KEYS[0]}.speech"
    data = bytearray(path.read_bytes())
    data[500] ^= 1
    if damage == "another's":
        path = path.rename(directory / f"{KEYS[1]}.speech")
    else:
        damaged = {"short": bytes(data[:-1]), "empty": b"", "one bit": bytes(data)}
        path.write_bytes(damaged[damage])
    with capture_logs() as logs:
        assert files.read(path.stem) is None
        assert files.read(path.stem) is None
    assert [log["file"] for log in logs] == [path.name]
    assert os.listdir(directory) == []


def test_a_sound_file_with_something_else_in_it_is_damaged_too(
    files: UtteranceFiles, directory: Path
) -> None:
    path = directory / f"{KEYS[0]}.speech"
    path.write_bytes(_checksum(KEYS[0], b"\xc0") + b"\xc0")
    assert files.read(KEYS[0]) is None
    assert not path.exists()


def test_what_a_killed_process_left_half_done_is_cleared_away(directory: Path) -> None:
    directory.mkdir()
    (directory / f"{KEYS[0]}.part").write_bytes(b"half")
    (directory / "README").write_text("not ours")
    files = UtteranceFiles(directory, 1_000_000)
    assert files.open()
    files.close()
    assert os.listdir(directory) == ["README"]


_WRITE_FOREVER = """
import sys
from pathlib import Path
from vivavoce.engines.base import CharTimes, SpeechBlock
from vivavoce.runtime.cache_files import UtteranceFiles
files = UtteranceFiles(Path(sys.argv[1]), 20_000_000)
times = CharTimes("word ", [0, 1, 2, 3, 4])
number = 0
while True:
    files.keep(f"{number:064x}", [SpeechBlock(bytes(1_000_000), times, times)])
    number += 1
    print(flush=True)
"""


def test_a_process_killed_while_it_writes_leaves_only_whole_files(directory: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _WRITE_FOREVER, str(directory)], stdout=subprocess.PIPE
    ) as writer:
        assert writer.stdout is not None
        for _ in range(30):
            writer.stdout.readline()
        writer.send_signal(signal.SIGKILL)
    files = UtteranceFiles(directory, 20_000_000)
    assert files.open()
    files.close()
    assert kept(directory)
    assert on_disk(directory) <= 20_000_000
    with capture_logs() as logs:
        assert all(files.read(key) for key in kept(directory))
    assert logs == []


def test_of_two_processes_one_writes_and_both_read(files: UtteranceFiles, directory: Path) -> None:
    second = UtteranceFiles(directory, 1_000_000)
    with capture_logs() as logs:
        assert not second.open()
        assert not second.keep(KEYS[1], utterance(1))
    assert [log["event"] for log in logs] == [
        "another process writes the speech cache, so this one only reads it"
    ]
    files.keep(KEYS[0], utterance(0))
    assert second.read(KEYS[0]) == utterance(0)
    files.close()
    assert second.keep(KEYS[1], utterance(1))
    second.close()


def test_a_directory_deleted_under_a_running_server_is_made_anew(
    files: UtteranceFiles, directory: Path
) -> None:
    files.keep(KEYS[0], utterance(0))
    for path in directory.iterdir():
        path.unlink()
    directory.rmdir()
    assert files.read(KEYS[0]) is None
    files.keep(KEYS[1], utterance(1))
    assert files.keep(KEYS[2], utterance(2))
    assert kept(directory) == {KEYS[2]}


def test_files_deleted_behind_its_back_make_room(directory: Path) -> None:
    files = UtteranceFiles(directory, 3 * FILE_BYTES)
    for number in range(3):
        files.keep(KEYS[number], utterance(number))
    for path in directory.iterdir():
        path.unlink()
    for number in range(3):
        assert files.keep(KEYS[number], utterance(number))
    files.close()
    assert len(kept(directory)) == 3


def test_a_place_that_cannot_be_a_directory_is_said_once_each_way(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    files = UtteranceFiles(tmp_path / "file" / "speech", 1_000_000)
    with capture_logs() as logs:
        assert not files.open()
        for number in range(3):
            assert not files.keep(KEYS[number], utterance(number))
            assert files.read(KEYS[number]) is None
    assert [log["event"] for log in logs] == [
        "nothing can be kept in the speech cache: Not a directory",
        "the speech cache cannot be read: Not a directory",
    ]


def test_a_full_disk_leaves_no_half_file_and_is_said_once(
    files: UtteranceFiles, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files.keep(KEYS[0], utterance(0))
    real_open = os.open

    def full(path: str, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        if not path.endswith(".part"):
            return real_open(path, flags, mode, dir_fd=dir_fd)
        real_open_at = real_open(path, flags, mode, dir_fd=dir_fd)
        os.close(real_open_at)
        return real_open("/dev/full", os.O_WRONLY)

    monkeypatch.setattr("vivavoce.runtime.cache_files.os.open", full)
    with capture_logs() as logs:
        assert not files.keep(KEYS[1], utterance(1))
        assert not files.keep(KEYS[2], utterance(2))
    assert [log["event"] for log in logs] == [
        "nothing can be kept in the speech cache: No space left on device"
    ]
    assert os.listdir(directory) == [f"{KEYS[0]}.speech"]
    assert files.read(KEYS[0]) == utterance(0)


def test_the_lock_goes_with_the_one_who_held_it(files: UtteranceFiles, directory: Path) -> None:
    files.close()
    handle = os.open(directory, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    os.close(handle)
