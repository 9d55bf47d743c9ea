"""Streams that FFmpeg both encodes and puts into a container."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Literal, NamedTuple

import av
from av.audio.stream import AudioStream
from av.container import OutputContainer

from vivavoce.audio.resample import SAMPLE_BYTES, audio_frame


class MuxerPlan(NamedTuple):
    """What FFmpeg is told: its names of container, codec and sample format, and their options."""

    container: str
    codec: Literal["libopus", "aac", "flac"]
    sample_format: str
    container_options: Mapping[str, str] = {}
    codec_options: Mapping[str, str] = {}


class _Sink:
    """A file that cannot seek, emptied after each write."""

    def __init__(self) -> None:
        self._data = bytearray()

    def write(self, data: bytes) -> int:
        self._data += data
        return len(data)

    def drain(self) -> bytes:
        data = bytes(self._data)
        self._data.clear()
        return data


class _Muxer(NamedTuple):
    sink: _Sink
    container: OutputContainer
    stream: AudioStream


class MuxedEncoder:
    """Mono 16-bit PCM at `sample_rate` Hz to one stream, of about `bitrate_kbps` if it is given."""

    def __init__(self, plan: MuxerPlan, sample_rate: int, bitrate_kbps: int | None = None) -> None:
        self._plan = plan
        self._sample_rate = sample_rate
        self._bitrate_kbps = bitrate_kbps
        self._muxer: _Muxer | None = None
        self._samples = 0

    def encode(self, pcm: bytes) -> bytes:
        """What `pcm` completes, after the headers when it is the first."""
        if not pcm:
            return b""
        if self._muxer is None:
            self._muxer = self._open()
        frame = audio_frame(pcm, self._sample_rate)
        frame.time_base = Fraction(1, self._sample_rate)
        frame.pts = self._samples
        self._samples += len(pcm) // SAMPLE_BYTES
        sink, container, stream = self._muxer
        container.mux(stream.encode(frame))
        return sink.drain()

    def finish(self) -> bytes:
        """The rest, and what says where the stream ends; nothing if there was no sample."""
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
        plan, sink = self._plan, _Sink()
        container = av.open(
            sink, mode="w", format=plan.container, options=dict(plan.container_options)
        )
        stream = container.add_stream(
            plan.codec,
            rate=self._sample_rate,
            options=dict(plan.codec_options),
            layout="mono",
            format=plan.sample_format,
        )
        if self._bitrate_kbps is not None:
            stream.bit_rate = self._bitrate_kbps * 1000
        return _Muxer(sink, container, stream)
