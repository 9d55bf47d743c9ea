"""Speech back to text: moonshine's tiny English model on plain onnxruntime.

The model's files come with the `moonshine_voice` wheel; the package itself is never imported, for
its library takes two cores for every call and answers silence with words.
"""

from __future__ import annotations

import io
import math
from importlib.util import find_spec
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
import onnxruntime as ort
from scipy.signal import resample_poly

from bench.word_errors import word_error_rate

__all__ = ["SAMPLE_RATE", "Recogniser", "decode_audio", "resample", "word_error_rate"]

Floats = npt.NDArray[np.float32]

SAMPLE_RATE = 16_000
_LAYERS, _HEADS, _HEAD_WIDTH = 6, 8, 36
_BEGIN, _END = 1, 2
_MOST_TOKENS_PER_S = 8.0
"""Twice what fluent speech has: ends the model's rare repetitions."""

_FRAME = SAMPLE_RATE // 50
_AUDIBLE_RMS = 0.003
_MARGIN = SAMPLE_RATE // 10
_MOST_SAMPLES = 9 * SAMPLE_RATE
"""The model was trained on short pieces; with more it loses words."""


class Recogniser:
    """English speech to text; one thread, about 20 times as fast as speech."""

    def __init__(self) -> None:
        """Raises FileNotFoundError when the wheel with the model is not installed."""
        assets = _assets()
        self._encoder = _session(assets / "encoder_model.ort")
        self._decoder = _session(assets / "decoder_model_merged.ort")
        self._tokens = _read_tokens((assets / "tokenizer.bin").read_bytes())
        self._cache_names = [
            f"{layer}.{side}.{kind}"
            for layer in range(_LAYERS)
            for side in ("decoder", "encoder")
            for kind in ("key", "value")
        ]

    def transcribe(self, samples: Floats) -> str:
        """The words in `samples` (float32 in -1 to 1, mono, 16 kHz); "" when nothing is audible."""
        quiet = np.zeros(_MARGIN, np.float32)
        padded = np.concatenate([quiet, samples, quiet])
        pieces = (padded[start:end] for start, end in speech_pieces(padded))
        return " ".join(filter(None, map(self._transcribe_piece, pieces)))

    def _transcribe_piece(self, samples: Floats) -> str:
        audio = np.ascontiguousarray(samples, np.float32)[None]
        mask = np.ones(audio.shape, np.int64)
        hidden = self._encoder.run(None, {"input_values": audio, "attention_mask": mask})[0]
        most = int(len(samples) / SAMPLE_RATE * _MOST_TOKENS_PER_S) + 4
        text = b"".join(self._tokens[token] for token in self._decode(hidden, mask, most))
        return text.decode("utf-8", "ignore").replace("\u2581", " ").strip()

    def _decode(self, hidden: Floats, mask: npt.NDArray[np.int64], most: int) -> list[int]:
        nothing = np.zeros((1, _HEADS, 1, _HEAD_WIDTH), np.float32)
        cache = {f"past_key_values.{name}": nothing for name in self._cache_names}
        tokens: list[int] = []
        token, begun = _BEGIN, False
        while len(tokens) < most:
            logits, *present = self._decoder.run(
                ["logits", *(f"present.{name}" for name in self._cache_names)],
                {
                    "encoder_attention_mask": mask,
                    "encoder_hidden_states": hidden,
                    "input_ids": np.array([[token]], np.int64),
                    "use_cache_branch": np.array([begun]),
                    **cache,
                },
            )
            for name, value in zip(self._cache_names, present, strict=True):
                if not begun or ".decoder." in name:  # the encoder's part comes once
                    cache[f"past_key_values.{name}"] = value
            token, begun = int(logits[0, -1].argmax()), True
            if token == _END:
                break
            tokens.append(token)
        return tokens


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


def _assets() -> Path:
    spec = find_spec("moonshine_voice")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("moonshine-voice is not installed; its wheel holds the recogniser")
    return Path(spec.origin).parent / "assets" / "tiny-en"


def _session(path: Path) -> ort.InferenceSession:
    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def _read_tokens(data: bytes) -> list[bytes]:
    """A token is its length (one byte, from 128 on two) and its bytes."""
    tokens: list[bytes] = []
    position = 0
    while position < len(data):
        length = data[position]
        position += 1
        if length >= 128:
            length += 128 * (data[position] - 1)
            position += 1
        tokens.append(data[position : position + length])
        position += length
    return tokens
