"""Convolutions of moonshine's encoder as nodes of an ONNX graph: [1, in, n] to [1, out, m]."""

from __future__ import annotations

from typing import Final

import numpy as np

from vivavoce.engines.ears.graph_writer import GraphWriter
from vivavoce.engines.ears.moonshine_layers import LayerWriter
from vivavoce.engines.ears.moonshine_weights import Floats

_LARGEST: Final = 127
_END: Final = 2**62


def convolution(writer: LayerWriter, x: str, kernel: Floats, bias: Floats, stride: int) -> str:
    """In floats, or in bytes where these are faster; `kernel` is [out, in, taps]."""
    if writer.signed:
        return _byte_convolution(writer, x, kernel, bias, stride)
    return float_convolution(writer, x, kernel, bias, stride)


def float_convolution(
    writer: GraphWriter, x: str, kernel: Floats, bias: Floats, stride: int
) -> str:
    """As it was trained."""
    constants = [writer.constant(kernel), writer.constant(bias)]
    return writer.node("Conv", [x, *constants], strides=[stride])


def _byte_convolution(
    writer: GraphWriter, x: str, kernel: Floats, bias: Floats, stride: int
) -> str:
    """As three products of bytes, in half the time of one of floats.

    The second and the third are of what the first one's rounding left over of `x` and of the
    kernel: the sum differs from a product of floats by less than the rest of the encoder makes of
    the last bit of one.
    """
    taps = kernel.shape[2]
    rows = writer.node("Transpose", [x], perm=[0, 2, 1])
    coarse = writer.nodes("DynamicQuantizeLinear", [rows], ["", "", ""])
    left_over = writer.node("Sub", [rows, writer.node("DequantizeLinear", coarse)])
    fine = writer.nodes("DynamicQuantizeLinear", [left_over], ["", "", ""])
    coarse[0], fine[0] = (_windows(writer, part[0], taps, stride) for part in (coarse, fine))
    rounded, factor = _factor(writer, kernel)
    _, finer_factor = _factor(writer, kernel - rounded)
    products = [
        _product(writer, coarse, factor, writer.constant(bias)),
        _product(writer, fine, factor),
        _product(writer, coarse, finer_factor),
    ]
    return writer.node("Transpose", [writer.node("Sum", products)], perm=[0, 2, 1])


def _factor(writer: GraphWriter, kernel: Floats) -> tuple[Floats, list[str]]:
    """The kernel rounded channel by channel, and as a matrix of bytes with scales and zeros."""
    channels = len(kernel)
    steps = (np.abs(kernel).max(axis=(1, 2)) / _LARGEST).astype(np.float32)
    counts = np.round(kernel / steps[:, None, None])
    matrix = counts.astype(np.int8).transpose(2, 1, 0).reshape(-1, channels)
    names = list(map(writer.constant, (matrix, steps, np.zeros(channels, np.int8))))
    return counts * steps[:, None, None], names


def _product(writer: GraphWriter, left: list[str], right: list[str], *bias: str) -> str:
    """Of two quantised matrices, each given as values, scale and zero point."""
    operands = [part for pair in zip(left, right, strict=True) for part in pair]
    return writer.node("MatMulIntegerToFloat", [*operands, *bias], own=True)


def _windows(writer: GraphWriter, rows: str, taps: int, stride: int) -> str:
    """[1, n, in] to [1, m, taps * in]: what each step of the kernel sees, side by side."""
    axis, step = writer.constant([1]), writer.constant([stride])
    parts: list[str] = []
    for tap in range(taps):
        start = writer.constant([tap])
        end = writer.constant([tap + 1 - taps or _END])
        parts.append(writer.node("Slice", [rows, start, end, axis, step]))
    return writer.node("Concat", parts, axis=2)
