"""Sample rate conversion of a live stream."""

from __future__ import annotations

import av
import numpy as np

SAMPLE_BYTES = 2
"""Bytes of one 16-bit sample."""

# Longer than what swr holds back at any pair of rates here (4 ms, from 44.1 to 8 kHz).
_TAIL_SECONDS = 0.01


def audio_frame(pcm: bytes, sample_rate: int) -> av.AudioFrame:
    """Mono 16-bit `pcm` as a frame for FFmpeg."""
    samples = np.frombuffer(pcm, dtype=np.int16).reshape(1, -1)
    frame = av.AudioFrame.from_ndarray(samples, format="s16", layout="mono")
    frame.sample_rate = sample_rate
    return frame


class Resampler:
    """Converts mono 16-bit little-endian PCM from one rate (Hz) to another, a piece at a time.

    Holds back 0.4 to 4 ms of a stream until `flush`. Equal rates pass through untouched. Native
    memory is taken with the first sample and given back by `flush`.
    """

    def __init__(self, source_rate: int, target_rate: int) -> None:
        self._source_rate = source_rate
        self._target_rate = target_rate
        self._swr: av.AudioResampler | None = None
        self._samples_in = 0
        self._samples_out = 0

    def push(self, pcm: bytes) -> bytes:
        """What can be said of the stream after `pcm`, which is any number of whole samples."""
        if self._source_rate == self._target_rate or not pcm:
            return pcm
        converted = self._convert(pcm)
        self._samples_in += len(pcm) // SAMPLE_BYTES
        self._samples_out += len(converted) // SAMPLE_BYTES
        return converted

    def flush(self) -> bytes:
        """The rest of the stream, which ends here; the next `push` begins another.

        All output of a stream of n samples has n * target_rate / source_rate of them, rounded.
        """
        if self._swr is None:
            return b""
        due = round(self._samples_in * self._target_rate / self._source_rate) - self._samples_out
        # Silence pushes the rest out. Flushing swr itself would lose a stream that is shorter
        # than its filter.
        tail = self._convert(bytes(SAMPLE_BYTES * int(self._source_rate * _TAIL_SECONDS)))
        self._swr = None
        self._samples_in = self._samples_out = 0
        return tail[: due * SAMPLE_BYTES]

    def _convert(self, pcm: bytes) -> bytes:
        if self._swr is None:
            self._swr = av.AudioResampler(format="s16", layout="mono", rate=self._target_rate)
        frames = self._swr.resample(audio_frame(pcm, self._source_rate))
        return b"".join(frame.to_ndarray().tobytes() for frame in frames)
