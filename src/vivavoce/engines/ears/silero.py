"""Silero VAD (MIT, version 6.2 for 16 kHz) in numpy.

Per hop of 512 samples: the magnitudes of four short-time spectra, four convolutions over them, an
LSTM of 128 cells, and one probability, within 0.003 of what the model's own ONNX file says. Only
the LSTM remembers more than the 64 samples before a hop, so `judge` does the rest for many hops at
once.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from vivavoce.engines.base import ACTIVITY_HOP, ActivityStream
from vivavoce.engines.ears.silero_weights import Floats, read_weights, weights_path

_CONTEXT: Final = 64
"""Samples that are looked at before a hop; as many are mirrored at its end."""
_LINE: Final = _CONTEXT + ACTIVITY_HOP + _CONTEXT
_STEP: Final = 128
"""Samples from one spectrum to the next; each is of two steps."""
_FRAMES: Final = 4
_BINS: Final = _STEP + 1
_WIDE: Final = 128
"""Channels after the first convolution and after the last, and cells of the LSTM."""
_NARROW: Final = 64
"""Channels between."""
_FULL_SCALE: Final = 32_768.0
_BLOCK_HOPS: Final = 256
"""Hops that `judge` takes at once: 8 s of sound in 5 MB."""
_SAMPLE: Final = np.dtype("<i2")


@dataclass(frozen=True, slots=True)
class _Net:
    """Weights as right-hand sides of matrix products; never changed, so that all may share them."""

    spectrum: Floats
    """[128, 2 * 258] windowed cosines and sines: a spectrum's first step, and its second."""
    first: Floats
    """[129, 3 * 128]: of the frame before, the frame itself, the one after."""
    second: Floats
    """[3 * 128, 64]"""
    third: Floats
    """[2 * 64, 64]"""
    fourth: Floats
    """[64, 128]"""
    biases: tuple[Floats, ...]
    gates: Floats
    """[128, 4 * 128]: input, forget, output, candidate."""
    gates_bias: Floats
    feedback: Floats
    """[128, 4 * 128]"""
    verdict: Floats
    verdict_bias: float


