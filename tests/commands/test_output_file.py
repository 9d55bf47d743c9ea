from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from vivavoce.commands.failures import CommandFailed
from vivavoce.commands.output_file import StdoutFailed, whole_file, write_to_stdout, writing_to


def test_what_is_written_is_on_stdout_at_once(
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    write_to_stdout(b"\0one")
    write_to_stdout(b"two\n")
    assert capfdbinary.readouterr().out == b"\0onetwo\n"


def test_a_failure_to_write_names_the_place_and_the_reason() -> None:
    named = pytest.raises(CommandFailed, match="cannot write some/file: No space left")
    with named as failed, writing_to(Path("some/file")):
        raise OSError(28, "No space left on device")
    assert not isinstance(failed.value, StdoutFailed)
    with pytest.raises(StdoutFailed, match="to stdout: Broken pipe"), writing_to(None):
        raise BrokenPipeError(32, "Broken pipe")


def test_a_file_takes_the_place_of_another_only_once_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"before")
    with whole_file(path) as file:
        file.write(b"after")
        file.flush()
        assert path.read_bytes() == b"before"
    assert path.read_bytes() == b"after"
    assert os.listdir(tmp_path) == ["file"]


def test_a_pipe_is_written_into_and_stays_a_pipe(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    read: list[bytes] = []
    reading = threading.Thread(target=lambda: read.append(path.read_bytes()))
    reading.start()
    with whole_file(path) as file:
        file.write(b"sound")
    reading.join()
    assert read == [b"sound"]
    assert path.is_fifo()
