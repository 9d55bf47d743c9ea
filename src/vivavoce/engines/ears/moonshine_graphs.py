"""moonshine's two graphs, written anew from its weights.

The graphs that come with the weights compute the same, but nine of ten of their nodes juggle
shapes: a step of the decoder runs 900 of them. Ours have 20 a layer. The encoder's goes from sound
to the keys and values that the decoder's layers look up, for these depend on the sound alone; the
decoder's takes any number of tokens at once and keeps what it remembers of them in place.

The files are kept in a cache, named by the checksum of the weights; the writing itself is in
`moonshine_encoder_graph` and `moonshine_decoder_graph`.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Final, NamedTuple

from vivavoce.engines.graph_cache import checksum, write_whole

LAYERS: Final = 6
"""Of the encoder and of the decoder."""
WIDTH: Final = 288
HEADS: Final = 8
HEAD_WIDTH: Final = WIDTH // HEADS
MEMORY_WIDTH: Final = 48
"""A head's width in the decoder's memory: onnxruntime wants a multiple of 16, the rest is zero."""
MOST_POSITIONS: Final = 256
"""Tokens that the decoder's memory holds."""
MOST_FRAMES: Final = 1280
"""Frames that the encoder takes: 30 s are 1249."""
FRAME: Final = 384
"""Samples from one frame of the encoder to the next: 24 ms."""
SHORTEST: Final = 895
"""Samples that the encoder makes one frame of."""

AUDIO, TOKENS, LAST, LENGTH, LOGITS = "audio", "tokens", "last", "length", "logits"

_RECIPE = "3"
"""Changes whenever the writing changes, so that an old cache is not used."""


class Assets(NamedTuple):
    """The files of the moonshine_voice wheel that are read."""

    encoder: Path
    decoder: Path
    tokens: Path


class GraphPaths(NamedTuple):
    """Where the two graphs lie."""

    encoder: Path
    decoder: Path


def find_assets() -> Assets:
    """Where the wheel's files are; raises FileNotFoundError when it is not installed.

    The package itself is never imported: its library takes two cores for every call.
    """
    spec = find_spec("moonshine_voice")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("moonshine-voice is not installed; its wheel holds the recogniser")
    folder = Path(spec.origin).parent / "assets" / "tiny-en"
    return Assets(
        folder / "encoder_model.ort", folder / "decoder_model_merged.ort", folder / "tokenizer.bin"
    )


def write_graphs(assets: Assets, cache_dir: Path) -> GraphPaths:
    """The two graphs, written now if the cache does not hold them yet.

    Files appear whole or not at all, so that two processes may write at the same time.
    """
    signed = exact_when_signed()
    name = f"moonshine-{checksum(assets.encoder, assets.decoder)}-{_RECIPE}"
    paths = GraphPaths(
        cache_dir / f"{name}-encoder{'-signed' if signed else ''}.onnx",
        cache_dir / f"{name}-decoder.onnx",
    )
    if not (paths.encoder.exists() and paths.decoder.exists()):
        # 100 ms, the first time only
        from vivavoce.engines.ears.moonshine_decoder_graph import decoder_graph
        from vivavoce.engines.ears.moonshine_encoder_graph import encoder_graph
        from vivavoce.engines.ears.moonshine_weights import Weights

        encoder, decoder = Weights(assets.encoder), Weights(assets.decoder)
        write_whole(paths.encoder, encoder_graph(encoder, decoder, signed=signed))
        write_whole(paths.decoder, decoder_graph(decoder))
    return paths


def exact_when_signed(cpuinfo: Path = Path("/proc/cpuinfo")) -> bool:
    """Whether this processor multiplies bytes by signed bytes without overflow, and faster so.

    With VNNI or AMX it does; before them x86 adds two products in 16 bits, which saturate.
    """
    try:
        text = cpuinfo.read_text("utf-8", "replace")
    except OSError:
        return False
    flags = next((line.split() for line in text.splitlines() if line.startswith("flags")), [])
    return not {"avx512_vnni", "avx_vnni"}.isdisjoint(flags)


def keys(layer: int) -> str:
    """The decoder's memory of the tokens' keys: [1, HEADS, MOST_POSITIONS, MEMORY_WIDTH]."""
    return f"keys.{layer}"


def values(layer: int) -> str:
    """The decoder's memory of the tokens' values, of the same shape."""
    return f"values.{layer}"


def kept(memory: str) -> str:
    """The same memory as the decoder puts it out; to be bound to the array that it takes in."""
    return f"kept.{memory}"


def sound_keys(layer: int) -> str:
    """What the decoder finds its place in the sound by: [1, HEADS, frames, HEAD_WIDTH]."""
    return f"sound_keys.{layer}"


def sound_values(layer: int) -> str:
    """What the decoder hears there, of the same shape."""
    return f"sound_values.{layer}"


def attention(layer: int) -> str:
    """Where in the sound each token looked: [1, HEADS, tokens, frames], 1 in all for a token."""
    return f"attention.{layer}"
