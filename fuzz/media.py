"""Files of sound, whole and damaged, and files that are none."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import av
import numpy as np
from av.audio.stream import AudioStream
from hypothesis import strategies as st

from fuzz.server import MOST_UPLOAD_BYTES
from fuzz.sounds import Stretch, sound_of
from vivavoce.audio.inlet import InputFormat
from vivavoce.audio.wav import wav_header
from vivavoce.engines.ears.fake import WORDS

_RATE, _BIT_RATE = 16_000, 96_000
_LEAD = Stretch(silence_ms=300)


class _Kind(NamedTuple):
    container: str
    codec: str
    rate: int = 48_000


KINDS = {
    "wav": _Kind("wav", "pcm_s16le", 16_000),
    "wav of bytes": _Kind("wav", "pcm_u8", 8_000),
    "wav of fractions": _Kind("wav", "pcm_f32le", 44_100),
    "wav of ADPCM": _Kind("wav", "adpcm_ms", 22_050),
    "w64": _Kind("w64", "pcm_s24le"),
    "aiff": _Kind("aiff", "pcm_s16be"),
    "au": _Kind("au", "pcm_alaw", 8_000),
    "caf": _Kind("caf", "alac"),
    "mp3": _Kind("mp3", "libmp3lame", 44_100),
    "opus": _Kind("ogg", "libopus"),
    "webm": _Kind("webm", "libopus"),
    "flac": _Kind("flac", "flac", 16_000),
    "mkv": _Kind("matroska", "ac3"),
    "mp4": _Kind("mp4", "aac"),
    "mov": _Kind("mov", "pcm_s16le"),
    "aac": _Kind("adts", "aac"),
    "mpegts": _Kind("mpegts", "mp2"),
    "avi": _Kind("avi", "mp2"),
    "asf": _Kind("asf", "wmav2", 44_100),
    "wv": _Kind("wv", "wavpack"),
    "tta": _Kind("tta", "tta"),
    "voc": _Kind("voc", "pcm_u8", 16_000),
    "flv": _Kind("flv", "libmp3lame", 44_100),
    "nut": _Kind("nut", "pcm_s16le"),
}
"""By name."""


@dataclass(frozen=True)
class Sound:
    """A file with these words in it, the same in all channels."""

    kind: str
    words: tuple[str, ...]
    channels: int = 1
    damages: tuple[Damage, ...] = ()

    @property
    def word_starts_s(self) -> list[float]:
        """When each word begins in an undamaged one."""
        return [_LEAD.seconds + start_s for start_s in Stretch(self.words).word_starts_s()]

    def data(self) -> bytes:
        """The file."""
        data = bytearray(_encoded(self.kind, self.words, self.channels))
        for damage in self.damages:
            damage.do_to(data)
        return bytes(data)


@dataclass(frozen=True)
class Damage:
    """What is done to a file at `place`, from 0 for its beginning to 1 for its end."""

    what: str
    place: float
    size: int

    def do_to(self, data: bytearray) -> None:
        """Does it."""
        # Headers are where it hurts: half of all places are in the first few hundred bytes.
        place = int(self.place * len(data)) if self.size % 2 else int(self.place * 400)
        end = min(place + self.size, len(data))
        place = min(place, end)
        match self.what:
            case "flip":
                data[place:end] = bytes(byte ^ 0x55 for byte in data[place:end])
            case "ones":
                data[place:end] = b"\xff" * (end - place)
            case "zeros":
                data[place:end] = bytes(end - place)
            case "cut out":
                del data[place:end]
            case "cut off":
                del data[place:]
            case "double":
                data[place:place] = data[place:end]
            case _:
                data[place:place] = bytes(self.size)


@lru_cache(256)
def _encoded(name: str, words: tuple[str, ...], channels: int) -> bytes:
    kind = KINDS[name]
    sound = sound_of([_LEAD, Stretch(words, silence_ms=300)], InputFormat("pcm", _RATE))
    mono = np.frombuffer(sound, "<i2")
    file = io.BytesIO()
    with av.open(file, "w", format=kind.container) as output:
        layout = {1: "mono", 2: "stereo"}[channels]
        stream = output.add_stream(kind.codec, rate=kind.rate, layout=layout)
        assert isinstance(stream, AudioStream)
        stream.bit_rate = _BIT_RATE
        frame = av.AudioFrame.from_ndarray(mono.repeat(channels)[None], "s16", layout)
        frame.sample_rate = _RATE
        for packet in (*stream.encode(frame), *stream.encode(None)):
            output.mux(packet)
    return file.getvalue()


_PNG = (
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\6\0\0\0\x1f\x15\xc4\x89\0\0\0\rIDATx\x9cc"
    b"\0\1\0\0\5\0\1\r\n-\xb4\0\0\0\0IEND\xaeB`\x82"
)
_NOT_SOUND = {
    "nothing": b"",
    "a byte": b"\0",
    "text": b"Hello, world.\n" * 50,
    "zeros": bytes(3_000_000),
    "picture": _PNG,
    "tag": b"ID3\4\0\0\x7f\x7f\x7f\x7f" + bytes(5_000),
    "tags": (b"ID3\4\0\0\0\0\0\0" * 20_000),
    "sync": b"\xff\xfb\x90\0" * 5_000,
    "header": wav_header(_RATE, 0),
    "archive": b"PK\3\4" + bytes(100),
    "page": b"<!DOCTYPE html><title>404</title>",
    "json": b'{"error": "no such file"}',
    "too large": bytes(MOST_UPLOAD_BYTES + 1),
}


@dataclass(frozen=True)
class NoSound:
    """A file with none in it."""

    name: str

    def data(self) -> bytes:
        """The file."""
        return _NOT_SOUND[self.name]


no_sounds = st.builds(NoSound, st.sampled_from(sorted(_NOT_SOUND)))
"""What else people send."""

_damages = st.builds(
    Damage,
    st.sampled_from(("flip", "flip", "ones", "zeros", "cut out", "cut off", "double", "insert")),
    st.floats(0, 1),
    st.sampled_from((1, 1, 2, 4, 4, 5, 64, 1_001, 30_000)),
)
_words = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3, unique=True).map(tuple)

sounds = st.builds(Sound, st.sampled_from(sorted(KINDS)), _words, st.sampled_from((1, 1, 2)))
"""Whole files."""

damaged_sounds = st.builds(
    Sound,
    st.sampled_from(sorted(KINDS)),
    _words,
    st.sampled_from((1, 2)),
    st.lists(_damages, min_size=1, max_size=4).map(tuple),
)
"""Of which something may be left."""
