"""Sound as a conversation's format has it, and as devices and their owners want it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from vivavoce.clients.ulaw import ulaw_decoded, ulaw_encoded
from vivavoce.errors import UnsupportedFormat

_SAMPLE_BYTES: Final = {"pcm": 2, "ulaw": 1, "alaw": 1}


@dataclass(frozen=True)
class WireSound:
    """`codec` is pcm (16-bit little-endian), ulaw or alaw; mono at `sample_rate` (Hz)."""

    codec: str
    sample_rate: int

    @classmethod
    def named(cls, name: str, param: str = "audio_format") -> WireSound:
        """What a name such as `pcm_16000` means. Raises UnsupportedFormat, for `param`."""
        codec, _, rate = name.partition("_")
        if codec not in _SAMPLE_BYTES or not rate.isdecimal() or not int(rate):
            raise UnsupportedFormat(f"{param} {name!r} is not pcm_<rate> or ulaw_8000.", param)
        return cls(codec, int(rate))

    @property
    def bytes_per_s(self) -> int:
        """Of sound as it is sent."""
        return self.sample_rate * _SAMPLE_BYTES[self.codec]

    @property
    def sample_bytes(self) -> int:
        """Of one sample as it is sent."""
        return _SAMPLE_BYTES[self.codec]

    def decoded(self, data: bytes) -> bytes:
        """16-bit little-endian samples. Raises UnsupportedFormat for alaw."""
        self._check()
        return data if self.codec == "pcm" else ulaw_decoded(data)

    def encoded(self, pcm: bytes) -> bytes:
        """The other way round."""
        self._check()
        return pcm if self.codec == "pcm" else ulaw_encoded(pcm)

    def _check(self) -> None:
        if self.codec == "alaw":
            raise UnsupportedFormat("A-law sound is sent as it is, not made here.", "audio_format")
