"""Convolutions in bytes beside those in floats."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from vivavoce.engines.ears.moonshine_convolution import convolution
from vivavoce.engines.ears.moonshine_graphs import exact_when_signed
from vivavoce.engines.ears.moonshine_layers import LayerWriter
from vivavoce.engines.inference import open_session


@pytest.mark.parametrize(
    ("taps", "stride", "steps"), [(7, 3, 40), (3, 2, 41), (1, 1, 5), (5, 5, 5)]
)
def test_a_convolution_is_the_same_to_the_last_bit_of_sixteen(
    tmp_path: Path, taps: int, stride: int, steps: int
) -> None:
    dice = np.random.default_rng(taps)
    x = dice.standard_normal((1, 6, steps)).astype(np.float32)
    kernel = dice.standard_normal((4, 6, taps)).astype(np.float32)
    bias = dice.standard_normal(4).astype(np.float32)
    writer = LayerWriter("convolution", signed=exact_when_signed())
    writer.input("x", np.float32, [1, 6, "steps"])
    made = convolution(writer, "x", kernel, bias, stride)
    writer.node("Identity", [made], "made")
    writer.output("made", np.float32, [1, 4, "places"])
    graph = tmp_path / "graph.onnx"
    graph.write_bytes(writer.written())
    (ours,) = open_session(graph, optimized=False).run(None, {"x": x})
    windows = np.lib.stride_tricks.sliding_window_view(x[0], taps, axis=1)[:, ::stride]
    theirs = np.einsum("cpt,oct->op", windows, kernel) + bias[:, None]
    assert ours.shape == (1, *theirs.shape)
    assert np.abs(ours[0] - theirs).max() < np.abs(theirs).max() * 2e-4
