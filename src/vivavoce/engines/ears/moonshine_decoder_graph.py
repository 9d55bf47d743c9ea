"""Writing moonshine's decoder; see `moonshine_graphs`.

Inputs: `TOKENS` [1, n], `LAST` [1], the position of the last of them, `LENGTH`, one more than that,
for each layer its memory (`keys`, `values`) and `sound_keys` and `sound_values`. Outputs: `LOGITS`
[1, n, tokens], the memory as it is `kept`, to be bound to the very arrays that were taken in, and
for each layer its `attention`. What memory holds from the first of the tokens on is overwritten.
"""

from __future__ import annotations

import numpy as np

from vivavoce.engines.ears.moonshine_graphs import (
    HEAD_WIDTH,
    HEADS,
    LAST,
    LAYERS,
    LENGTH,
    LOGITS,
    MEMORY_WIDTH,
    MOST_POSITIONS,
    TOKENS,
    attention,
    kept,
    keys,
    sound_keys,
    sound_values,
    values,
)
from vivavoce.engines.ears.moonshine_layers import SCALE, LayerWriter, rotations
from vivavoce.engines.ears.moonshine_weights import Floats, Matrix, Weights


def decoder_graph(weights: Weights) -> bytes:
    """The graph as an ONNX file; raises KeyError if these are other weights than expected."""
    # For single tokens signed bytes are no faster on any processor.
    writer = LayerWriter("moonshine decoder", signed=False)
    layers = _Layers(writer, weights)
    tokens = writer.input(TOKENS, np.int64, [1, "n"])
    stream = _embedded(
        writer, weights.quantized("model.decoder.embed_tokens.weight_merged_0"), tokens
    )
    normed = layers.norm(stream, "layers.0.input_layernorm")
    for layer in range(LAYERS):
        stream, normed = layers.written(layer, stream, normed)
    matrix = weights.factor(LOGITS)
    writer.product(normed, matrix, output=LOGITS)
    writer.output(LOGITS, np.float32, [1, "n", matrix.values.shape[1]])
    return writer.written()


def _embedded(writer: LayerWriter, table: Matrix, tokens: str) -> str:
    rows = writer.node("Gather", [writer.constant(table.values), tokens])
    scale = writer.constant(np.float32(table.scale))
    zero_point = writer.constant(np.uint8(table.zero_point))
    return writer.node("DequantizeLinear", [rows, scale, zero_point])


class _Layers:
    """Writes layers: self-attention to the tokens so far, attention to the sound, two products."""

    def __init__(self, writer: LayerWriter, weights: Weights) -> None:
        self._writer = writer
        self._weights = weights
        tables = rotations(weights.floats("onnx::Expand_219"), MOST_POSITIONS)
        self._position = [
            writer.input(LAST, np.int32, [1]),
            writer.input(LENGTH, np.int32, []),
            *map(writer.constant, tables),
        ]

    def norm(self, stream: str, name: str) -> str:
        """The stream normed with the gains of that name."""
        return self._writer.norm(stream, self._floats(f"{name}.weight"))

    def written(self, layer: int, stream: str, normed: str) -> tuple[str, str]:
        """The stream after one layer, and normed for the next."""
        add = self._writer.node
        stream = add("Add", [stream, self._told(layer, normed)])
        normed = self.norm(stream, f"layers.{layer}.post_attention_layernorm")
        stream = add("Add", [stream, self._heard(layer, normed)])
        normed = self.norm(stream, f"layers.{layer}.final_layernorm")
        stream = add("Add", [stream, self._thought(layer, normed)])
        following = f"layers.{layer + 1}.input_layernorm" if layer + 1 < LAYERS else "norm"
        return stream, self.norm(stream, following)

    def _told(self, layer: int, normed: str) -> str:
        """What the tokens so far say; rotates and remembers the new ones on the way."""
        writer = self._writer
        memory = [keys(layer), values(layer)]
        matrices = (_wide_columns(self._matrix(layer, f"self_attn/{kind}_proj")) for kind in "qkv")
        packed = writer.product(normed, *matrices)
        for name in memory:
            writer.input(name, np.float32, [1, HEADS, MOST_POSITIONS, MEMORY_WIDTH])
        seen, *_ = writer.nodes(
            "GroupQueryAttention",
            [packed, "", "", *memory, *self._position],
            ["", *map(kept, memory)],
            own=True,
            num_heads=HEADS,
            kv_num_heads=HEADS,
            scale=SCALE,
            do_rotary=1,
            rotary_interleaved=1,
        )
        for name in memory:
            writer.output(kept(name), np.float32, [1, HEADS, MOST_POSITIONS, MEMORY_WIDTH])
        return writer.product(seen, _wide_rows(self._matrix(layer, "self_attn/o_proj")))

    def _heard(self, layer: int, normed: str) -> str:
        """What the sound says."""
        writer = self._writer
        sound = (sound_keys(layer), sound_values(layer))
        for name in sound:
            writer.input(name, np.float32, [1, HEADS, "frames", HEAD_WIDTH])
        queries = writer.product(normed, self._matrix(layer, "encoder_attn/q_proj"))
        asked = writer.heads(queries)
        seen = writer.looked_up(asked, *sound, attention(layer))
        writer.output(attention(layer), np.float32, [1, HEADS, "n", "frames"])
        return writer.product(seen, self._matrix(layer, "encoder_attn/o_proj"))

    def _thought(self, layer: int, normed: str) -> str:
        writer = self._writer
        wide = writer.product(
            normed,
            self._weights.factor(f"/model/decoder/layers.{layer}/mlp/fc1/Add_output_0"),
            bias=self._floats(f"layers.{layer}.mlp.fc1.bias"),
        )
        value, gate = writer.nodes("Split", [wide], ["", ""], axis=-1, num_outputs=2)
        opened = writer.node("QuickGelu", [gate], own=True, alpha=1.0)
        return writer.product(
            writer.node("Mul", [value, opened]),
            self._weights.factor(f"/model/decoder/layers.{layer}/mlp/fc2/Add_output_0"),
            bias=self._floats(f"layers.{layer}.mlp.fc2.bias"),
        )

    def _matrix(self, layer: int, name: str) -> Matrix:
        return self._weights.factor(f"/model/decoder/layers.{layer}/{name}/MatMul_output_0")

    def _floats(self, name: str) -> Floats:
        return self._weights.floats(f"model.decoder.{name}_merged_0")


def _wide_columns(matrix: Matrix) -> Matrix:
    """`matrix` with heads MEMORY_WIDTH wide on its right side: zeros after the numbers it has."""
    rows = matrix.values.shape[0]
    wide = np.full((rows, HEADS, MEMORY_WIDTH), matrix.zero_point, np.uint8)
    wide[:, :, :HEAD_WIDTH] = matrix.values.reshape(rows, HEADS, HEAD_WIDTH)
    return matrix._replace(values=wide.reshape(rows, -1))


def _wide_rows(matrix: Matrix) -> Matrix:
    """The same on its left side."""
    columns = matrix.values.shape[1]
    wide = np.full((HEADS, MEMORY_WIDTH, columns), matrix.zero_point, np.uint8)
    wide[:, :HEAD_WIDTH] = matrix.values.reshape(HEADS, HEAD_WIDTH, columns)
    return matrix._replace(values=wide.reshape(-1, columns))
