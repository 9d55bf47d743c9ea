from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator

import pytest

from tests.commands.scripted_line import ScriptedLine
from vivavoce.commands.failures import CommandFailed
from vivavoce.commands.hearing import hear
from vivavoce.commands.line import LineClosed


class KeptLines:
    """Keeps what is shown."""

    def __init__(self) -> None:
        self.shown: list[str] = []

    def partial(self, text: str) -> None:
        """See `TranscriptLines.partial`."""
        self.shown.append(f"({text})")

    def committed(self, text: str) -> None:
        """See `TranscriptLines.committed`."""
        self.shown.append(text)


STARTED: dict[str, object] = {"message_type": "session_started", "session_id": "x", "config": {}}


def partial(text: str) -> dict[str, object]:
    return {"message_type": "partial_transcript", "text": text}


def committed(text: str) -> dict[str, object]:
    return {"message_type": "committed_transcript", "text": text}


async def sound(*blocks: bytes) -> AsyncIterator[bytes]:
    for block in blocks:
        yield block


async def never_ending() -> AsyncIterator[bytes]:
    yield b"one"
    await asyncio.Event().wait()


async def breaking() -> AsyncIterator[bytes]:
    yield b"one"
    raise CommandFailed("the microphone has gone")


async def shown_of(
    line: ScriptedLine, blocks: AsyncIterator[bytes], stop: asyncio.Event | None = None
) -> list[str]:
    lines = KeptLines()
    async with asyncio.timeout(10):
        await hear(line, blocks, lines, stop or asyncio.Event())
    return lines.shown


async def test_sound_goes_out_block_by_block_and_ends_with_commits() -> None:
    line = ScriptedLine((0, STARTED), (4, committed("")))
    await shown_of(line, sound(b"one", b"two"))
    assert [base64.b64decode(str(chunk["audio_base_64"])) for chunk in line.heard] == [
        *(b"one", b"two", b"", b"")
    ]
    assert [chunk["commit"] for chunk in line.heard] == [False, False, True, True]
    assert {chunk["message_type"] for chunk in line.heard} == {"input_audio_chunk"}


async def test_partial_and_committed_text_is_shown_as_it_comes() -> None:
    line = ScriptedLine(
        (0, STARTED), (1, partial("Good")), (1, committed("Good day.")), (3, committed(""))
    )
    assert await shown_of(line, sound(b"one")) == ["(Good)", "Good day."]


async def test_what_is_committed_at_a_pause_just_before_the_end_is_not_taken_for_the_end() -> None:
    line = ScriptedLine((3, committed("A pause.")), (3, committed("The end.")), (3, committed("")))
    assert await shown_of(line, sound(b"one")) == ["A pause.", "The end."]


async def test_silence_that_a_server_does_not_want_to_commit_is_the_end_as_well() -> None:
    throttled: dict[str, object] = {
        "message_type": "commit_throttled",
        "error": "Too little.",
        "message": "Too ...",
    }
    line = ScriptedLine((3, committed("All.")), (3, throttled))
    assert await shown_of(line, sound(b"one")) == ["All."]


async def test_messages_that_nobody_knows_change_nothing() -> None:
    unknown: dict[str, object] = {"message_type": "weather_report", "text": "Rain."}
    line = ScriptedLine((1, unknown), (3, committed("")))
    assert await shown_of(line, sound(b"one")) == []


async def test_a_wish_to_stop_ends_the_sound_and_what_was_said_before_is_still_shown() -> None:
    line = ScriptedLine((1, partial("So")), (3, committed("So far.")), (3, committed("")))
    stop = asyncio.Event()
    lines = KeptLines()
    hearing = asyncio.create_task(hear(line, never_ending(), lines, stop))
    while not lines.shown:  # noqa: ASYNC110 (what is asked has no event)
        await asyncio.sleep(0)
    stop.set()
    async with asyncio.timeout(10):
        await hearing
    assert lines.shown == ["(So)", "So far."]


async def test_sound_that_breaks_off_is_a_failure_after_what_was_said() -> None:
    line = ScriptedLine((3, committed("So far.")), (3, committed("")))
    lines = KeptLines()
    with pytest.raises(CommandFailed, match="the microphone has gone"):
        await hear(line, breaking(), lines, asyncio.Event())
    assert lines.shown == ["So far."]


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (
            {"message_type": "quota_exceeded", "error": "No more.", "message": "No more."},
            "quota_exceeded: No more.",
        ),
        (
            {"message_type": "commit_throttled", "error": "Too little.", "message": "Too ..."},
            "commit_throttled: Too little.",
        ),
        (LineClosed(1001, "shutting down"), r"hung up \(1001\): shutting down"),
        ({"text": "no type"}, "does not speak the protocol"),
    ],
)
async def test_what_a_server_has_against_it_is_told_although_sound_still_comes(
    said: dict[str, object] | LineClosed, shown: str
) -> None:
    with pytest.raises(ExceptionGroup) as raised:
        await shown_of(ScriptedLine((1, said)), never_ending())
    assert raised.group_contains(CommandFailed, match=shown)
