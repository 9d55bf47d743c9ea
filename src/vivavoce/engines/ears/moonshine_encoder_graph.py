"""Writing moonshine's encoder; see `moonshine_graphs`.

Input: `AUDIO` [1, samples] in -1 to 1. Outputs, for each layer of the decoder: `sound_keys` and
`sound_values`.
"""

from __future__ import annotations

import numpy as np

from vivavoce.engines.ears.moonshine_convolution import convolution, float_convolution
from vivavoce.engines.ears.moonshine_graphs import (
    AUDIO,
    HEAD_WIDTH,
    HEADS,
    LAYERS,
    MOST_FRAMES,
    WIDTH,
    sound_keys,
    sound_values,
)
from vivavoce.engines.ears.moonshine_layers import EPSILON, ROTATED, LayerWriter, rotations
from vivavoce.engines.ears.moonshine_weights import Weights


def encoder_graph(encoder: Weights, decoder: Weights, *, signed: bool) -> bytes:
    """The graph as an ONNX file; raises KeyError if these are other weights than expected."""
    writer = LayerWriter("moonshine encoder", signed=signed)
    audio = writer.input(AUDIO, np.float32, [1, "samples"])
    stream = _frames(writer, encoder, audio)
    rotation = [
        writer.constant([0]),
        *map(writer.constant, rotations(encoder.floats("onnx::Expand_202"), MOST_FRAMES)),
    ]
    normed = writer.norm(stream, encoder.floats("layers.0.input_layernorm.weight"))
    for layer in range(LAYERS):
        stream, normed = _layer(writer, encoder, rotation, layer, stream, normed)
    _sound(writer, decoder, normed)
    return writer.written()


def _frames(writer: LayerWriter, weights: Weights, audio: str) -> str:
    """Three convolutions: 64, then 3, then 2 steps to one, [1, frames, WIDTH]."""
    x = writer.node("Unsqueeze", [audio, writer.constant([1])])
    kernel = writer.constant(weights.floats("conv1.weight_add_tensor"))
    x = writer.node("FusedConv", [x, kernel], own=True, activation="Tanh", strides=[64])
    x = writer.node("Reshape", [x, writer.constant([0, 1, -1])])
    one, zero = (writer.constant(np.full(1, value, np.float32)) for value in (1, 0))
    x = writer.node("InstanceNormalization", [x, one, zero], epsilon=EPSILON)
    x = writer.node("Reshape", [x, writer.constant([0, WIDTH, -1])])
    # The normalisation's gains and offsets are a channel's own: they go into the next kernel.
    second = weights.floats("conv2.weight_add_tensor")
    gains, offsets = weights.floats("onnx::Mul_2080"), weights.floats("onnx::Add_2081")
    shift = (second * offsets).sum(axis=(1, 2), dtype=np.float64).astype(np.float32)
    bias = weights.floats("conv2.bias") + shift
    x = convolution(writer, x, second * gains, bias, stride=3)
    x = writer.node("Gelu", [x], own=True)
    third, bias = (weights.floats(f"conv3.{part}") for part in ("weight_add_tensor", "bias"))
    x = float_convolution(writer, x, third, bias, stride=2)
    x = writer.node("Gelu", [x], own=True)
    return writer.node("Transpose", [x], perm=[0, 2, 1])


def _layer(
    writer: LayerWriter,
    weights: Weights,
    rotation: list[str],
    layer: int,
    stream: str,
    normed: str,
) -> tuple[str, str]:
    """The stream after one layer, and normed for the next."""
    prefix = f"/layers.{layer}"
    queries, keys, values = writer.products(
        normed,
        [weights.factor(f"{prefix}/self_attn/{kind}_proj/MatMul_output_0") for kind in "qkv"],
    )
    queries, keys = (_rotated(writer, x, rotation) for x in (queries, keys))
    seen = writer.looked_up(*map(writer.heads, (queries, keys, values)))
    mixed = writer.product(seen, weights.factor(f"{prefix}/self_attn/o_proj/MatMul_output_0"))
    stream = writer.node("Add", [stream, mixed])
    normed = writer.norm(stream, weights.floats(f"layers.{layer}.post_attention_layernorm.weight"))
    wide = writer.product(
        normed,
        weights.factor(f"{prefix}/mlp/fc1/Add_output_0"),
        bias=weights.floats(f"layers.{layer}.mlp.fc1.bias"),
    )
    narrow = writer.product(
        writer.node("Gelu", [wide], own=True),
        weights.factor(f"{prefix}/mlp/fc2/Add_output_0"),
        bias=weights.floats(f"layers.{layer}.mlp.fc2.bias"),
    )
    stream = writer.node("Add", [stream, narrow])
    following = f"layers.{layer + 1}.input_layernorm" if layer + 1 < LAYERS else "layer_norm"
    return stream, writer.norm(stream, weights.floats(f"{following}.weight"))


def _rotated(writer: LayerWriter, x: str, rotation: list[str]) -> str:
    return writer.node(
        "RotaryEmbedding",
        [x, *rotation],
        own=True,
        interleaved=1,
        num_heads=HEADS,
        rotary_embedding_dim=ROTATED,
    )


def _sound(writer: LayerWriter, decoder: Weights, heard: str) -> None:
    """What the decoder's layers will look up, by the decoder's own matrices."""
    names = [name(layer) for layer in range(LAYERS) for name in (sound_keys, sound_values)]
    matrices = [
        decoder.factor(f"/model/decoder/layers.{layer}/encoder_attn/{kind}_proj/MatMul_output_0")
        for layer in range(LAYERS)
        for kind in "kv"
    ]
    for name, product in zip(names, writer.products(heard, matrices), strict=True):
        writer.heads(product, name)
        writer.output(name, np.float32, [1, HEADS, "frames", HEAD_WIDTH])
