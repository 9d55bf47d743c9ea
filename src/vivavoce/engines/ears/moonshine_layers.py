"""What moonshine's encoder and decoder are both made of, as nodes of an ONNX graph."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from vivavoce.engines.ears.graph_writer import GraphWriter
from vivavoce.engines.ears.moonshine_graphs import HEAD_WIDTH, HEADS, WIDTH
from vivavoce.engines.ears.moonshine_weights import Floats, Matrix

EPSILON: Final = float(np.float32(1e-5))
SCALE: Final = HEAD_WIDTH**-0.5
"""Of the products of queries and keys."""
ROTATED: Final = 32
"""So many of a head's 36 numbers are rotated by position."""


class _Factor(NamedTuple):
    """Names of a quantised matrix's parts in the graph."""

    values: str
    scale: str
    zero_point: str


class LayerWriter(GraphWriter):
    """Writes layers; with `signed`, matrices of signed bytes that stand for the same numbers."""

    def __init__(self, name: str, *, signed: bool) -> None:
        super().__init__(name)
        self.signed = signed
        self._per_head = self.constant([0, 0, HEADS, HEAD_WIDTH])
        self._joined = self.constant([0, 0, WIDTH])

    def norm(self, x: str, gain: Floats) -> str:
        """Each position at mean 0 and variance 1, times `gain`."""
        return self.node("LayerNormalization", [x, self.constant(gain)], epsilon=EPSILON, axis=-1)

    def product(
        self, x: str, *matrices: Matrix, bias: Floats | None = None, output: str = ""
    ) -> str:
        """`x` times the matrices side by side, `x` quantised on the way as all of it needs."""
        inputs = [x, *self._factor(matrices)]
        if bias is not None:
            inputs.append(self.constant(bias))
        return self.node("DynamicQuantizeMatMul", inputs, output, own=True)

    def products(self, x: str, matrices: list[Matrix]) -> list[str]:
        """`x` times each of the matrices; it is quantised once."""
        quantised, scale, zero_point = self.nodes("DynamicQuantizeLinear", [x], ["", "", ""])
        results: list[str] = []
        for matrix in matrices:
            factor = self._factor((matrix,))
            operands = [quantised, factor.values, scale, factor.scale, zero_point]
            operands.append(factor.zero_point)
            results.append(self.node("MatMulIntegerToFloat", operands, own=True))
        return results

    def heads(self, x: str, output: str = "") -> str:
        """[1, n, WIDTH] to [1, HEADS, n, HEAD_WIDTH]."""
        split = self.node("Reshape", [x, self._per_head])
        return self.node("Transpose", [split], output, perm=[0, 2, 1, 3])

    def looked_up(self, queries: str, keys: str, values: str, attention: str = "") -> str:
        """Attention of every query to all keys, [1, n, WIDTH]; all three are split into heads."""
        scores = self.node("FusedMatMul", [queries, keys], own=True, alpha=SCALE, transB=1)
        weights = self.node("Softmax", [scores], attention, axis=-1)
        seen = self.node("MatMul", [weights, values])
        back = self.node("Transpose", [seen], perm=[0, 2, 1, 3])
        return self.node("Reshape", [back, self._joined])

    def _factor(self, matrices: tuple[Matrix, ...]) -> _Factor:
        values = np.concatenate([matrix.values for matrix in matrices], axis=1)
        columns = [matrix.values.shape[1] for matrix in matrices]
        scale = np.repeat([np.float32(matrix.scale) for matrix in matrices], columns)
        zero_point = np.repeat([np.uint8(matrix.zero_point) for matrix in matrices], columns)
        if len(matrices) == 1:
            scale, zero_point = scale[0], zero_point[0]
        return _Factor(
            self.constant(self._bytes(values)),
            self.constant(scale),
            self.constant(self._bytes(zero_point)),
        )

    def _bytes(self, unsigned: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8 | np.int8]:
        return np.asarray(unsigned ^ 0x80).view(np.int8) if self.signed else unsigned


def rotations(frequencies: Floats, positions: int) -> tuple[Floats, Floats]:
    """Cosines and sines, each [positions, ROTATED / 2]."""
    angles = np.arange(positions, dtype=np.float32)[:, None] * frequencies.reshape(1, -1)
    return np.cos(angles), np.sin(angles)
