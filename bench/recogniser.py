"""Speech back to text: recordings of any length to the ears that the server hears with."""

from __future__ import annotations

import io
import math
from pathlib import Path
from tempfile import TemporaryDirectory

import av
import numpy as np
import numpy.typing as npt
from scipy.signal import resample_poly

from bench.word_errors import word_error_rate
from vivavoce.engines.base import EARS_RATE, LONGEST_PIECE, HearingRequest
from vivavoce.engines.ears import moonshine

__all__ = ["SAMPLE_RATE", "Recogniser", "decode_audio", "resample", "word_error_rate"]

Floats = npt.NDArray[np.float32]

SAMPLE_RATE = EARS_RATE

_FRAME = SAMPLE_RATE // 50
_AUDIBLE_RMS = 0.003
_MARGIN = SAMPLE_RATE // 10
_MOST_SAMPLES = 9 * SAMPLE_RATE
"""The model was trained on short pieces; with more it loses words."""


class Recogniser:
    """English speech to text by our own ears, without the server."""

    def __init__(self) -> None:
        """Raises FileNotFoundError when the wheel with the model is not installed."""
        with TemporaryDirectory() as directory:
            self._ears = moonshine.load(Path(directory)).ears()

    def transcribe(self, samples: Floats) -> str:
        """The words in `samples` (float32 in -1 to 1, mono, 16 kHz); "" when nothing is audible."""
        quiet = np.zeros(_MARGIN, np.float32)
        padded = np.concatenate([quiet, samples, quiet])
        pieces = (padded[start:end] for start, end in speech_pieces(padded))
        return " ".join(filter(None, map(self.transcribe_at_once, pieces)))

    def transcribe_at_once(self, samples: Floats) -> str:
        """The words in `samples` as the bare model has them, silent or loud; by pieces if there are
        more of them than it takes."""
        if len(samples) > LONGEST_PIECE:
            return self.transcribe(samples)
        pcm = (np.clip(samples, -1.0, 1.0) * 32767.0).astype("<i2").tobytes()
        return self._ears.hear(HearingRequest(pcm)).text


def decode_audio(data: bytes) -> Floats:
    """An audio file of any format with a header, or MP3, as float32 mono at 16 kHz.

    Raises av.FFmpegError for what is no audio.
    """
    mono = av.AudioResampler(format="flt", layout="mono")
    with av.open(io.BytesIO(data), mode="r") as container:
        rate = container.streams.audio[0].rate
        decoded = [*container.decode(audio=0), None]
        parts = [out.to_ndarray()[0] for frame in decoded for out in mono.resample(frame)]
    return resample(np.concatenate(parts), rate) if parts else np.zeros(0, np.float32)


def resample(samples: npt.NDArray[np.floating], rate: int) -> Floats:
    """Samples at `rate` Hz as float32 at 16 kHz.

    Not by FFmpeg: its filter lets through so much above 8 kHz that the model hears numbers in it.
    """
    common = math.gcd(SAMPLE_RATE, rate)
    resampled: Floats = resample_poly(samples, SAMPLE_RATE // common, rate // common)
    return resampled.astype(np.float32)


def speech_pieces(samples: Floats) -> list[tuple[int, int]]:
    """Where there is speech, as [start, end) in samples: cut in long pauses, 9 s a piece at most.

    Each piece keeps 100 ms around what is audible; without them the model loses first and last
    sounds, and of silence alone it makes words.
    """
    runs = _audible_runs(samples)
    pieces: list[tuple[int, int]] = []
    while runs:
        count = _runs_of_first_piece(runs)
        start, end = runs[0][0], runs[count - 1][1]
        pieces.append((max(0, start - _MARGIN), min(len(samples), end + _MARGIN)))
        runs = runs[count:]
    return pieces


def _runs_of_first_piece(runs: list[tuple[int, int]]) -> int:
    """All if they fit, else as many as come before the longest pause within reach."""
    fitting = sum(end - runs[0][0] <= _MOST_SAMPLES - 2 * _MARGIN for _, end in runs)
    if fitting == len(runs):
        return fitting
    return max(range(1, fitting + 1), key=lambda count: runs[count][0] - runs[count - 1][1])


def _audible_runs(samples: Floats) -> list[tuple[int, int]]:
    """Stretches that are audible throughout, none longer than a piece may be."""
    frames = samples[: len(samples) // _FRAME * _FRAME].reshape(-1, _FRAME)
    loudness = np.sqrt((frames.astype(np.float64) ** 2).mean(axis=1))
    edges = np.flatnonzero(np.diff(loudness > _AUDIBLE_RMS, prepend=False, append=False))
    longest = (_MOST_SAMPLES - 2 * _MARGIN) // _FRAME
    runs: list[tuple[int, int]] = []
    for start, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        while end - start > longest:
            # No pause for nine seconds: the quietest moment of its second half has to do.
            half = start + longest // 2
            cut = half + int(loudness[half : start + longest].argmin()) + 1
            runs.append((start * _FRAME, cut * _FRAME))
            start = cut
        runs.append((start * _FRAME, end * _FRAME))
    return runs
