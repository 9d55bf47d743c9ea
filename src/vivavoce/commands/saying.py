"""One text from its source to where its sound shall be."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack

import msgspec
import typer

from vivavoce.commands.failures import MISUSED, CommandFailed
from vivavoce.commands.line import Line
from vivavoce.commands.nearest_line import nearest_line
from vivavoce.commands.server_place import ServerWish
from vivavoce.commands.sound_file import SoundFile, sound_file
from vivavoce.commands.speaking import Spoken, VoiceWishes, speak
from vivavoce.commands.speech_asked import SpeechAsked
from vivavoce.commands.text_input import argument_text, streamed_text
from vivavoce.config import Settings, load_settings
from vivavoce.engines.voices.catalog import DEFAULT_VOICE, resolve_voice
from vivavoce.errors import VoiceNotFound

_STDIN_DESCRIPTOR = 0


class Sayable(msgspec.Struct, frozen=True, kw_only=True):
    """What a user asked for; None where nothing was said about it."""

    text: str | None
    output: str | None
    output_format: str | None
    voice: str | None
    wishes: VoiceWishes
    server: ServerWish


def say_it(sayable: Sayable) -> None:
    """Speaks, and reports on stderr. Raises CommandFailed or VivavoceError, or a group of them."""
    _check(sayable)
    settings = load_settings(None, os.environ, {})
    sound = None if sayable.output is None else sound_file(sayable.output, sayable.output_format)
    spoken = asyncio.run(_say(sayable, sound, settings))
    _note(f"{spoken.sound_s:.1f} s of speech, the first after {spoken.first_sound_ms} ms")


def _check(sayable: Sayable) -> None:
    if sayable.text is not None and not sayable.text.strip():
        raise CommandFailed("there is no text to speak", exit_code=MISUSED)
    if sayable.output_format and sayable.output is None:
        raise CommandFailed("--format is for files: add -o", exit_code=MISUSED)
    if sayable.voice is not None:
        try:
            resolve_voice(sayable.voice, default=DEFAULT_VOICE, strict=True)
        except VoiceNotFound:
            raise CommandFailed(
                f"there is no voice {sayable.voice!r}; `vivavoce voices` lists those there are",
                exit_code=MISUSED,
            ) from None


async def _say(sayable: Sayable, sound: SoundFile | None, settings: Settings) -> Spoken:
    async with AsyncExitStack() as stack:
        if sound is None:
            from vivavoce.commands import loudspeaker

            asked = SpeechAsked(loudspeaker.FORMAT, sayable.voice)
            take = await stack.enter_async_context(loudspeaker.loudspeaker())
        else:
            asked = SpeechAsked(sound.output_format.name, sayable.voice)
            write = stack.enter_context(sound.opened())

            async def take(data: bytes) -> None:
                write(data)

        line = await _line(stack, asked, sayable, settings)
        return await speak(line, _pieces(sayable.text), sayable.wishes, take)


async def _line(
    stack: AsyncExitStack, asked: SpeechAsked, sayable: Sayable, settings: Settings
) -> Line:
    def private() -> AbstractAsyncContextManager[Line]:
        from vivavoce.commands.private_voice import private_voice

        return private_voice(asked, settings)

    return await nearest_line(
        stack, asked, sayable.server, settings, private=private, alone="speaking without one"
    )


def _pieces(text: str | None) -> AsyncIterator[str]:
    if text is not None:
        return argument_text(text)
    if sys.stdin.isatty():
        _note("type what to say; Ctrl-D ends it")
    return streamed_text(_STDIN_DESCRIPTOR)


def _note(text: str) -> None:
    typer.echo(f"vivavoce: {text}", err=True)
