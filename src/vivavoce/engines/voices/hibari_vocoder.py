"""Features to samples, a block of frames at a time.

The arithmetic is hibari's own (`hibari.dsp`: pulse train shaped by the harmonic branch, plus shaped
noise, plus a free-phase branch, then an inverse STFT of 1,200 points with a hop of 300 at 24 kHz),
arranged so that a block costs what its frames cost: the decoder keeps its state between calls
(`hibari_graphs`), the pulse train its phase, the overlap-add its last three hops. Noise is drawn as
rows of a table made once, where drawing it anew took a seventh of the whole synthesis.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from scipy import fft

from vivavoce.engines.voices import hibari_graphs as graphs

if TYPE_CHECKING:
    import onnxruntime as ort

Floats = npt.NDArray[np.float32]

SAMPLE_RATE = 24_000
HOP = 300
N_FFT = 1_200
BINS = N_FFT // 2 + 1
OVERLAP = N_FFT // HOP
LOOKAHEAD = graphs.LAYERS * graphs.HALF_KERNEL
"""Frames of features the decoder must have seen beyond the frame it gives (27: 338 ms)."""

_MIN_PITCH_HZ = 40.0
_MAX_HARMONIC_HZ = 11_000.0
_NOISE_ROWS = 512
_WINDOW = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(N_FFT) / N_FFT)).astype(np.float32)
_PULSE_WINDOW = _WINDOW / (N_FFT / 4)
_SYNTHESIS_WINDOW = _WINDOW / 1.5  # four overlapping squared Hann windows sum to 1.5
_BETWEEN = ((np.arange(HOP) + 0.5) / HOP - 0.5).astype(np.float32)
"""Where each sample of a hop lies between frame centres: below 0 towards the frame before."""


@functools.cache
def noise_table() -> npt.NDArray[np.complex64]:
    """[512, 601] complex Gaussian noise; a frame takes a row of it at random."""
    generator = np.random.default_rng(2024)
    flat = generator.standard_normal((_NOISE_ROWS, 2 * BINS), dtype=np.float32)
    return flat.view(np.complex64)


def _exp(x: Floats) -> Floats:
    return np.exp(np.minimum(x, 7.0), dtype=np.float32)


class Vocoder:
    """One utterance's way from features to samples; `advance` again and again, in order."""

    def __init__(
        self,
        decoder: ort.InferenceSession,
        features: Floats,
        pitch_hz: Floats,
        *,
        first_frame: int,
        seed: int,
    ) -> None:
        """`features` [1, 130, F] and `pitch_hz` [F] of the whole utterance, 80 frames a second.

        Samples before `first_frame` are never made.
        """
        self._decoder = decoder
        self._features = features
        self._pulses = _Pulses(pitch_hz)
        self.frames = features.shape[2]
        self._rows = np.random.default_rng(seed).integers(0, _NOISE_ROWS, size=(self.frames,))
        self._past = [_zeros(0, graphs.HALF_KERNEL)] + [
            _zeros(layer, graphs.HALF_KERNEL) for layer in range(1, graphs.LAYERS)
        ]
        self._fed = 0
        self._ready = np.zeros((0, graphs.HEAD_WIDTH), np.float32)
        self._taken = 0
        # A hop is covered by the frame before it and two after; frames before those are dropped.
        self._skip = max(0, first_frame - 1)
        self._emitted = first_frame
        self._overlap = np.zeros((OVERLAP - 1, HOP), np.float32)

    def advance(self, to_frame: int) -> Floats:
        """Samples from where the last call ended up to `to_frame * 300`; empty at the end."""
        to_frame = min(to_frame, self.frames)
        if to_frame <= self._emitted:
            return np.zeros(0, np.float32)
        first, last = max(self._taken, self._skip), min(self.frames, to_frame + 2)
        head = self._decode(last)[first - self._taken :]
        self._taken = last
        if len(head):
            hops = self._hops(self._spectrum(head, first))
        else:  # the last frames were decoded ahead; their sound is in the overlap
            hops = np.zeros((0, OVERLAP, HOP), np.float32)
        samples = self._overlap_add(hops, first, to_frame)
        self._emitted = to_frame
        return samples

    def _decode(self, to_frame: int) -> Floats:
        """Head rows [n, 3005] for the frames not taken yet up to `to_frame`."""
        fed = min(self.frames, to_frame + LOOKAHEAD)
        if fed > self._fed:
            tail = graphs.HALF_KERNEL if fed == self.frames else 0
            feeds = {f"past.{layer}": past for layer, past in enumerate(self._past)}
            feeds |= {"tail.in": _zeros(0, tail), "tail": _zeros(1, tail)}
            feeds[graphs.FEATURES] = self._features[:, :, self._fed : fed]
            head, *self._past = self._decoder.run(None, feeds)
            self._ready = np.concatenate([self._ready, head[0]]) if len(self._ready) else head[0]
            self._fed = fed
        taken = to_frame - self._taken
        rows, self._ready = self._ready[:taken], self._ready[taken:]
        return rows

    def _spectrum(self, head: Floats, first: int) -> npt.NDArray[np.complex64]:
        """[n, 601] complex spectrum of frames first … first + n."""
        harmonic, angle, noise, free, phase = (head[:, k * BINS : (k + 1) * BINS] for k in range(5))
        count = len(head)
        spectrum = self._pulses.spectrum(first, count)
        rotation = np.empty((count, BINS), np.complex64)
        turn = np.tanh(angle) * np.float32(np.pi)
        np.cos(turn, out=rotation.real)
        np.sin(turn, out=rotation.imag)
        rotation *= _exp(harmonic)
        spectrum *= rotation
        spectrum += noise_table()[self._rows[first : first + count]] * _exp(noise)
        np.cos(phase, out=rotation.real)
        np.sin(phase, out=rotation.imag)
        rotation *= _exp(free)
        spectrum += rotation
        return spectrum

    def _hops(self, spectrum: npt.NDArray[np.complex64]) -> Floats:
        """[n, 4, 300] windowed samples of each frame."""
        frames: Floats = fft.irfft(spectrum, N_FFT, axis=1, overwrite_x=True)
        frames *= _SYNTHESIS_WINDOW
        return frames.reshape(len(spectrum), OVERLAP, HOP)

    def _overlap_add(self, hops: Floats, first: int, to_frame: int) -> Floats:
        count = len(hops)
        line = np.zeros((count + OVERLAP - 1, HOP), np.float32)
        line[: OVERLAP - 1] = self._overlap
        for k in range(OVERLAP):
            line[k : k + count] += hops[:, k]
        self._overlap = line[count:].copy()
        # line[0] is the hop that starts two hops before frame `first`
        start = self._emitted - (first - 2)
        return line[start : to_frame - (first - 2)].reshape(-1)


