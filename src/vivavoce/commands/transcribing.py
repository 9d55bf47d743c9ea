"""Files from their names to their transcripts."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Sequence

import msgspec
import typer
from rich.console import Console

from vivavoce.audio.sound_reader import probe_sound, read_sound
from vivavoce.commands.failures import CommandFailed
from vivavoce.commands.last_line import LastLine
from vivavoce.commands.local_ears import local_ears
from vivavoce.commands.local_engines import available_cores, prepare_cache
from vivavoce.commands.output_file import StdoutFailed
from vivavoce.commands.progress import HearingProgress
from vivavoce.commands.sound_input import check_input, in_thread, seekable_input
from vivavoce.commands.transcript_file import TranscriptFile, transcript_files
from vivavoce.commands.transcript_text import TranscriptText
from vivavoce.config import Settings, load_settings
from vivavoce.errors import VivavoceError
from vivavoce.logs import configure_logging
from vivavoce.runtime.base import EarsPool
from vivavoce.sessions.dictation import DictationWishes, transcribe_sound
from vivavoce.wire.heard_languages import asked_language

_MOST_BUSY = 16
"""A file has no more pieces to hear at a time."""


class Transcribable(msgspec.Struct, frozen=True, kw_only=True):
    """What a user asked for; None where nothing was said about it."""

    files: tuple[str, ...]
    output: str | None
    form: str | None
    language: str | None
    verbatim: bool


def transcribe_all(wishes: Transcribable) -> int:
    """Writes down file after file, and reports on stderr; the number of those that failed.

    One that fails holds up no other. Raises CommandFailed or VivavoceError when none can be
    written down, or a group of them.
    """
    settings = load_settings(None, os.environ, {})
    files = transcript_files(wishes.files, wishes.output, wishes.form)
    there = [file for file in files if _is_there(file)]
    failed = len(files) - len(there)
    if there:
        failed += asyncio.run(_transcribe_all(there, wishes, settings))
    return failed


def _is_there(file: TranscriptFile) -> bool:
    try:
        check_input(file.source)
    except CommandFailed as error:
        _note(str(error))
        return False
    return True


async def _transcribe_all(
    files: Sequence[TranscriptFile], wishes: Transcribable, settings: Settings
) -> int:
    prepare_cache(settings)
    configure_logging("warning", settings.log_format)
    failed = 0
    async with local_ears(settings, workers=settings.workers or _usual_workers()) as desk:
        language = desk.language(asked_language(wishes.language))
        with LastLine(Console(stderr=True, highlight=False)) as last_line:
            dictation = DictationWishes(language, leave_out_fillers=not wishes.verbatim)
            scribe = _Scribe(desk.pool, dictation, last_line)
            for file in files:
                try:
                    report = await scribe.write_down(file)
                except StdoutFailed:
                    raise
                except (CommandFailed, VivavoceError, OSError) as error:
                    failed += 1
                    report = _failure(file, error)
                last_line.hide()
                _note(report)
    return failed


def _usual_workers() -> int:
    cores = available_cores()
    # One is left free for callers who cannot wait, and here there are none.
    return cores if cores == 1 else min(cores, _MOST_BUSY) + 1


def _failure(file: TranscriptFile, error: Exception) -> str:
    if isinstance(error, CommandFailed):
        return str(error)
    said = error.strerror if isinstance(error, OSError) else None
    return f"{file.source_name}: {said or error}"


class _Scribe:
    """Writes files down, one after the other."""

    def __init__(self, pool: EarsPool, wishes: DictationWishes, last_line: LastLine) -> None:
        self._pool = pool
        self._wishes = wishes
        self._last_line = last_line

    async def write_down(self, file: TranscriptFile) -> str:
        """What to report of it. Raises VivavoceError, CommandFailed or OSError."""
        async with seekable_input(file.source) as sound:
            info = await in_thread(probe_sound, sound)
            progress = HearingProgress(file.source_name, info.duration_s, self._last_line)
            text = TranscriptText(file.form, self._wishes.language)
            with contextlib.closing(read_sound(sound)) as reading, file.opened() as write:

                def put(written: str) -> None:
                    if file.path is None:
                        self._last_line.hide()
                    write(written)

                async with transcribe_sound(
                    reading,
                    pool=self._pool,
                    wishes=msgspec.structs.replace(self._wishes, word_times=file.form != "txt"),
                    on_progress=progress.advance,
                ) as passages:
                    put(file.title)
                    async for passage in passages:
                        put(text.add(passage))
                put(text.end(passages.seconds))
        return progress.summary(has_speech=text.has_speech, is_damaged=reading.is_damaged)


def _note(text: str) -> None:
    typer.echo(f"vivavoce: {text}", err=True)
