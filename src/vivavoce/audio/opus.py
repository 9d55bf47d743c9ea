"""Opus in Ogg by FFmpeg."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

import av
from av.audio.stream import AudioStream
from av.container import OutputContainer

from vivavoce.audio.resample import SAMPLE_BYTES, audio_frame

SAMPLE_RATE = 48000
"""Hz; the only rate there is inside Ogg/Opus."""

PAGE_MS = 20
"""What one Ogg page holds: one Opus packet."""

MAX_PAGE_BYTES = 1275 + 6 + 27
"""The longest packet of RFC 6716 with its six lacing values and the page header of RFC 3533."""

# Without this the muxer gathers a second of audio before it writes a page.
_MUXER = {"page_duration": str(PAGE_MS * 1000)}
# "audio" codes clean speech at 32 kbit/s twice as fast as "voip". Complexity 5 takes 0.7 of the
# time of 10. Constrained VBR keeps loud passages near the bit rate.
_CODEC = {"application": "audio", "compression_level": "5", "vbr": "constrained"}


class _Sink:
    """A file that cannot seek, emptied after each write."""

    def __init__(self) -> None:
        self._pages = bytearray()

    def write(self, data: bytes) -> int:
        self._pages += data
        return len(data)

    def drain(self) -> bytes:
        pages = bytes(self._pages)
        self._pages.clear()
        return pages


class _Muxer(NamedTuple):
    sink: _Sink
    container: OutputContainer
    stream: AudioStream


class OggOpusEncoder:
    """Mono 16-bit PCM at 48 kHz to one Ogg/Opus stream of about `bitrate_kbps`.

    The codec gathers 20 ms and the muxer keeps one page of 20 ms, so up to 40 ms are held until
    `finish`.
    """

    def __init__(self, bitrate_kbps: int) -> None:
        self._bitrate_kbps = bitrate_kbps
        self._muxer: _Muxer | None = None
        self._samples = 0

    def encode(self, pcm: bytes) -> bytes:
        """The pages that `pcm` completes, after the headers when it is the first."""
        if not pcm:
            return b""
        if self._muxer is None:
            self._muxer = self._open()
        frame = audio_frame(pcm, SAMPLE_RATE)
        frame.time_base = Fraction(1, SAMPLE_RATE)
        frame.pts = self._samples
        self._samples += len(pcm) // SAMPLE_BYTES
        _, container, stream = self._muxer
        container.mux(stream.encode(frame))
        return self._muxer.sink.drain()

    def finish(self) -> bytes:
        """The last pages, which say where the stream ends; nothing if there was no sample."""
        if self._muxer is None:
            return b""
        sink, container, stream = self._muxer
        container.mux(stream.encode(None))
        self.close()
        return sink.drain()

    def close(self) -> None:
        """Give back native memory; what was held is lost."""
        if self._muxer is not None:
            self._muxer.container.close()
            self._muxer = None

    def _open(self) -> _Muxer:
        sink = _Sink()
        container = av.open(sink, mode="w", format="ogg", options=_MUXER)
        stream = container.add_stream(
            "libopus", rate=SAMPLE_RATE, options=_CODEC, layout="mono", format="s16"
        )
        stream.bit_rate = self._bitrate_kbps * 1000
        return _Muxer(sink, container, stream)
