"""Sound out of files of any kind, a few seconds at a time."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from typing import Final

import av
import msgspec
from av.audio.stream import AudioStream

from vivavoce.audio.inlet import Inlet, InputFormat
from vivavoce.audio.mixdown import BLOCK_S, Mixdown
from vivavoce.audio.sound_file import (
    OpenSound,
    SoundSource,
    open_contents,
    open_sound,
    sound_packets,
)
from vivavoce.errors import AudioUnreadable

# From below telephones to above DSD; converting what a damaged header may say takes minutes at the
# lower end, and gigabytes at the upper one.
_RATES: Final = range(1_000, 3_000_001)


class SoundInfo(msgspec.Struct, frozen=True):
    """What a file says of its sound; `duration_s` is None where it does not say how long it is."""

    duration_s: float | None
    channels: int


def probe_sound(source: SoundSource) -> SoundInfo:
    """What there is to read in a file, found without reading much of it.

    Raises AudioUnreadable when there is no sound in it, OSError when there is no file.
    """
    with open_sound(source) as sound:
        duration_s = (sound.container.duration or 0) / av.time_base
        return SoundInfo(duration_s if duration_s > 0 else None, sound.stream.layout.nb_channels)


class _Blocks(Iterator[bytes]):
    """16-bit little-endian mono at HEARING_RATE in blocks of about 5 s, read when asked for."""

    def __init__(self, blocks: Generator[bytes, None, None]) -> None:
        self._blocks = blocks

    def __next__(self) -> bytes:
        return next(self._blocks)

    def close(self) -> None:
        """Read no further and give the file back. Idempotent."""
        self._blocks.close()


class SoundReading(_Blocks):
    """The sound of a file, as `read_sound` gives it."""

    def __init__(self, source: SoundSource, channel: int | None) -> None:
        super().__init__(self._read(source, channel))
        self.is_damaged = False
        """Whether FFmpeg has come upon something so far that it could not read."""

    def _read(self, source: SoundSource, channel: int | None) -> Generator[bytes, None, None]:
        is_empty = True
        with open_sound(source) as sound:
            _check_channel(channel, sound.stream)
            for block in self._mixed(sound, channel):
                if block:
                    is_empty = False
                    yield block
            self.is_damaged |= sound.contents.seems_to_end
        if is_empty:
            raise AudioUnreadable("There is no sound in this file that can be read.")

    def _mixed(self, sound: OpenSound, channel: int | None) -> Iterator[bytes]:
        with self._noting_damage():
            packets, pictures_s = sound_packets(sound)
            mixdown = Mixdown(channel, pictures_s)
            with self._noting_damage():
                for frame in self._frames(packets):
                    yield from mixdown.add(frame)
            yield from mixdown.finish()

    def _frames(self, packets: Iterable[av.Packet[AudioStream]]) -> Iterator[av.AudioFrame]:
        for packet in packets:
            try:
                frames = packet.decode()
            except av.FFmpegError:
                self.is_damaged = True
            else:
                for frame in frames:
                    if frame.sample_rate in _RATES:
                        yield frame
                    else:
                        self.is_damaged = True

    @contextmanager
    def _noting_damage(self) -> Iterator[None]:
        try:
            yield
        except av.FFmpegError:
            self.is_damaged = True


class RawSound(_Blocks):
    """The sound of a file without a header, which is all in one `input_format`.

    Raises AudioUnreadable at the first block when there is nothing in it, OSError when there is no
    file.
    """

    def __init__(self, source: SoundSource, input_format: InputFormat) -> None:
        super().__init__(_read_raw(source, input_format))


def read_sound(source: SoundSource, *, channel: int | None = None) -> SoundReading:
    """The sound of any file that FFmpeg reads, films included: all channels mixed, or one of them.

    A file that is damaged midway gives what can be read of it, with silence in the place of the
    rest where time stamps tell. At the first block it raises AudioUnreadable when nothing can be
    read or there is no such channel (they are counted from 0), OSError when there is no file.
    """
    return SoundReading(source, channel)


def _read_raw(source: SoundSource, input_format: InputFormat) -> Generator[bytes, None, None]:
    inlet = Inlet(input_format)
    size = round(BLOCK_S * input_format.sample_rate) * input_format.bytes_per_sample
    with open_contents(source) as file:
        while data := file.read(size):
            yield inlet.feed(data)
        yield inlet.flush()


def _check_channel(channel: int | None, stream: AudioStream) -> None:
    channels = stream.layout.nb_channels
    if channel is not None and channel >= channels:
        raise AudioUnreadable(f"There is no channel {channel} in this file; it has {channels}.")
