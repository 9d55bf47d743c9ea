"""Cutting hibari's graph in two and giving the decoder a memory; see `hibari_graphs`."""

from __future__ import annotations

from pathlib import Path

import onnx
from onnx import TensorProto, helper

from vivavoce.engines.voices.hibari_graphs import (
    DURATIONS,
    FEATURE_WIDTH,
    FEATURES,
    HALF_KERNEL,
    HEAD,
    HEAD_WIDTH,
    LAYER_WIDTH,
    LAYERS,
)


def encoder(model: Path) -> bytes:
    """Phoneme ids and speed in; features, pitch and durations out."""
    whole = onnx.load(str(model))
    pitch = next(output for output in whole.graph.output if output.name == "f0")
    cut = _subgraph(
        whole,
        outputs=[
            _value(FEATURES, FEATURE_WIDTH, "F"),
            pitch,
            helper.make_tensor_value_info(DURATIONS, TensorProto.INT64, ["L"]),
        ],
        inputs=list(whole.graph.input),
    )
    return bytes(cut.SerializeToString())


def decoder(model: Path) -> bytes:
    """Inputs: features, `past.i` per layer (three zero frames before the first), `tail.in` and
    `tail` (three zero frames at the end of the sentence, none before). Outputs: the head, frame by
    frame, and `next.i` per layer, which is its `past.i` in the next call."""
    whole = onnx.load(str(model))
    head = helper.make_tensor_value_info(HEAD, TensorProto.FLOAT, [1, "N", HEAD_WIDTH])
    cut = _subgraph(whole, outputs=[head], inputs=[_value(FEATURES, FEATURE_WIDTH, "F")])
    graph = cut.graph
    nodes = _with_memory(list(graph.node))
    del graph.node[:]
    graph.node.extend(nodes)
    for layer in range(LAYERS):
        width = FEATURE_WIDTH if layer == 0 else LAYER_WIDTH
        graph.input.append(_value(f"past.{layer}", width, f"P{layer}"))
        graph.output.append(_value(f"next.{layer}", width, 2 * HALF_KERNEL))
    graph.input.append(_value("tail.in", FEATURE_WIDTH, "T"))
    graph.input.append(_value("tail", LAYER_WIDTH, "T"))
    for name, value in (
        ("ahead", HALF_KERNEL),
        ("behind", -HALF_KERNEL),
        ("kept", -2 * HALF_KERNEL),
        ("end", 2**62),
        ("frames", 2),
    ):
        graph.initializer.append(helper.make_tensor(name, TensorProto.INT64, [1], [value]))
    return bytes(cut.SerializeToString())


def _with_memory(nodes: list[onnx.NodeProto]) -> list[onnx.NodeProto]:
    """Each convolution goes on from its past; each residual sum takes its input as late as its
    convolution's output is."""
    changed: list[onnx.NodeProto] = []
    late: dict[str, str] = {}
    layer = 0
    for node in nodes:
        if node.op_type == "Conv":
            source = node.input[0]
            changed += _going_on(node, layer)
            if layer > 0:
                late[source] = f"residual.{layer}"
            layer += 1
            continue
        if node.op_type == "Add" and node.input[0] in late:
            node.input[0] = late[node.input[0]]
        changed.append(node)
    if layer != LAYERS:
        raise ValueError(f"the decoder has {layer} convolutions where {LAYERS} were expected")
    return changed


def _going_on(convolution: onnx.NodeProto, layer: int) -> list[onnx.NodeProto]:
    """`convolution` over past + input + tail, without padding of its own."""
    window = f"window.{layer}"
    tail = "tail.in" if layer == 0 else "tail"
    parts = [f"past.{layer}", convolution.input[0], tail]
    joined = helper.make_node("Concat", parts, [window], axis=2)
    convolution.input[0] = window
    for attribute in convolution.attribute:
        if attribute.name == "pads":
            attribute.ints[:] = [0, 0]
    kept = helper.make_node("Slice", [window, "kept", "end", "frames"], [f"next.{layer}"])
    nodes = [joined, kept, convolution]
    if layer > 0:
        nodes.append(
            helper.make_node("Slice", [window, "ahead", "behind", "frames"], [f"residual.{layer}"])
        )
    return nodes


def _value(name: str, width: int, frames: int | str) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, width, frames])


def _subgraph(
    whole: onnx.ModelProto,
    outputs: list[onnx.ValueInfoProto],
    inputs: list[onnx.ValueInfoProto],
) -> onnx.ModelProto:
    """The nodes that `outputs` need, up to `inputs`."""
    graph = whole.graph
    producer = {output: index for index, node in enumerate(graph.node) for output in node.output}
    constants = {tensor.name: tensor for tensor in graph.initializer}
    wanted = [output.name for output in outputs]
    seen = {value.name for value in inputs}
    nodes: set[int] = set()
    used: set[str] = set()
    while wanted:
        name = wanted.pop()
        if name in seen or not name:
            continue
        seen.add(name)
        if name in constants:
            used.add(name)
        else:
            nodes.add(producer[name])
            wanted += graph.node[producer[name]].input
    model = helper.make_model(
        helper.make_graph(
            [graph.node[index] for index in sorted(nodes)],
            "hibari",
            inputs,
            outputs,
            [constants[name] for name in sorted(used)],
        ),
        opset_imports=whole.opset_import,
    )
    model.ir_version = whole.ir_version
    return model
