"""Signals to encode, and FFmpeg to hear what became of them."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from numpy.typing import NDArray

from vivavoce.audio.formats import OutputFormat

Samples = NDArray[np.int16]
AMPLITUDE = 8000

# The header of a WAV file is not the encoder's.
_RAW_DEMUXERS = {"pcm": "s16le", "wav": "s16le", "ulaw": "mulaw", "alaw": "alaw"}


def _tone(hertz: float, samples: int, sample_rate: int) -> Samples:
    phase = 2 * np.pi * hertz * np.arange(samples) / sample_rate
    return np.round(AMPLITUDE * np.sin(phase)).astype(np.int16)


def _pieces(pcm: bytes) -> Iterator[bytes]:
    """`pcm` in irregular pieces of 1 to 2,999 samples."""
    sizes = np.random.default_rng(7)
    start = 0
    while start < len(pcm):
        end = start + 2 * int(sizes.integers(1, 3000))
        yield pcm[start:end]
        start = end


def _ffmpeg(data: bytes, fmt: OutputFormat) -> Samples:
    raw = _RAW_DEMUXERS.get(fmt.codec)
    source = ["-f", raw, "-ar", str(fmt.sample_rate), "-ac", "1"] if raw else []
    command = ["ffmpeg", "-v", "error", *source, "-i", "-", "-f", "s16le", "-"]
    done = subprocess.run(command, input=data, capture_output=True, check=True)
    assert done.stderr == b""
    return np.frombuffer(done.stdout, dtype=np.int16)


@pytest.fixture
def tone() -> Callable[[float, int, int], Samples]:
    """(Hz, samples, sample rate) -> a sine at a quarter of full scale that begins at zero."""
    return _tone


@pytest.fixture
def pieces() -> Callable[[bytes], Iterator[bytes]]:
    """The same PCM in irregular pieces."""
    return _pieces


@pytest.fixture
def decode() -> Callable[[bytes, OutputFormat], Samples]:
    """A stream as FFmpeg hears it, at the stream's own rate, without one complaint."""
    return _ffmpeg
