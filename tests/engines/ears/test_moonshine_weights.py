"""Weights as they lie in the wheel."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from vivavoce.engines.ears.moonshine_graphs import HEADS, LOGITS, WIDTH, find_assets
from vivavoce.engines.ears.moonshine_weights import Weights


@pytest.fixture(scope="module")
def decoder() -> Weights:
    return Weights(find_assets().decoder)


def test_a_factor_is_found_by_what_it_makes_in_the_graph_and_in_its_branches(
    decoder: Weights,
) -> None:
    embedding = decoder.quantized("model.decoder.embed_tokens.weight_merged_0")
    logits = decoder.factor(LOGITS)
    assert logits.scale == embedding.scale
    assert logits.zero_point == embedding.zero_point
    assert (embedding.values == logits.values.T).all()
    # only the branch without a cache has this one
    keys = decoder.factor("/model/decoder/layers.3/encoder_attn/k_proj/MatMul_output_0")
    assert keys.values.shape == (WIDTH, WIDTH)


def test_floats_are_floats(decoder: Weights) -> None:
    gains = decoder.floats("model.decoder.norm.weight_merged_0")
    assert gains.dtype == np.float32
    assert gains.shape == (WIDTH,)
    assert len(gains) % HEADS == 0


def test_what_is_not_there_is_missed_by_name(decoder: Weights) -> None:
    with pytest.raises(KeyError, match="nothing"):
        decoder.floats("nothing")
    with pytest.raises(KeyError, match="nothing"):
        decoder.factor("nothing")
    with pytest.raises(OSError, match="nowhere"):
        Weights(Path("nowhere"))
