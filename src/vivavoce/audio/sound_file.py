"""Files with sound in them, opened so that they cannot reach for anything but themselves."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from itertools import chain
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple, NoReturn, TypeAlias, cast

import av
from av.audio.stream import AudioStream
from av.codec.codec import UnknownCodecError
from av.container import InputContainer
from av.stream import Discard, Stream

from vivavoce.errors import AudioUnreadable

SoundSource: TypeAlias = Path | BinaryIO
"""A file that can be sought in, or where it lies."""

# FFmpeg's names of what people keep sound in, films included. Playlists and the like are missing on
# purpose: they tell a reader what to open next.
_CONTAINERS: Final = (
    "aac,ac3,aiff,amr,ape,asf,au,avi,caf,dsf,dts,dtshd,eac3,flac,flv,gxf,iff,ircam,loas,matroska"
    ",mlp,mov,mp3,mpc,mpc8,mpeg,mpegts,mxf,nistsphere,nut,ogg,oma,qcp,qoa,rm,sox,tak,truehd,tta"
    ",voc,w64,wav,webm,wtv,wv,xwma"
)


# Bytes from one packet to the next; where a film is at its densest there are 10 MB.
_LONGEST_SEARCH: Final = 1 << 26


class Contents:
    """All that FFmpeg gets to see of a file: not its name, by which it would judge it.

    The file seems to end where it has found nothing for 64 MiB, all of which it keeps in memory.
    """

    def __init__(self, file: BinaryIO) -> None:
        self.seems_to_end = False
        self._file = file
        self._searched = 0

    def found(self) -> None:
        """It has found something, and may go on."""
        self._searched = 0

    def read(self, size: int) -> bytes:
        self.seems_to_end |= self._searched >= _LONGEST_SEARCH
        data = b"" if self.seems_to_end else self._file.read(size)
        self._searched += len(data)
        return data

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        try:
            return self._file.seek(offset, whence)
        except (OSError, ValueError):
            return -1  # a damaged file leads to where no file reaches

    def tell(self) -> int:
        return self._file.tell()


class OpenSound(NamedTuple):
    """A file with its main audio stream."""

    contents: Contents
    container: InputContainer
    stream: AudioStream


@contextmanager
def open_contents(source: SoundSource) -> Iterator[BinaryIO]:
    """The file from its beginning; closed afterwards if it was not open before.

    Raises AudioUnreadable when it is empty, OSError when there is none.
    """
    if isinstance(source, Path):
        with source.open("rb") as file:
            yield _not_empty(file)
    else:
        yield _not_empty(source)


@contextmanager
def open_sound(source: SoundSource) -> Iterator[OpenSound]:
    """The file, as far as it takes to know what is in it.

    Raises AudioUnreadable when there is none, OSError when there is no file.
    """
    with open_contents(source) as file, _open_container(contents := Contents(file)) as container:
        stream = container.streams.best("audio")
        if not isinstance(stream, AudioStream):
            raise AudioUnreadable("There is no sound in this file.")
        if stream.codec_context is None:
            raise AudioUnreadable("The sound in this file is coded in a way that is unknown here.")
        yield OpenSound(contents, container, stream)


def sound_packets(sound: OpenSound) -> tuple[Iterator[av.Packet[AudioStream]], float | None]:
    """All packets of its stream, and when the pictures begin, in seconds of its time stamps.

    None where none come before the sound: it begins its file then. Raises av.FFmpegError, also
    while packets are read.
    """
    _, container, stream = sound
    pictures_s: float | None = None
    for packet in _packets(sound, *container.streams):
        if packet.stream.index == stream.index:
            break
        if pictures_s is None and packet.stream.type == "video" and packet.pts is not None:
            pictures_s = float(packet.pts * packet.time_base)
    else:
        return iter(()), None
    # Most of a film is pictures, which need not even be read.
    for other in container.streams:
        if other.index != stream.index:
            other.discard = Discard.all
    first = cast("av.Packet[AudioStream]", packet)
    rest = cast("Iterator[av.Packet[AudioStream]]", _packets(sound, stream))
    return chain([first], rest), pictures_s


def _packets(sound: OpenSound, *streams: Stream) -> Iterator[av.Packet[Stream]]:
    # At the end, after all packets, PyAV trips over streams that only turned up midway.
    with suppress(IndexError):
        for packet in sound.container.demux(*streams):
            sound.contents.found()
            yield packet


def _not_empty(file: BinaryIO) -> BinaryIO:
    file.seek(0)
    if not file.read(1):
        raise AudioUnreadable("The file is empty.")
    file.seek(0)
    return file


def _open_container(contents: Contents) -> InputContainer:
    try:
        return av.open(
            contents,
            mode="r",
            container_options={
                "format_whitelist": _CONTAINERS,
                "protocol_whitelist": "none",
                # Pictures are decoded only to be described, and a small file can hold a huge one.
                "codec_whitelist": _audio_decoders(),
            },
            metadata_errors="replace",
            io_open=_refuse,
        )
    except av.FFmpegError as error:
        raise AudioUnreadable("This is no file with sound in it, or it is damaged.") from error


def _refuse(url: str, flags: int, options: dict[str, str]) -> NoReturn:
    raise io.UnsupportedOperation("a sound file asked for another file")


@cache
def _audio_decoders() -> str:
    return ",".join(name for name in sorted(av.codecs_available) if _decodes_audio(name))


def _decodes_audio(name: str) -> bool:
    try:
        return av.Codec(name, "r").type == "audio"
    except UnknownCodecError:
        return False
