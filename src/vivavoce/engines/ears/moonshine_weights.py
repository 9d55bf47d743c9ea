"""The weights in moonshine's `.ort` files: a FlatBuffer in onnxruntime's own format.

Only what leads to the weights is read: tensors by their names, and what each node takes in by the
name of what it puts out.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from vivavoce.engines.ears.flatbuffer import Table

Floats = npt.NDArray[np.float32]

# Fields as onnxruntime's `ort.fbs` numbers them.
_SESSION_MODEL: Final = 1
_MODEL_GRAPH: Final = 7
_GRAPH_TENSORS, _GRAPH_NODES = 0, 2
_TENSOR_NAME, _TENSOR_SHAPE, _TENSOR_TYPE, _TENSOR_BYTES = 0, 2, 3, 4
_NODE_INPUTS, _NODE_OUTPUTS, _NODE_ATTRIBUTES = 8, 9, 10
_ATTRIBUTE_GRAPH: Final = 7

_TYPES: Final = {1: np.float32, 2: np.uint8}
"""As ONNX numbers them; of the other types there are shapes and axes only."""


class Matrix(NamedTuple):
    """[rows, columns] of bytes that stand for `(values - zero_point) * scale`."""

    values: npt.NDArray[np.uint8]
    scale: float
    zero_point: int


class Weights:
    """What one file holds, its graph's branches included."""

    def __init__(self, path: Path) -> None:
        """Raises OSError when there is no such file."""
        self._tensors: dict[str, npt.NDArray[np.float32] | npt.NDArray[np.uint8]] = {}
        self._inputs: dict[str, list[str]] = {}
        session = Table.root(path.read_bytes())
        self._read(session.table(_SESSION_MODEL).table(_MODEL_GRAPH))

    def floats(self, name: str) -> Floats:
        """The tensor of that name; raises KeyError if there is none."""
        return self._tensors[name].astype(np.float32)

    def quantized(self, name: str) -> Matrix:
        """The tensors `name`_quantized, _scale and _zero_point; KeyError if one is missing."""
        return Matrix(
            self._tensors[f"{name}_quantized"].astype(np.uint8),
            float(self._tensors[f"{name}_scale"].item()),
            int(self._tensors[f"{name}_zero_point"].item()),
        )

    def factor(self, product: str) -> Matrix:
        """What the node that puts out `product` multiplies by; KeyError if there is no such node.

        A factor's own name is a number that means nothing.
        """
        return self.quantized(self._inputs[product][1].removesuffix("_quantized"))

    def _read(self, graph: Table) -> None:
        for tensor in graph.tables(_GRAPH_TENSORS):
            kind = _TYPES.get(tensor.int32(_TENSOR_TYPE))
            if kind is not None:
                values = np.frombuffer(tensor.bytes(_TENSOR_BYTES), kind)
                shape = tensor.int64s(_TENSOR_SHAPE)
                self._tensors[tensor.text(_TENSOR_NAME)] = values.reshape(shape)
        for node in graph.tables(_GRAPH_NODES):
            for output in node.texts(_NODE_OUTPUTS):
                self._inputs[output] = list(node.texts(_NODE_INPUTS))
            for attribute in node.tables(_NODE_ATTRIBUTES):
                if attribute.has(_ATTRIBUTE_GRAPH):
                    self._read(attribute.table(_ATTRIBUTE_GRAPH))