class Silero:
    """`ActivityDetector` on Silero's weights: 885 kB, read once."""

    def __init__(self) -> None:
        """Raises FileNotFoundError when the wheel with the weights is not installed."""
        self._net = _net(read_weights(weights_path()))

    def stream(self) -> ActivityStream:
        """See `ActivityDetector.stream`."""
        return _Stream(self._net)

    def judge(self, pcm: bytes) -> Floats:
        """See `ActivityDetector.judge`; about 1,500 times as fast as the sound, memory flat."""
        samples = np.frombuffer(pcm, _SAMPLE)
        count = -(-len(samples) // ACTIVITY_HOP)
        verdicts = np.empty(count, np.float32)
        memory = _Memory(self._net)
        for first in range(0, count, _BLOCK_HOPS):
            lines = _lines(samples, first, min(_BLOCK_HOPS, count - first))
            for hop, gates in enumerate(_gates(self._net, lines), first):
                verdicts[hop] = memory.step(gates)
        return verdicts


class _Stream:
    """`ActivityStream`: the last samples of the hop before, the LSTM's memory, a hop begun."""

    def __init__(self, net: _Net) -> None:
        self._net = net
        self._memory = _Memory(net)
        self._line = np.zeros((1, _LINE), np.float32)
        self._begun = b""

    def feed(self, pcm: bytes) -> list[float]:
        """See `ActivityStream.feed`."""
        pcm = self._begun + pcm
        whole = len(pcm) // (_SAMPLE.itemsize * ACTIVITY_HOP)
        self._begun = pcm[whole * _SAMPLE.itemsize * ACTIVITY_HOP :]
        hops = np.frombuffer(pcm, _SAMPLE, whole * ACTIVITY_HOP).reshape(whole, ACTIVITY_HOP)
        return [self._step(hop) for hop in hops]

    def _step(self, hop: np.ndarray[tuple[int], np.dtype[np.int16]]) -> float:
        line = self._line
        line[0, :_CONTEXT] = line[0, ACTIVITY_HOP:-_CONTEXT]
        line[0, _CONTEXT:-_CONTEXT] = hop
        _mirror(line)
        return self._memory.step(_gates(self._net, line)[0])


class _Memory:
    """The LSTM of one stream."""

    def __init__(self, net: _Net) -> None:
        self._net = net
        self._hidden = np.zeros(_WIDE, np.float32)
        self._cells = np.zeros(_WIDE, np.float32)

    def step(self, gates: Floats) -> float:
        """How likely the next hop is speech; `gates` is overwritten."""
        hidden, cells = self._hidden, self._cells
        gates += hidden @ self._net.feedback
        np.tanh(gates, out=gates)
        opened = gates[: 3 * _WIDE]
        opened += 1.0
        opened *= 0.5
        cells *= opened[_WIDE : 2 * _WIDE]
        cells += opened[:_WIDE] * gates[3 * _WIDE :]
        np.tanh(cells, out=hidden)
        hidden *= opened[2 * _WIDE :]
        score = float(np.maximum(hidden, 0.0) @ self._net.verdict) + self._net.verdict_bias
        return 1.0 / (1.0 + math.exp(-score))


def _lines(samples: np.ndarray[tuple[int], np.dtype[np.int16]], first: int, count: int) -> Floats:
    """[count, 640]: hops `first` … with what comes before and after each; zeros past the end."""
    start = first * ACTIVITY_HOP
    sound = samples[start : start + count * ACTIVITY_HOP]
    hops = np.zeros((count, ACTIVITY_HOP), np.float32)
    hops.reshape(-1)[: len(sound)] = sound
    lines = np.empty((count, _LINE), np.float32)
    lines[0, :_CONTEXT] = samples[start - _CONTEXT : start] if first else 0
    lines[1:, :_CONTEXT] = hops[:-1, -_CONTEXT:]
    lines[:, _CONTEXT:-_CONTEXT] = hops
    _mirror(lines)
    return lines


def _mirror(lines: Floats) -> None:
    lines[:, -_CONTEXT:] = lines[:, -_CONTEXT - 2 : -2 * _CONTEXT - 2 : -1]


def _gates(net: _Net, lines: Floats) -> Floats:
    """[n, 640] samples to [n, 512], what each hop adds to the gates of the LSTM."""
    count = len(lines)
    steps = (lines.reshape(-1, _STEP) @ net.spectrum).reshape(count, _FRAMES + 1, -1)
    spectra = steps[:, :-1, : 2 * _BINS] + steps[:, 1:, 2 * _BINS :]
    spectra *= spectra
    power = spectra[..., :_BINS] + spectra[..., _BINS:]
    magnitudes = np.sqrt(power, out=power).reshape(-1, _BINS)
    taps = (magnitudes @ net.first).reshape(count, _FRAMES, 3, _WIDE)
    first = taps[:, :, 1] + net.biases[0]
    first[:, 1:] += taps[:, :-1, 0]
    first[:, :-1] += taps[:, 1:, 2]
    frames = np.maximum(first, 0.0, out=first).reshape(count, _FRAMES * _WIDE)
    # Two frames apart, so the first of the two has the padding and frames 0 and 1 before it.
    second = np.empty((count, 2 * _NARROW), np.float32)
    np.matmul(frames[:, : 2 * _WIDE], net.second[_WIDE:], out=second[:, :_NARROW])
    np.matmul(frames[:, _WIDE:], net.second, out=second[:, _NARROW:])
    third = _rectified(second, net.biases[1]) @ net.third
    fourth = _rectified(third, net.biases[2]) @ net.fourth
    gates = _rectified(fourth, net.biases[3]) @ net.gates
    gates += net.gates_bias
    return gates


def _rectified(values: Floats, bias: Floats) -> Floats:
    values += bias
    return np.maximum(values, 0.0, out=values)


def _net(tensors: dict[str, Floats]) -> _Net:
    basis = np.ascontiguousarray(tensors["stft.forward_basis_buffer"][:, 0].T) / _FULL_SCALE
    kernels = [_kernel(tensors[f"encoder.{layer}.reparam_conv.weight"]) for layer in range(4)]
    biases = [tensors[f"encoder.{layer}.reparam_conv.bias"] for layer in range(4)]
    return _Net(
        spectrum=np.concatenate([basis[:_STEP], basis[_STEP:]], axis=1),
        first=np.concatenate(list(kernels[0]), axis=1),
        second=kernels[1].reshape(-1, _NARROW),
        # Over two frames the first of three taps meets nothing but the padding, and over the one
        # frame that is left the last tap does, too.
        third=kernels[2][1:].reshape(-1, _NARROW),
        fourth=kernels[3][1],
        biases=(biases[0], np.tile(biases[1], 2), biases[2], biases[3]),
        gates=_gate_weights(tensors["decoder.rnn.weight_ih"]),
        gates_bias=_gate_weights(tensors["decoder.rnn.bias_ih"] + tensors["decoder.rnn.bias_hh"]),
        feedback=_gate_weights(tensors["decoder.rnn.weight_hh"]),
        verdict=tensors["decoder.decoder.2.weight"].reshape(-1),
        verdict_bias=tensors["decoder.decoder.2.bias"].item(),
    )


def _kernel(weights: Floats) -> Floats:
    """[outputs, inputs, taps] as [taps, inputs, outputs]."""
    return np.ascontiguousarray(weights.transpose(2, 1, 0))


def _gate_weights(weights: Floats) -> Floats:
    """PyTorch's input, forget, candidate, output with the candidate last, outputs as columns.

    Halved where a sigmoid follows: sigmoid(x) is (tanh(x / 2) + 1) / 2.
    """
    opening, forget, candidate, output = np.split(weights, 4)
    return np.ascontiguousarray(np.concatenate([opening / 2, forget / 2, output / 2, candidate]).T)
