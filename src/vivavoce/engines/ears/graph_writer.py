"""Writing an ONNX graph node by node."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import onnx
from onnx import helper, numpy_helper

_CONTRIBUTED = "com.microsoft"
"""Where onnxruntime keeps the operators that are its own."""
_OPSET, _IR_VERSION = 18, 10

Attribute = int | float | str | list[int]
Shape = list[int | str]


class GraphWriter:
    """A graph in the making. Values are known by their names; who needs none is given one."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._nodes: list[onnx.NodeProto] = []
        self._constants: list[onnx.TensorProto] = []
        self._inputs: list[onnx.ValueInfoProto] = []
        self._outputs: list[onnx.ValueInfoProto] = []

    def input(self, name: str, kind: npt.DTypeLike, shape: Shape) -> str:
        """What the graph is given."""
        self._inputs.append(_value(name, kind, shape))
        return name

    def output(self, name: str, kind: npt.DTypeLike, shape: Shape) -> str:
        """What the graph gives back: a node must have put it out by this name."""
        self._outputs.append(_value(name, kind, shape))
        return name

    def constant(self, values: npt.ArrayLike) -> str:
        """A tensor that is part of the graph, of the type it comes with."""
        name = f"constant.{len(self._constants)}"
        array = np.array(values, order="C")
        self._constants.append(numpy_helper.from_array(array, name))
        return name

    def node(
        self,
        operator: str,
        inputs: Sequence[str],
        output: str = "",
        *,
        own: bool = False,
        **attributes: Attribute,
    ) -> str:
        """One operation with one output; with `own`, an operator that only onnxruntime has."""
        return self.nodes(operator, inputs, [output], own=own, **attributes)[0]

    def nodes(
        self,
        operator: str,
        inputs: Sequence[str],
        outputs: Sequence[str],
        *,
        own: bool = False,
        **attributes: Attribute,
    ) -> list[str]:
        """One operation with several outputs; those without a name get one."""
        index = len(self._nodes)
        names = [name or f"value.{index}.{place}" for place, name in enumerate(outputs)]
        node = helper.make_node(operator, inputs, names, domain=_CONTRIBUTED if own else "")
        for name, value in attributes.items():
            node.attribute.append(helper.make_attribute(name, value))
        self._nodes.append(node)
        return names

    def written(self) -> bytes:
        """The whole as the bytes of an ONNX file."""
        graph = helper.make_graph(
            self._nodes, self._name, self._inputs, self._outputs, self._constants
        )
        opsets = [helper.make_opsetid("", _OPSET), helper.make_opsetid(_CONTRIBUTED, 1)]
        model = helper.make_model(graph, opset_imports=opsets)
        model.ir_version = _IR_VERSION
        return bytes(model.SerializeToString())


def _value(name: str, kind: npt.DTypeLike, shape: Shape) -> onnx.ValueInfoProto:
    element = helper.np_dtype_to_tensor_dtype(np.dtype(kind))
    return helper.make_tensor_value_info(name, element, shape)
