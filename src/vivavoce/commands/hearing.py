"""Sound into a line, text out of it."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Protocol

import msgspec

from vivavoce.commands.failures import CommandFailed
from vivavoce.commands.line import Line, LineClosed

_COMMITS_AT_THE_END = 2


class TranscriptLines(Protocol):
    """Where the text of a live transcript is shown."""

    def partial(self, text: str) -> None:
        """What is being said, as far as it is understood; the next call replaces it."""

    def committed(self, text: str) -> None:
        """What has been said: it stays. Raises CommandFailed when it cannot be written."""


class _Frame(msgspec.Struct):
    message_type: str
    text: str | None = None
    error: str | None = None


_decoder = msgspec.json.Decoder(_Frame)


async def hear(
    line: Line, blocks: AsyncIterator[bytes], lines: TranscriptLines, stop: asyncio.Event
) -> None:
    """Sends sound as it comes, until it ends or `stop` is set, and shows what is said in it.

    `blocks` are 16-bit samples as the line was asked for. Raises CommandFailed with what the server
    says against it, or when the sound breaks off; from inside an exception group.
    """
    conversation = _Conversation(line)
    async with asyncio.TaskGroup() as tasks:
        talking = tasks.create_task(conversation.talk(blocks, stop))
        await conversation.read(lines)
        talking.cancel()
    if conversation.broken is not None:
        raise conversation.broken


class _Conversation:
    def __init__(self, line: Line) -> None:
        self._line = line
        self._is_ending = False
        self.broken: CommandFailed | None = None

    async def talk(self, blocks: AsyncIterator[bytes], stop: asyncio.Event) -> None:
        with contextlib.suppress(LineClosed):  # what is read says why
            async with asyncio.TaskGroup() as tasks:
                sending = tasks.create_task(self._send_all(blocks))
                stopping = tasks.create_task(_cancel_at(stop, sending))
                await asyncio.wait([sending])
                stopping.cancel()
            self._is_ending = True
            # A server commits at pauses, too: that all is said is only certain when the answer is
            # that nothing has been said since.
            for _ in range(_COMMITS_AT_THE_END):
                await self._line.send(_chunk(b"", commit=True))

    async def read(self, lines: TranscriptLines) -> None:
        while True:
            frame = await self._next()
            if frame.error is not None:
                if self._is_ending and frame.message_type == "commit_throttled":
                    return
                raise CommandFailed(f"{frame.message_type}: {frame.error}")
            if frame.message_type == "partial_transcript":
                lines.partial(frame.text or "")
            elif frame.message_type == "committed_transcript":
                if frame.text:
                    lines.committed(frame.text)
                elif self._is_ending:
                    return

    async def _next(self) -> _Frame:
        try:
            return _decoder.decode(await self._line.receive())
        except LineClosed as closed:
            raise CommandFailed(f"the server hung up ({closed.code}): {closed}") from closed
        except msgspec.DecodeError as error:
            raise CommandFailed(f"the server does not speak the protocol: {error}") from error

    async def _send_all(self, blocks: AsyncIterator[bytes]) -> None:
        try:
            with contextlib.suppress(LineClosed):
                async for block in blocks:
                    await self._line.send(_chunk(block, commit=False))
        except CommandFailed as error:
            self.broken = error  # but what was said before is still to be understood


async def _cancel_at(stop: asyncio.Event, task: asyncio.Task[None]) -> None:
    await stop.wait()
    task.cancel()


def _chunk(sound: bytes, *, commit: bool) -> str:
    return json.dumps(
        {
            "message_type": "input_audio_chunk",
            "audio_base_64": base64.b64encode(sound).decode(),
            "commit": commit,
        }
    )
