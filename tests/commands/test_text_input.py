from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from vivavoce.commands.text_input import argument_text, streamed_text

Pipe = tuple[int, int]


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    ends = os.pipe()
    yield ends
    for end in ends:
        try:
            os.close(end)
        except OSError:
            continue


async def joined(pieces: AsyncIterator[str]) -> str:
    return "".join([piece async for piece in pieces])


async def test_an_argument_is_one_piece() -> None:
    assert [piece async for piece in argument_text("Hello there.")] == ["Hello there."]


async def test_a_piece_is_there_before_the_next_one_is_written(pipe: Pipe) -> None:
    pieces = streamed_text(pipe[0])
    os.write(pipe[1], b"Hello ")
    assert await anext(pieces) == "Hello "
    os.write(pipe[1], b"there.")
    assert await anext(pieces) == "there."
    os.close(pipe[1])
    assert await joined(pieces) == ""


async def test_a_character_is_never_cut(pipe: Pipe) -> None:
    pieces = streamed_text(pipe[0])
    first, second = "caf", "é 🎉".encode()
    os.write(pipe[1], first.encode() + second[:1])
    assert await anext(pieces) == "caf"
    os.write(pipe[1], second[1:4])
    assert await anext(pieces) == "é "
    os.write(pipe[1], second[4:])
    assert await anext(pieces) == "🎉"


async def test_what_is_no_text_becomes_a_mark_and_half_a_character_at_the_end_too(
    pipe: Pipe,
) -> None:
    os.write(pipe[1], b"a\xffb\xc3")
    os.close(pipe[1])
    assert await joined(streamed_text(pipe[0])) == "a\ufffdb\ufffd"


async def test_a_file_is_read_to_its_end(tmp_path: Path) -> None:
    text = "Zwölf Boxkämpfer. " * 2000
    (tmp_path / "text").write_text(text, encoding="utf-8")
    with (tmp_path / "text").open("rb") as file:
        assert await joined(streamed_text(file.fileno())) == text


async def test_a_device_with_nothing_to_wait_for_ends_at_once() -> None:
    nothing = os.open(os.devnull, os.O_RDONLY)
    try:
        assert await joined(streamed_text(nothing)) == ""
    finally:
        os.close(nothing)
