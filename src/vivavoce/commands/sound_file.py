"""Sound into a file or a pipe, in the format that its name asks for."""

from __future__ import annotations

import contextlib
import wave
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import BinaryIO

import msgspec

from vivavoce.audio.formats import Codec, OutputFormat, parse_output_format
from vivavoce.commands.failures import MISUSED, CommandFailed
from vivavoce.commands.output_file import STDOUT, whole_file, write_to_stdout, writing_to
from vivavoce.errors import UnsupportedFormat

_STDOUT_FORMAT = "mp3_44100_128"
_SUFFIXES: dict[str, tuple[Codec, str]] = {
    ".mp3": ("mp3", "mp3_44100_128"),
    ".wav": ("pcm", "pcm_24000"),
    ".opus": ("opus", "opus_48000_64"),
    ".ogg": ("opus", "opus_48000_64"),
    ".pcm": ("pcm", "pcm_24000"),
    ".ulaw": ("ulaw", "ulaw_8000"),
    ".alaw": ("alaw", "alaw_8000"),
}
"""What a file called so may hold, and what it holds if nothing else is asked for."""

Write = Callable[[bytes], None]


class SoundFile(msgspec.Struct, frozen=True):
    """A place for sound. `path` is None for stdout."""

    path: Path | None
    output_format: OutputFormat

    @property
    def is_wav(self) -> bool:
        """Whether the samples get a header."""
        return self.path is not None and self.path.suffix.lower() == ".wav"

    @contextlib.contextmanager
    def opened(self) -> Iterator[Write]:
        """A function that takes encoded sound. A file appears whole, at the end, or not at all.

        Raises CommandFailed when it cannot be written.
        """
        with contextlib.ExitStack() as stack:
            with writing_to(self.path):
                write_into = stack.enter_context(self._writer())

            def write(data: bytes) -> None:
                with writing_to(self.path):
                    write_into(data)

            yield write
            with writing_to(self.path):
                stack.close()

    def _writer(self) -> AbstractContextManager[Write]:
        if self.path is None:
            return contextlib.nullcontext(write_to_stdout)
        return _into_file(self.path, self.output_format.sample_rate if self.is_wav else None)


def sound_file(name: str, format_name: str | None) -> SoundFile:
    """The place called `name` (`-` is stdout) for sound in the format `format_name`.

    Without one, the suffix decides. Raises CommandFailed when the two do not fit, or say nothing.
    """
    chosen = _format(format_name) if format_name else None
    if name == STDOUT:
        return SoundFile(None, chosen or parse_output_format(_STDOUT_FORMAT))
    path = Path(name)
    codec, usual = _SUFFIXES.get(path.suffix.lower(), (None, None))
    if chosen is None:
        if usual is None:
            known = ", ".join(_SUFFIXES)
            raise CommandFailed(
                f"{name}: the suffix names no format; use {known}, or --format", exit_code=MISUSED
            )
        chosen = parse_output_format(usual)
    elif codec not in (None, chosen.codec):
        raise CommandFailed(
            f"{name} cannot hold {chosen.name}: {path.suffix} means {codec}", exit_code=MISUSED
        )
    return SoundFile(path, chosen)


def _format(name: str) -> OutputFormat:
    try:
        return parse_output_format(name)
    except UnsupportedFormat as error:
        raise CommandFailed(f"--format: {error}", exit_code=MISUSED) from error


@contextlib.contextmanager
def _into_file(path: Path, wav_sample_rate: int | None) -> Iterator[Write]:
    with whole_file(path) as file:
        if wav_sample_rate is None:
            yield lambda data: _write_through(file, data)
        else:
            with wave.open(file, "wb") as wav:
                wav.setnchannels(1)
                wav.setsampwidth(2)
                wav.setframerate(wav_sample_rate)
                yield wav.writeframes


def _write_through(file: BinaryIO, data: bytes) -> None:
    file.write(data)
    file.flush()
