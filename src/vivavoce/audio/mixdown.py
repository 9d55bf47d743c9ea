"""Decoded sound of any kind to one channel at the rate of the ears."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

import av
import numpy as np
import numpy.typing as npt
from av.audio.frame import format_dtypes

from vivavoce.audio.inlet import HEARING_RATE
from vivavoce.audio.polyphase import PolyphaseResampler, Samples, is_regular, to_pcm
from vivavoce.audio.resample import SAMPLE_BYTES

BLOCK_S: Final = 5.0
"""Seconds of sound in a block, or a little more."""

# In units of 16 bits, by the kind of a sample; unsigned ones lie around 128.
_SCALES: Final[Mapping[str, float]] = MappingProxyType(
    {"u1": 256.0, "i2": 1.0, "i4": 2.0**-16, "f4": 32768.0, "f8": 32768.0}
)
_UNSIGNED: Final = "u1"
_UNSIGNED_MIDDLE: Final = 128.0
# 24 dB above full scale: floating point may say anything, and what is louder still is no sound.
_LOUDEST: Final = 16 * 32768.0
_ANY_FORMAT: Final = "flt"
_ANY_RATE: Final = 48_000
_CENTRE: Final = "FC"
# A lost frame is no gap, nor is a clock that runs a little slow.
_GAP_S: Final = 0.3
# Longer, or more of them in all, and the time stamps are broken rather than the sound.
_LONGEST_GAP_S: Final = 600.0
_MOST_SILENCE_S: Final = 4 * 3600.0


class _Kind(NamedTuple):
    """Frames of one kind can be joined."""

    sample_format: str
    layout: str
    rate: int


class _Mixer(NamedTuple):
    """Joined frames of one kind to mono in units of 16 bits."""

    sample_type: str
    weights: npt.NDArray[np.float32]

    def mix(self, frames: list[npt.NDArray[np.generic]]) -> Samples:
        joined = np.concatenate(frames, axis=1).reshape(-1, len(self.weights))
        with np.errstate(all="ignore"):
            mono = (joined @ self.weights).astype(np.float64)
            if self.sample_type == _UNSIGNED:
                mono -= _UNSIGNED_MIDDLE
            mono *= _SCALES[self.sample_type]
            # Turned around, for what is no number is not louder either.
            if not np.abs(mono).max() <= _LOUDEST:
                mono = np.nan_to_num(mono, nan=0.0).clip(-_LOUDEST, _LOUDEST)
        return mono


class Mixdown:
    """Frames of one stream, in order, to blocks of 16-bit little-endian mono at HEARING_RATE.

    `channel` picks one, counted from 0; else all are mixed. `start_s` is where the time of the file
    begins, None for the first frame's: where time stamps leave a gap there is silence, so that
    every sample keeps its time. The frames may change their kind midway. Both methods raise
    av.FFmpegError for a frame of no kind that FFmpeg can convert.
    """

    def __init__(self, channel: int | None, start_s: float | None) -> None:
        self._channel = channel
        self._start_s = start_s
        self._added_s = 0.0
        self._silent_s = 0.0
        self._kind: _Kind | None = None
        self._adapter = av.AudioResampler()
        self._mixer: _Mixer | None = None
        self._rate = HEARING_RATE
        self._resampler: PolyphaseResampler | None = None
        self._frames: list[npt.NDArray[np.generic]] = []
        self._samples = 0

    def add(self, frame: av.AudioFrame) -> Iterator[bytes]:
        """The blocks that `frame` completes."""
        kind = _Kind(frame.format.name, frame.layout.name, frame.sample_rate)
        if kind != self._kind:
            yield from self.finish()
            self._turn_to(kind)
        if frame.time is not None and (gap_s := self._gap(frame.time)) > 0:
            yield from self._stay_silent(gap_s)
        self._added_s += frame.samples / frame.sample_rate
        yield from self._gather(self._adapter.resample(frame))

    def finish(self) -> Iterator[bytes]:
        """The last block, with what was held back."""
        if self._kind is None:
            return
        # An adapter that has nothing to do says None where it was asked for its rest.
        yield from self._gather(self._adapter.resample(None))
        yield from self._settle()
        self._kind = None

    def _turn_to(self, kind: _Kind) -> None:
        plain = kind.sample_format if kind.sample_format in format_dtypes else _ANY_FORMAT
        self._rate = kind.rate if is_regular(kind.rate, HEARING_RATE) else _ANY_RATE
        # Channels in turn: of eight or more that lie apart, PyAV reads beyond the last one.
        packed = av.AudioFormat(plain).packed
        self._adapter = av.AudioResampler(format=packed, rate=self._rate)
        self._resampler = None
        if self._rate != HEARING_RATE:
            self._resampler = PolyphaseResampler(self._rate, HEARING_RATE)
        self._mixer = None
        self._kind = kind

    def _gap(self, time: float) -> float:
        """Seconds of silence before what begins at `time`, and 0 for what follows at once."""
        if self._start_s is None:
            self._start_s = time
        gap_s = time - self._start_s - self._added_s
        if abs(gap_s) <= _GAP_S:
            return 0.0
        if not 0 < gap_s <= min(_LONGEST_GAP_S, _MOST_SILENCE_S - self._silent_s):
            self._start_s += gap_s
            return 0.0
        return gap_s

    def _stay_silent(self, seconds: float) -> Iterator[bytes]:
        yield from self._settle()
        self._added_s += seconds
        self._silent_s += seconds
        left = round(seconds * HEARING_RATE)
        while left > 0:
            samples = min(left, round(BLOCK_S * HEARING_RATE))
            yield bytes(SAMPLE_BYTES * samples)
            left -= samples

    def _gather(self, frames: Iterable[av.AudioFrame | None]) -> Iterator[bytes]:
        for frame in frames:
            if frame is None or not frame.samples:
                continue
            if self._mixer is None:
                self._mixer = _mixer(frame, self._channel)
            self._frames.append(frame.to_ndarray())
            self._samples += frame.samples
            if self._samples >= BLOCK_S * self._rate:
                yield from self._emit()

    def _emit(self) -> Iterator[bytes]:
        if self._mixer is not None and self._frames:
            mono = self._mixer.mix(self._frames)
            self._frames, self._samples = [], 0
            yield to_pcm(mono if self._resampler is None else self._resampler.push(mono))

    def _settle(self) -> Iterator[bytes]:
        yield from self._emit()
        if self._resampler is not None:
            yield to_pcm(self._resampler.flush())


def _mixer(frame: av.AudioFrame, channel: int | None) -> _Mixer:
    weights = np.ones(frame.layout.nb_channels, np.float32)
    if channel is not None:
        # A stream that loses channels midway has the last one for all that are gone.
        weights[:] = 0
        weights[min(channel, len(weights) - 1)] = 1
    elif len(weights) > 2:
        # Where there is one in the middle, it has the words.
        weights[[one.name == _CENTRE for one in frame.layout.channels]] = 2
    return _Mixer(format_dtypes[frame.format.name], weights / weights.sum())
