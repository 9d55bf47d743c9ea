"""Live transcription, from a source of sound to lines on stdout."""

from __future__ import annotations

import asyncio
import os
from contextlib import AbstractAsyncContextManager, AsyncExitStack

import msgspec

from vivavoce.commands.failures import MISUSED, CommandFailed
from vivavoce.commands.file_microphone import FileMicrophone
from vivavoce.commands.hearing import hear
from vivavoce.commands.line import Line
from vivavoce.commands.live_lines import live_lines
from vivavoce.commands.microphone import Microphone, find_microphone
from vivavoce.commands.nearest_line import nearest_line
from vivavoce.commands.server_place import ServerWish
from vivavoce.commands.sound_input import check_input
from vivavoce.commands.stopped import stopped_by_signals
from vivavoce.commands.transcript_asked import TranscriptAsked
from vivavoce.config import Settings, load_settings

_LOSS = "this machine is too slow, or its server: some of what was said has been lost"


class Listening(msgspec.Struct, frozen=True):
    """What a user asked for; None where nothing was said about it."""

    file: str | None
    device: str | None
    language: str | None
    silence_s: float
    server: ServerWish


def listen_live(wishes: Listening) -> None:
    """Until the sound ends or Ctrl-C. Raises CommandFailed or VivavoceError, or a group of them."""
    settings = load_settings(None, os.environ, {})
    source = _source(wishes)
    try:
        asyncio.run(_listen(source, wishes, settings))
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None


def _source(wishes: Listening) -> Microphone:
    if wishes.file is None:
        return find_microphone(wishes.device)
    if wishes.device is not None:
        raise CommandFailed("--device and --file are two places to listen to", exit_code=MISUSED)
    check_input(wishes.file)
    return FileMicrophone(wishes.file)


async def _listen(source: Microphone, wishes: Listening, settings: Settings) -> None:
    asked = TranscriptAsked(source.sample_rate, wishes.silence_s, wishes.language)
    async with AsyncExitStack() as stack:
        line = await _line(stack, asked, wishes.server, settings)
        lines = stack.enter_context(live_lines())
        blocks = await stack.enter_async_context(source.opened(lambda: lines.note(_LOSS)))
        # Not before: a signal ends what takes its time to open, such as a pipe, at once.
        stop = stack.enter_context(stopped_by_signals())
        lines.note(f"listening to {source.name}; Ctrl-C ends it")
        await hear(line, blocks, lines, stop)


async def _line(
    stack: AsyncExitStack, asked: TranscriptAsked, server: ServerWish, settings: Settings
) -> Line:
    def private() -> AbstractAsyncContextManager[Line]:
        from vivavoce.commands.private_ears import private_ears

        return private_ears(asked, settings)

    return await nearest_line(
        stack, asked, server, settings, private=private, alone="listening without one"
    )
