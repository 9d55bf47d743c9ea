"""A call in writing: a line is a message, and so is an answer."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from typing import Final

from vivavoce.commands.call_frames import (
    AgentSound,
    AgentText,
    CallBegun,
    Correction,
    text_message,
)
from vivavoce.commands.call_lines import ShownLines
from vivavoce.commands.call_reading import read_call
from vivavoce.commands.line import Line, LineClosed

_SETTLED_S: Final = 0.5
"""An answer that calls a tool is told in parts, and nothing tells which is the last."""
_PATIENCE_S: Final = 30.0


async def hold_typed_call(
    line: Line,
    opening: str,
    texts: AsyncIterator[str],
    *,
    lines: ShownLines,
    stop: asyncio.Event,
    in_turns: bool,
) -> str | None:
    """Until `stop` is set, or the texts and their answers end, or the agent hangs up: why it did.

    `in_turns` sends a text when the one before has been answered, and shows it; else they come
    from a terminal, where they can be seen, and may cut an answer short. Raises CommandFailed with
    what the server says against it; from inside an exception group.
    """
    call = _TypedCall(lines)
    async with asyncio.TaskGroup() as tasks:
        with contextlib.suppress(LineClosed):  # what is read says why
            await line.send(opening)
        reading = tasks.create_task(read_call(line, call))
        writing = tasks.create_task(_write(line, texts, call, lines, in_turns=in_turns))
        stopping = tasks.create_task(stop.wait())
        await asyncio.wait({reading, writing, stopping}, return_when=asyncio.FIRST_COMPLETED)
        reason = reading.result() if reading.done() else None
        for task in (reading, writing, stopping):
            task.cancel()
    return reason


async def _write(
    line: Line, texts: AsyncIterator[str], call: _TypedCall, lines: ShownLines, *, in_turns: bool
) -> None:
    await call.begun.wait()
    try:
        async for text in texts:
            if in_turns:
                await call.answered()
                lines.said("you", text)
            call.asked()
            await line.send(text_message(text))
    except LineClosed:
        await asyncio.Event().wait()  # what is read says why
    await call.answered()


class _TypedCall:
    """`CallListener` that shows."""

    def __init__(self, lines: ShownLines) -> None:
        self.begun = asyncio.Event()
        self._lines = lines
        self._moved = asyncio.Event()
        self._is_owed = False
        self._asked_at = 0.0
        self._first_at: float | None = None
        self._text = ""

    def asked(self) -> None:
        """The caller has written."""
        self._is_owed = True
        self._asked_at = time.monotonic()
        self._first_at = None

    async def answered(self) -> None:
        """Waits for the end of the answer, if one is owed."""
        with contextlib.suppress(TimeoutError):
            while True:
                self._moved.clear()
                async with asyncio.timeout(_PATIENCE_S if self._is_owed else _SETTLED_S):
                    await self._moved.wait()

    def begins(self, call: CallBegun) -> None:
        """See `CallListener`."""
        self.begun.set()

    def agent_sounds(self, sound: AgentSound) -> None:
        """A call in writing has none."""

    def agent_writes(self, text: str) -> None:
        """See `CallListener`."""
        self._note_first()
        self._text += text
        self._lines.passing("agent", self._text)

    def agent_said(self, said: AgentText) -> None:
        """See `CallListener`."""
        self._note_first()
        self._text = ""
        text = said.agent_response.strip()
        if text:
            self._lines.said("agent", text)
        if text and self._is_owed and self._first_at is not None:
            first_ms = (self._first_at - self._asked_at) * 1000
            whole_ms = (time.monotonic() - self._asked_at) * 1000
            self._lines.aside(f"first word {first_ms:.0f}, all {whole_ms:.0f} ms after your line")
        self._is_owed = False

    def agent_corrected(self, correction: Correction) -> None:
        """See `CallListener`: its beginning stands above already."""
        self._text = ""

    def interrupted(self, event_id: int) -> None:
        """See `CallListener`."""
        self._text = ""

    def caller_says(self, text: str) -> None:
        """Nothing that is typed is tentative."""

    def caller_said(self, text: str) -> None:
        """It stands above already."""

    def _note_first(self) -> None:
        self._moved.set()
        if self._first_at is None:
            self._first_at = time.monotonic()
