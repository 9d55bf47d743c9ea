from __future__ import annotations

import asyncio
import os
import threading
from pathlib import Path

import pytest

from vivavoce.commands.failures import CommandFailed
from vivavoce.commands.sound_input import check_input, in_thread, seekable_input

CONTENT = b"sound" * 50_000
"""More than a pipe holds."""


async def test_a_file_is_read_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "sound"
    path.write_bytes(CONTENT)
    check_input(str(path))
    async with seekable_input(str(path)) as file:
        assert file.read() == CONTENT


async def test_what_comes_through_a_pipe_can_be_sought_in(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    check_input(str(path))
    writing = threading.Thread(target=path.write_bytes, args=[CONTENT])
    writing.start()
    async with seekable_input(str(path)) as file:
        file.seek(5)
        assert file.read() == CONTENT[5:]
        file.seek(0)
        assert file.read() == CONTENT
    writing.join()


@pytest.mark.parametrize(
    ("name", "said"),
    [("nothing.wav", "cannot read .*nothing.wav: No such file"), (".", "it is a directory")],
)
def test_what_cannot_be_read_is_told_with_its_name(tmp_path: Path, name: str, said: str) -> None:
    with pytest.raises(CommandFailed, match=said):
        check_input(str(tmp_path / name))


async def test_a_thread_has_ended_when_waiting_for_it_was_cancelled() -> None:
    began, go_on = threading.Event(), threading.Event()
    ended: list[bool] = []

    def work() -> None:
        began.set()
        go_on.wait()
        ended.append(True)

    waiting = asyncio.create_task(in_thread(work))
    await asyncio.to_thread(began.wait)
    waiting.cancel()
    await asyncio.sleep(0)
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert ended
