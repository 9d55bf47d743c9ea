from __future__ import annotations

import io
import os
import struct
import subprocess
import zlib
from pathlib import Path
from typing import BinaryIO, cast

import av
import pytest

from vivavoce.audio.sound_file import open_contents, open_sound
from vivavoce.errors import AudioUnreadable


def _ffmpeg(*arguments: str | Path) -> None:
    command = ["ffmpeg", "-v", "error", "-y", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, check=True)
    assert done.stderr == b""


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """A file that somebody else's playlist would like to have read."""
    path = tmp_path / "secret.ts"
    _ffmpeg("-f", "lavfi", "-i", "sine=d=1", "-c:a", "mp2", path)
    return path


_PLAYLISTS = {
    "list.m3u8": "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nsecret.ts\n#EXT-X-ENDLIST\n",
    "list.ffconcat": "ffconcat version 1.0\nfile secret.ts\n",
}


@pytest.mark.parametrize("name", _PLAYLISTS)
@pytest.mark.parametrize("is_open", [False, True])
def test_a_playlist_cannot_make_it_read_another_file(
    name: str, is_open: bool, secret: Path
) -> None:
    path = secret.with_name(name)
    path.write_text(_PLAYLISTS[name])
    # What FFmpeg left alone would do.
    with av.open(str(path)) as container:
        assert container.streams.audio
    with path.open("rb") as file, pytest.raises(AudioUnreadable, match="no file with sound"):
        open_sound(file if is_open else path).__enter__()


_REMOTE = {
    "dash": '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static">'
    '<Period><AdaptationSet mimeType="audio/mp4"><Representation id="1" bandwidth="1">'
    "<BaseURL>http://127.0.0.1:9/a.mp4</BaseURL></Representation></AdaptationSet></Period></MPD>",
    "sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 9 RTP/AVP 0\n",
    "asx": '<asx version="3.0"><entry><ref href="http://127.0.0.1:9/a"/></entry></asx>',
}


@pytest.mark.parametrize("kind", _REMOTE)
def test_a_file_cannot_make_it_ask_the_network(kind: str) -> None:
    with pytest.raises(AudioUnreadable):
        open_sound(io.BytesIO(_REMOTE[kind].encode())).__enter__()


def _huge_picture() -> bytes:
    """64 million pixels in a few hundred kilobytes."""
    side = 8000

    def chunk(name: bytes, data: bytes) -> bytes:
        crc = zlib.crc32(name + data)
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", crc)

    packer = zlib.compressobj()
    rows = b"".join(packer.compress(bytes(1 + side * 3)) for _ in range(side)) + packer.flush()
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        chunk(name, data) for name, data in [(b"IHDR", header), (b"IDAT", rows), (b"IEND", b"")]
    )


def test_pictures_beside_the_sound_are_never_decoded(tmp_path: Path) -> None:
    picture, film = tmp_path / "huge.png", tmp_path / "film.mkv"
    picture.write_bytes(_huge_picture())
    _ffmpeg(
        "-i",
        picture,
        "-f",
        "lavfi",
        "-i",
        "sine=d=1",
        "-map",
        "0",
        "-map",
        "1",
        "-c:v",
        "copy",
        film,
    )
    with open_sound(film) as (_, container, stream):
        # Only who has decoded a picture knows how its pixels are laid out.
        assert container.streams.video[0].format is None
        assert sum(packet.size for packet in container.demux(stream)) > 0


def test_the_name_of_a_file_says_nothing_about_what_is_in_it(secret: Path) -> None:
    renamed = secret.rename(secret.with_name("list.m3u8"))
    with open_sound(renamed) as (_, _, stream):
        assert stream.codec_context.name.startswith("mp2")


def test_tags_in_no_encoding_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "tagged.wav"
    _ffmpeg("-f", "lavfi", "-i", "sine=d=1", "-metadata", "title=Xylophone", path)
    path.write_bytes(path.read_bytes().replace(b"Xylophone", b"Xyl\xf6phone"))
    with open_sound(path) as (_, _, stream):
        assert stream.rate == 44_100


@pytest.mark.parametrize("data", [b"", b"\0" * 5000, b"no sound at all " * 500, b"RIFF", b"ID3"])
def test_what_is_no_sound_is_refused(data: bytes) -> None:
    with pytest.raises(AudioUnreadable):
        open_sound(io.BytesIO(data)).__enter__()


def test_a_damaged_file_that_leads_to_where_no_file_reaches_is_refused(tmp_path: Path) -> None:
    kind = struct.pack(">d4sIIIII", 16_000.0, b"lpcm", 0, 2, 1, 1, 16)
    data = b"caff\0\1\0\0desc" + struct.pack(">q", len(kind)) + kind
    path = tmp_path / "astray.caf"
    path.write_bytes(data + b"free" + struct.pack(">q", (1 << 63) - 100) + bytes(64))
    with pytest.raises(AudioUnreadable):
        open_sound(path).__enter__()


class _Counting(io.FileIO):
    """A file that knows how much of it has been read."""

    bytes_read = 0

    def read(self, size: int | None = -1) -> bytes:
        data = super().read(-1 if size is None else size) or b""
        self.bytes_read += len(data)
        return data


def test_not_all_of_a_vast_file_is_searched_for_sound(tmp_path: Path) -> None:
    path = tmp_path / "vast.mp3"
    path.write_bytes(b"ID3\4\0\0\x20\0\0\0")
    os.truncate(path, 1 << 30)
    with _Counting(path) as file, pytest.raises(AudioUnreadable):
        open_sound(cast(BinaryIO, file)).__enter__()
    assert 0 < file.bytes_read < 1 << 27


def test_an_empty_file_is_called_so() -> None:
    with pytest.raises(AudioUnreadable, match="empty"):
        open_contents(io.BytesIO()).__enter__()


def test_a_silent_film_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    _ffmpeg("-f", "lavfi", "-i", "testsrc=d=1:s=64x64", path)
    with pytest.raises(AudioUnreadable, match="no sound"):
        open_sound(path).__enter__()


def test_a_file_that_is_not_there_is_no_matter_of_sound(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        open_sound(tmp_path / "nowhere.wav").__enter__()


def test_a_file_that_was_open_is_read_from_its_beginning_and_stays_open(secret: Path) -> None:
    with secret.open("rb") as file:
        file.seek(100)
        for _ in range(2):
            with open_sound(file) as (_, _, stream):
                assert stream.rate == 44_100
        assert not file.closed