def _zeros(layer: int, frames: int) -> Floats:
    width = graphs.FEATURE_WIDTH if layer == 0 else graphs.LAYER_WIDTH
    return np.zeros((1, width, frames), np.float32)


class _Pulses:
    """The band-limited pulse train of a pitch curve, and its spectrum frame by frame."""

    def __init__(self, pitch_hz: Floats) -> None:
        self._pitch = np.pad(np.asarray(pitch_hz, np.float32), 1, mode="edge")
        self._frames = len(pitch_hz)
        self._phase = 0.0
        self._made = 0
        self._kept = np.zeros(0, np.float32)
        self._kept_from = 0

    def spectrum(self, first: int, count: int) -> npt.NDArray[np.complex64]:
        """[count, 601] short-time spectrum; frame k is centred on sample k * 300."""
        end = first + count
        made = self._make(min(self._frames, end + 2))
        line = np.concatenate([self._kept, made])
        start, stop = (first - 2) * HOP, (end + 1) * HOP
        line_end = self._kept_from + len(line)
        window = line[max(0, start - self._kept_from) :]
        if start < self._kept_from:
            window = np.pad(window, (self._kept_from - start, 0))
        if line_end < stop:
            window = np.pad(window, (0, stop - line_end))
        self._kept_from = max(0, (end - 2) * HOP)
        self._kept = line[max(0, len(line) - (line_end - self._kept_from)) :]
        views = np.lib.stride_tricks.sliding_window_view(window, N_FFT)[::HOP][:count]
        spectrum: npt.NDArray[np.complex64] = fft.rfft(views * _PULSE_WINDOW, axis=1)
        return spectrum

    def _make(self, to_frame: int) -> Floats:
        """Samples of the frames not made yet up to `to_frame`."""
        first, self._made = self._made, max(self._made, to_frame)
        if to_frame <= first:
            return np.zeros(0, np.float32)
        centre = self._pitch[first + 1 : to_frame + 1, None]
        before = self._pitch[first:to_frame, None]
        after = self._pitch[first + 2 : to_frame + 2, None]
        half = HOP // 2
        curve = np.empty((to_frame - first, HOP), np.float32)
        curve[:, :half] = centre + (centre - before) * _BETWEEN[:half]
        curve[:, half:] = centre + (after - centre) * _BETWEEN[half:]
        return self._train(curve.reshape(-1))

    def _train(self, pitch: Floats) -> Floats:
        """Each harmonic below 11 kHz at unit amplitude, going on in phase: the sum of cos(h t) for
        h up to H is sin((H + 1/2) t) / (2 sin(t / 2)) - 1/2."""
        voiced = pitch > _MIN_PITCH_HZ
        np.maximum(pitch, _MIN_PITCH_HZ, out=pitch)
        turns = np.cumsum(pitch, dtype=np.float64)
        turns *= 1.0 / SAMPLE_RATE
        turns += self._phase
        turns -= np.floor(turns)
        self._phase = float(turns[-1])
        angle = (turns * (2 * np.pi)).astype(np.float32)
        harmonics = np.floor(_MAX_HARMONIC_HZ / pitch) + np.float32(0.5)
        divisor = 2 * np.sin(angle * np.float32(0.5))
        singular = np.abs(divisor) <= 2e-3
        divisor[singular] = 1
        train: Floats = np.sin(harmonics * angle) / divisor
        train[singular] = harmonics[singular]
        train -= 0.5
        train[~voiced] = 0
        return train
