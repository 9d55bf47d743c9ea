"""Where transcripts are written, and in which form."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Literal, get_args

import msgspec

from vivavoce.commands.failures import MISUSED, CommandFailed
from vivavoce.commands.output_file import STDOUT, whole_file, write_to_stdout, writing_to
from vivavoce.commands.sound_input import STDIN

Form = Literal["txt", "srt", "vtt", "json"]
FORMS: tuple[Form, ...] = get_args(Form)
_SUFFIXES: dict[str, Form] = {f".{form}": form for form in FORMS}

Write = Callable[[str], None]


class TranscriptFile(msgspec.Struct, frozen=True):
    """A place for the transcript of `source`. `path` is None for stdout; `title` stands above."""

    source: str
    path: Path | None
    form: Form
    title: str = ""

    @property
    def source_name(self) -> str:
        """For the user."""
        return "stdin" if self.source == STDIN else self.source

    @contextlib.contextmanager
    def opened(self) -> Iterator[Write]:
        """A function that takes text. A file appears whole, at the end, or not at all.

        Raises CommandFailed when it cannot be written.
        """
        if self.path is None:
            yield self._to_stdout
            return
        with contextlib.ExitStack() as stack:
            with writing_to(self.path):
                self.path.parent.mkdir(parents=True, exist_ok=True)
                file = stack.enter_context(whole_file(self.path))

            def write(text: str) -> None:
                with writing_to(self.path):
                    file.write(text.encode())
                    file.flush()

            yield write
            with writing_to(self.path):
                stack.close()

    def _to_stdout(self, text: str) -> None:
        with writing_to(None):
            write_to_stdout(text.encode())


def transcript_files(
    sources: Sequence[str], output: str | None, form_name: str | None
) -> list[TranscriptFile]:
    """A place for each of `sources`: in the directory `output`, in that file, or on stdout.

    Raises CommandFailed when the form is unknown or does not fit, or two would be in one place.
    """
    form = _form(form_name) if form_name else None
    if output is not None and (Path(output).is_dir() or output.endswith("/")):
        files = [_in_directory(Path(output), source, form or "txt") for source in sources]
    elif output in (None, STDOUT):
        files = _on_stdout(sources, form or "txt")
    elif len(sources) > 1:
        raise CommandFailed(
            f"{output} is one file, and there are {len(sources)} to write: name a directory, "
            "such as -o transcripts/",
            exit_code=MISUSED,
        )
    else:
        files = [_named(sources[0], Path(output), form)]
    _check_places(files)
    return files


def _form(name: str) -> Form:
    if name not in FORMS:
        raise CommandFailed(f"--format: {name!r} is none of {', '.join(FORMS)}", exit_code=MISUSED)
    return name


def _in_directory(directory: Path, source: str, form: Form) -> TranscriptFile:
    stem = Path(source).stem if source != STDIN else "stdin"
    return TranscriptFile(source, directory / f"{stem}.{form}", form)


def _named(source: str, path: Path, form: Form | None) -> TranscriptFile:
    usual = _SUFFIXES.get(path.suffix.lower())
    if form is None and usual is None:
        known = ", ".join(_SUFFIXES)
        raise CommandFailed(
            f"{path}: the suffix names no format; use {known}, or --format", exit_code=MISUSED
        )
    if form is not None and usual not in (None, form):
        raise CommandFailed(
            f"{path} cannot hold {form}: {path.suffix} means {usual}", exit_code=MISUSED
        )
    return TranscriptFile(source, path, form or usual or "txt")


def _on_stdout(sources: Sequence[str], form: Form) -> list[TranscriptFile]:
    files = [TranscriptFile(source, None, form) for source in sources]
    if len(files) == 1 or form == "json":
        return files
    if form == "txt":
        titles = [f"==> {file.source_name} <==\n" for file in files]
        titles[1:] = [f"\n{title}" for title in titles[1:]]
        return [
            msgspec.structs.replace(file, title=title)
            for file, title in zip(files, titles, strict=True)
        ]
    raise CommandFailed(
        f"the subtitles of {len(files)} files cannot be one: name a directory for them, such as "
        "-o subtitles/",
        exit_code=MISUSED,
    )


def _check_places(files: Sequence[TranscriptFile]) -> None:
    taken: dict[Path, str] = {}
    for file in files:
        if file.path is None:
            continue
        place = file.path.resolve()
        if place in taken:
            raise CommandFailed(
                f"{taken[place]} and {file.source} would both be written to {file.path}",
                exit_code=MISUSED,
            )
        taken[place] = file.source
    for file in files:
        if file.source != STDIN and Path(file.source).resolve() in taken:
            raise CommandFailed(
                f"{file.source} would be replaced by a transcript", exit_code=MISUSED
            )
