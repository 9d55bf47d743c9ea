"""hibari's graph cut in two, so that speech streams inside the sentence.

The encoder (phoneme ids in, 130 features a frame out, with pitch and durations) needs the whole
sentence. The decoder is a stack of nine 7-tap convolutions over frames; we give each the last
frames of its input from the call before as an extra input, so that it goes on where it stopped.
Blocks of any size then equal one long run (but for the scale of int8 quantisation, which is taken
per call) and no frame is computed twice, where windows with a halo would compute 54 frames a block
again.

The two graphs are kept in a cache, named by the checksum of the model they were cut from; the
cutting itself is in `hibari_surgery`.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from vivavoce.engines.graph_cache import checksum, write_whole

FEATURES = "/Concat_43_output_0"
DURATIONS = "/Cast_32_output_0"
HEAD = "/head/Add_output_0"
FEATURE_WIDTH = 130
LAYER_WIDTH = 256
HEAD_WIDTH = 3005
LAYERS = 9
"""One input convolution and eight residual blocks."""
HALF_KERNEL = 3
"""Each convolution looks three frames ahead, so the decoder lags LAYERS * HALF_KERNEL frames."""

_RECIPE = "1"
"""Changes whenever the cutting below changes, so that an old cache is not used."""


class GraphPaths(NamedTuple):
    """Where the two graphs lie."""

    encoder: Path
    decoder: Path


def cut_graphs(model: Path, cache_dir: Path) -> GraphPaths:
    """The two graphs of `model`, cut now if the cache does not hold them yet.

    Files appear whole or not at all, so that two processes may cut at the same time.
    """
    name = f"hibari-{checksum(model)}-{_RECIPE}"
    paths = GraphPaths(cache_dir / f"{name}-encoder.onnx", cache_dir / f"{name}-decoder.onnx")
    if not (paths.encoder.exists() and paths.decoder.exists()):
        from vivavoce.engines.voices import hibari_surgery as surgery  # 150 ms, the first time only

        write_whole(paths.encoder, surgery.encoder(model))
        write_whole(paths.decoder, surgery.decoder(model))
    return paths
