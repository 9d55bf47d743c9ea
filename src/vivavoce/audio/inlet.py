"""Live sound as a caller sends it, on its way to the ears."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, Literal

import msgspec
import numpy as np

from vivavoce.audio.g711 import decode_alaw, decode_ulaw
from vivavoce.audio.polyphase import PolyphaseResampler, to_pcm
from vivavoce.audio.resample import SAMPLE_BYTES
from vivavoce.errors import UnsupportedFormat

HEARING_RATE: Final = 16_000
"""Hz; what ears take, and so what all sound becomes that comes in."""

InputCodec = Literal["pcm", "ulaw", "alaw"]


class InputFormat(msgspec.Struct, frozen=True):
    """How headerless sound is written: mono, 16-bit little-endian for pcm, a byte a sample else.

    `sample_rate` is in Hz.
    """

    codec: InputCodec
    sample_rate: int

    @property
    def bytes_per_sample(self) -> int:
        """What one sample takes."""
        return SAMPLE_BYTES if self.codec == "pcm" else 1


_PCM_RATES: Final = (8000, 16000, 22050, 24000, 32000, 44100, 48000)

INPUT_FORMATS: Final[Mapping[str, InputFormat]] = MappingProxyType(
    {
        **{f"pcm_{rate}": InputFormat("pcm", rate) for rate in _PCM_RATES},
        "ulaw_8000": InputFormat("ulaw", 8000),
        "alaw_8000": InputFormat("alaw", 8000),
    }
)
"""Every format that a caller may send, by name."""


def parse_input_format(name: str) -> InputFormat:
    """The format called `name`. Raises UnsupportedFormat, whose message lists the allowed names."""
    found = INPUT_FORMATS.get(name)
    if found is None:
        allowed = ", ".join(INPUT_FORMATS)
        raise UnsupportedFormat(
            f"Unknown audio_format {name[:40]!r}, allowed are: {allowed}", param="audio_format"
        )
    return found


class Inlet:
    """One live stream to 16-bit little-endian mono at HEARING_RATE, a piece at a time.

    Holds back under 2 ms of it until `flush`; 16 kHz passes through untouched. 20 ms of sound take
    about 0.05 ms.
    """

    def __init__(self, input_format: InputFormat) -> None:
        self._decode = _DECODERS[input_format.codec]
        self._bytes_per_sample = input_format.bytes_per_sample
        rate = input_format.sample_rate
        self._resampler = None if rate == HEARING_RATE else PolyphaseResampler(rate, HEARING_RATE)
        self._part = b""

    def feed(self, data: bytes) -> bytes:
        """What can be said of the stream after `data`; half a sample waits for its other half."""
        if self._part:
            data, self._part = self._part + data, b""
        if len(data) % self._bytes_per_sample:
            data, self._part = data[:-1], data[-1:]
        pcm = self._decode(data)
        if self._resampler is None:
            return pcm
        samples = np.frombuffer(pcm, dtype="<i2").astype(np.float64)
        return to_pcm(self._resampler.push(samples))

    def flush(self) -> bytes:
        """The rest of the stream, which ends here; the next `feed` begins another.

        Half a sample that never became a whole one is lost.
        """
        self._part = b""
        return b"" if self._resampler is None else to_pcm(self._resampler.flush())


_DECODERS: Final[Mapping[InputCodec, Callable[[bytes], bytes]]] = MappingProxyType(
    {"pcm": bytes, "ulaw": decode_ulaw, "alaw": decode_alaw}
)
