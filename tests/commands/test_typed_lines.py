from __future__ import annotations

from collections.abc import AsyncIterator

from vivavoce.commands.typed_lines import typed_lines


async def lines_of(*pieces: str) -> list[str]:
    async def come() -> AsyncIterator[str]:
        for piece in pieces:
            yield piece

    return [line async for line in typed_lines(come())]


async def test_lines_come_whole_however_they_are_cut() -> None:
    assert await lines_of("Good d", "ay.\nHow are", " you?\nBye") == [
        "Good day.",
        "How are you?",
        "Bye",
    ]


async def test_empty_lines_are_no_messages() -> None:
    assert await lines_of("\n \n a \r\n", "\n") == ["a"]


async def test_a_line_is_there_before_the_next_one_is() -> None:
    async def come() -> AsyncIterator[str]:
        yield "one\n"
        raise AssertionError

    assert await anext(typed_lines(come())) == "one"
