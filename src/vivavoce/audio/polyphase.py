"""Sample rate conversion that lets nothing through which the new rate cannot carry."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.float64]

# How far the filter reaches to either side: short enough for live speech, and at 16 kHz long
# enough to go from the pass band to the stop band between 7 and 8 kHz.
_REACH_S: Final = 0.0019
# Of samples at the lower rate: what a filter needs to tell bands apart at all.
_LEAST_REACH: Final = 15
# 60 dB are meant; the rest makes up for what the window's formula leaves open.
_ATTENUATION_DB: Final = 63.0
# Where a rate is raised, what lies this close under the old band's edge may leave a faint image:
# else a telephone's 3.4 kHz would be cut off with it.
_EDGE: Final = 1.05
# Fewer outputs a row than this, and a matrix product is mostly overhead.
_LEAST_ROW: Final = 64
# All rates that sound is kept at need fewer steps between two samples (11,025 Hz has most).
_MOST_STEPS: Final = 640
_LONGEST_CYCLE: Final = 1024
_FULL_SCALE: Final = 32768.0


def is_regular(source_rate: int, target_rate: int) -> bool:
    """Whether the rates have a ratio of numbers small enough for a `PolyphaseResampler`."""
    common = math.gcd(source_rate, target_rate)
    return target_rate // common <= _MOST_STEPS and source_rate // common <= _LONGEST_CYCLE


def to_pcm(samples: npt.NDArray[np.floating]) -> bytes:
    """Samples in units of 16 bits as 16-bit little-endian PCM: rounded, and clipped at the ends."""
    pcm: npt.NDArray[np.int16] = np.rint(samples).clip(-_FULL_SCALE, _FULL_SCALE - 1).astype("<i2")
    return pcm.tobytes()


class _Bank(NamedTuple):
    """All that a pair of rates decides.

    A row is `row_in` samples in and `row_out` out: one product with `matrix`, whose columns are the
    filter as each output of the row needs it. Its rows begin `reach` samples before the row's.
    """

    up: int
    down: int
    reach: int
    row_in: int
    row_out: int
    matrix: Samples


class PolyphaseResampler:
    """Converts a stream from one rate (Hz) to another, a piece at a time, 60 dB clean.

    A linear-phase windowed sinc (Kaiser). What comes out does not depend on the sizes of the
    pieces, but for the last bits of a 64-bit number. Holds back 1.9 ms of a stream until `flush`,
    more below 8 kHz. Raises ValueError where `is_regular` says no.
    """

    def __init__(self, source_rate: int, target_rate: int) -> None:
        if not is_regular(source_rate, target_rate):
            raise ValueError(f"no conversion from {source_rate} to {target_rate} Hz")
        self._bank = _bank(source_rate, target_rate)
        self._begin()

    def push(self, samples: Samples) -> Samples:
        """What can be said of the stream after these samples, which are any number."""
        self._samples_in += len(samples)
        converted = self._convert(samples)
        self._samples_out += len(converted)
        return converted

    def flush(self) -> Samples:
        """The rest of the stream, which ends here; the next `push` begins another.

        All output of a stream of n samples has n * target_rate / source_rate of them, rounded.
        """
        bank = self._bank
        due = (2 * self._samples_in * bank.up + bank.down) // (2 * bank.down) - self._samples_out
        # A cycle more than the reach: what rounding adds may lie behind the last sample.
        rest = self._convert(np.zeros(bank.reach + bank.down))[:due]
        self._begin()
        return rest

    def _begin(self) -> None:
        self._samples_in = self._samples_out = 0
        # From `reach` samples before the first row that is not finished.
        self._waiting = np.zeros(self._bank.reach)
        # Outputs of that row which are out already.
        self._given = 0

    def _convert(self, samples: Samples) -> Samples:
        up, down, reach, row_in, row_out, matrix = self._bank
        self._waiting = np.concatenate([self._waiting, samples])
        settled = len(self._waiting) - 2 * reach
        ready = max(0, -(-settled * up // down))
        if ready <= self._given:
            return np.zeros(0)
        rows = -(-ready // row_out)
        # What has not come yet is multiplied by zero wherever an output is ready.
        missing = (rows - 1) * row_in + len(matrix) - len(self._waiting)
        known = np.concatenate([self._waiting, np.zeros(max(0, missing))])
        windows = np.lib.stride_tricks.sliding_window_view(known, len(matrix))[::row_in][:rows]
        converted: Samples = (np.ascontiguousarray(windows) @ matrix).reshape(-1)
        fresh = converted[self._given : ready]
        done = ready // row_out
        self._waiting = self._waiting[done * row_in :].copy()
        self._given = ready - done * row_out
        return fresh


@lru_cache(maxsize=32)
def _bank(source_rate: int, target_rate: int) -> _Bank:
    common = math.gcd(source_rate, target_rate)
    up, down = target_rate // common, source_rate // common
    lower = min(source_rate, target_rate)
    reach_s = max(_REACH_S, _LEAST_REACH / lower)
    reach = int(reach_s * source_rate)
    cycles = max(1, _LEAST_ROW // up)
    row_in, row_out = cycles * down, cycles * up
    row_reach = (row_out - 1) * down // up + 2 * reach + 1
    # From each output of the row to each input that it could need, in steps of the finer grid that
    # both rates share.
    inputs, outputs = np.arange(row_reach)[:, None], np.arange(row_out)[None, :]
    steps = np.abs((inputs - reach) * up - outputs * down)
    half = _half_kernel(up, reach, _cutoff(source_rate, target_rate, reach))
    matrix = half[np.minimum(steps, reach * up)]
    # Each output alone must pass a constant as it is, or the row length would be heard as a tone.
    matrix /= matrix.sum(axis=0)
    return _Bank(up, down, reach, row_in, row_out, matrix)


def _cutoff(source_rate: int, target_rate: int, reach: int) -> float:
    """Where the filter is at a half, in cycles per sample at the source rate.

    By Kaiser's formula for the width of the transition band.
    """
    width = (_ATTENUATION_DB - 7.95) / (2.285 * 2 * math.pi * 2 * reach)
    stop = target_rate / source_rate / 2 if target_rate < source_rate else _EDGE / 2
    return stop - width / 2


def _half_kernel(up: int, reach: int, cutoff: float) -> Samples:
    """The filter from its middle to where it ends in zero, `up` values a sample."""
    distance = np.arange(reach * up + 1) / up
    beta = 0.1102 * (_ATTENUATION_DB - 8.7)
    half: Samples = np.sinc(2 * cutoff * distance)
    half *= np.i0(beta * np.sqrt(1 - (distance / reach) ** 2))
    half[-1] = 0.0
    return half
