from __future__ import annotations

import os
from pathlib import Path

import pytest

from vivavoce.commands.failures import CommandFailed
from vivavoce.commands.output_file import StdoutFailed
from vivavoce.commands.transcript_file import TranscriptFile, transcript_files


@pytest.mark.parametrize(
    ("output", "wished", "form"),
    [
        (None, None, "txt"),
        ("-", None, "txt"),
        (None, "json", "json"),
        ("talk.txt", None, "txt"),
        ("talk.SRT", None, "srt"),
        ("talk.vtt", None, "vtt"),
        ("talk.json", "json", "json"),
        ("talk.subtitles", "srt", "srt"),
    ],
)
def test_the_suffix_chooses_the_form_unless_one_is_wished(
    output: str | None, wished: str | None, form: str
) -> None:
    (file,) = transcript_files(["talk.mp3"], output, wished)
    assert file.form == form
    assert file.path == (None if output in (None, "-") else Path(str(output)))


@pytest.mark.parametrize(
    ("sources", "output", "wished", "said"),
    [
        (["a.mp3"], "a.doc", None, r"suffix names no format; use \.txt"),
        (["a.mp3"], "a", None, "suffix names no format"),
        (["a.mp3"], "a.srt", "vtt", r"cannot hold vtt: \.srt means srt"),
        (["a.mp3"], None, "pdf", "'pdf' is none of txt, srt, vtt, json"),
        (["a.mp3", "b.mp3"], "both.txt", None, "name a directory"),
        (["a.mp3", "b.mp3"], None, "srt", "subtitles of 2 files"),
        (["a/talk.mp3", "b/talk.mp3"], "out/", None, "a/talk.mp3 and b/talk.mp3 would both"),
        (["a.mp3"], "a.mp3", "txt", "a.mp3 would be replaced"),
        (["notes.txt"], "./", None, "notes.txt would be replaced"),
    ],
)
def test_what_cannot_be_written_so_is_refused_as_misuse(
    sources: list[str], output: str | None, wished: str | None, said: str
) -> None:
    with pytest.raises(CommandFailed, match=said) as refused:
        transcript_files(sources, output, wished)
    assert refused.value.exit_code == 2


def test_in_a_directory_each_has_a_file_of_its_own_name(tmp_path: Path) -> None:
    files = transcript_files(["x/a.b.mp3", "-"], str(tmp_path), "vtt")
    assert [file.path for file in files] == [tmp_path / "a.b.vtt", tmp_path / "stdin.vtt"]
    (file,) = transcript_files(["a.mp3"], "to/be/made/", None)
    assert file.path == Path("to/be/made/a.txt")


def test_several_texts_on_stdout_have_titles_and_one_has_none() -> None:
    first, second = transcript_files(["a.mp3", "-"], None, None)
    assert first.title + second.title == "==> a.mp3 <==\n\n==> stdin <==\n"
    assert transcript_files(["a.mp3"], None, None)[0].title == ""
    assert {file.title for file in transcript_files(["a.mp3", "b.mp3"], None, "json")} == {""}


def test_a_file_appears_whole_when_it_is_finished_in_a_directory_that_is_made(
    tmp_path: Path,
) -> None:
    path = tmp_path / "new" / "talk.txt"
    with TranscriptFile("talk.mp3", path, "txt").opened() as write:
        write("grüß ")
        write("Gott")
        assert not path.exists()
    assert path.read_text(encoding="utf-8") == "grüß Gott"
    assert os.listdir(path.parent) == ["talk.txt"]


def test_a_failure_leaves_the_file_that_was_there_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "talk.txt"
    path.write_text("before")
    writing = TranscriptFile("talk.mp3", path, "txt").opened()
    writing.__enter__()("new")
    broke = ZeroDivisionError()
    assert not writing.__exit__(type(broke), broke, None)
    assert path.read_text() == "before"
    assert os.listdir(tmp_path) == ["talk.txt"]


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.touch()
    with pytest.raises(CommandFailed, match=f"cannot write {in_the_way}/talk.txt"):
        TranscriptFile("talk.mp3", in_the_way / "talk.txt", "txt").opened().__enter__()


def test_stdout_that_nobody_reads_is_a_failure_of_its_own() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    stdout = os.dup(1)
    try:
        os.dup2(writer, 1)
        with (
            pytest.raises(StdoutFailed, match="to stdout: Broken pipe"),
            TranscriptFile("talk.mp3", None, "txt").opened() as write,
        ):
            write("text")
    finally:
        os.dup2(stdout, 1)
        os.close(stdout)
        os.close(writer)
