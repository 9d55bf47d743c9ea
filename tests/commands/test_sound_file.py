from __future__ import annotations

import os
import stat
import wave
from pathlib import Path

import pytest

from vivavoce.commands.failures import CommandFailed
from vivavoce.commands.sound_file import sound_file


@pytest.mark.parametrize(
    ("name", "output_format"),
    [
        ("reply.mp3", "mp3_44100_128"),
        ("reply.MP3", "mp3_44100_128"),
        ("reply.wav", "pcm_24000"),
        ("reply.opus", "opus_48000_64"),
        ("reply.ogg", "opus_48000_64"),
        ("reply.pcm", "pcm_24000"),
        ("reply.ulaw", "ulaw_8000"),
        ("reply.alaw", "alaw_8000"),
        ("-", "mp3_44100_128"),
    ],
)
def test_the_suffix_chooses_the_format(name: str, output_format: str) -> None:
    assert sound_file(name, None).output_format.name == output_format


@pytest.mark.parametrize(
    ("name", "wished"),
    [
        ("reply.wav", "pcm_8000"),
        ("reply.mp3", "mp3_22050_32"),
        ("reply.raw", "pcm_16000"),
        ("reply", "ulaw_8000"),
        ("-", "opus_48000_32"),
    ],
)
def test_a_wished_format_goes_first(name: str, wished: str) -> None:
    assert sound_file(name, wished).output_format.name == wished


@pytest.mark.parametrize(
    ("name", "wished", "said"),
    [
        ("reply.flac", None, "the suffix names no format"),
        ("reply", None, "the suffix names no format"),
        ("reply.mp3", "pcm_16000", "cannot hold pcm_16000"),
        ("reply.wav", "mp3_44100_128", "cannot hold mp3_44100_128"),
        ("reply.mp3", "mp3_1_1", "mp3_44100_128"),
    ],
)
def test_a_format_that_cannot_be_is_refused_as_misuse(
    name: str, wished: str | None, said: str
) -> None:
    with pytest.raises(CommandFailed, match=said) as refused:
        sound_file(name, wished)
    assert refused.value.exit_code == 2


def test_a_file_appears_whole_when_it_is_finished(tmp_path: Path) -> None:
    path = tmp_path / "reply.mp3"
    with sound_file(str(path), None).opened() as write:
        write(b"one")
        write(b"two")
        assert not path.exists()
    assert path.read_bytes() == b"onetwo"
    assert os.listdir(tmp_path) == ["reply.mp3"]


def test_a_failure_leaves_the_file_that_was_there(tmp_path: Path) -> None:
    path = tmp_path / "reply.wav"
    path.write_bytes(b"before")
    writing = sound_file(str(path), None).opened()
    writing.__enter__()(b"\0\0")
    broke = ZeroDivisionError()
    writing.__exit__(type(broke), broke, None)
    assert path.read_bytes() == b"before"
    assert os.listdir(tmp_path) == ["reply.wav"]


def test_a_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real.mp3").write_bytes(b"before")
    link = tmp_path / "link.mp3"
    link.symlink_to("real.mp3")
    with sound_file(str(link), None).opened() as write:
        write(b"after")
    assert link.is_symlink()
    assert (tmp_path / "real.mp3").read_bytes() == b"after"


def test_a_device_is_written_into_and_not_replaced() -> None:
    with sound_file(os.devnull, "pcm_8000").opened() as write:
        write(b"\0\0")
    assert stat.S_ISCHR(Path(os.devnull).stat().st_mode)


def test_a_wav_file_has_the_header_of_its_samples(tmp_path: Path) -> None:
    path = tmp_path / "reply.wav"
    with sound_file(str(path), "pcm_16000").opened() as write:
        write(b"\1\0" * 100)
        write(b"\2\0" * 60)
    with wave.open(str(path)) as read:
        assert read.getparams()[:4] == (1, 2, 16000, 160)
        assert read.readframes(160) == b"\1\0" * 100 + b"\2\0" * 60


def test_a_directory_that_is_not_there_is_named(tmp_path: Path) -> None:
    path = tmp_path / "nowhere" / "reply.mp3"
    with (
        pytest.raises(CommandFailed, match=r"nowhere.*No such file"),
        sound_file(str(path), None).opened(),
    ):
        pass


def test_stdout_gets_the_bytes_as_they_come(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    with sound_file("-", None).opened() as write:
        write(b"\xff\xfb")
        assert capfdbinary.readouterr().out == b"\xff\xfb"
