"""Our graphs beside those that come with the weights."""

from __future__ import annotations

from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime as ort
import pytest

from tests.engines.ears.speech import Speaker
from vivavoce.engines.ears import moonshine_graphs as graphs
from vivavoce.engines.ears.moonshine_encoder_graph import encoder_graph
from vivavoce.engines.ears.moonshine_graphs import LAYERS, Assets, find_assets, write_graphs
from vivavoce.engines.ears.moonshine_weights import Weights
from vivavoce.engines.inference import open_session

Floats = npt.NDArray[np.float32]
TOKENS = [1, 18274, 1898, 29892, 3926, 5229, 29889]
SIDES = [(layer, kind) for layer in range(LAYERS) for kind in ("key", "value")]


@pytest.fixture(scope="module")
def assets() -> Assets:
    return find_assets()


@pytest.fixture(scope="module")
def paths(assets: Assets, tmp_path_factory: pytest.TempPathFactory) -> graphs.GraphPaths:
    return write_graphs(assets, tmp_path_factory.mktemp("graphs"))


@pytest.fixture(scope="module")
def audio(tmp_path_factory: pytest.TempPathFactory) -> Floats:
    pcm = Speaker(tmp_path_factory.mktemp("voice")).say("Ever tried, ever failed.").pcm
    return np.frombuffer(pcm, "<i2").astype(np.float32)[None] / 32_768


class Original:
    """The graphs as they come."""

    def __init__(self, assets: Assets) -> None:
        self._encoder = open_session(assets.encoder)
        self._decoder = open_session(assets.decoder)

    def sound(self, audio: Floats) -> dict[str, Floats]:
        """Logits for TOKENS, and what the decoder looks up, by our names."""
        mask = np.ones(audio.shape, np.int64)
        (hidden,) = self._encoder.run(None, {"input_values": audio, "attention_mask": mask})
        nothing = np.zeros((1, 8, 1, 36), np.float32)
        sides = [
            f"{layer}.{side}.{kind}" for layer, kind in SIDES for side in ("encoder", "decoder")
        ]
        names = ["logits", *(f"present.{layer}.encoder.{kind}" for layer, kind in SIDES)]
        logits, *sound = self._decoder.run(
            names,
            {
                "encoder_attention_mask": mask,
                "encoder_hidden_states": hidden,
                "input_ids": np.array([TOKENS], np.int64),
                "use_cache_branch": np.array([False]),
                **{f"past_key_values.{side}": nothing for side in sides},
            },
        )
        ours = (f"sound_{kind}s.{layer}" for layer, kind in SIDES)
        return {"logits": logits, **dict(zip(ours, sound, strict=True))}


@pytest.fixture(scope="module")
def original(assets: Assets, audio: Floats) -> dict[str, Floats]:
    return Original(assets).sound(audio)


def heard(encoder: ort.InferenceSession, audio: Floats) -> dict[str, Floats]:
    names = [output.name for output in encoder.get_outputs()]
    return dict(zip(names, encoder.run(names, {graphs.AUDIO: audio}), strict=True))


class Decoder:
    """Our graph, told tokens from a position on; memory goes in and comes out as arrays."""

    def __init__(self, path: Path, sound: dict[str, Floats]) -> None:
        self._session = open_session(path, optimized=False)
        shape = (1, graphs.HEADS, graphs.MOST_POSITIONS, graphs.MEMORY_WIDTH)
        names = [name(layer) for layer in range(LAYERS) for name in (graphs.keys, graphs.values)]
        self._memory = {name: np.zeros(shape, np.float32) for name in names}
        self._sound = sound

    def told(self, tokens: list[int], position: int) -> Floats:
        length = position + len(tokens)
        inputs: dict[str, Any] = {
            graphs.TOKENS: np.array([tokens], np.int64),
            graphs.LAST: np.array([length - 1], np.int32),
            graphs.LENGTH: np.array(length, np.int32),
        }
        kept = list(map(graphs.kept, self._memory))
        logits: Floats
        logits, *memory = self._session.run(
            [graphs.LOGITS, *kept], {**inputs, **self._memory, **self._sound}
        )
        self._memory = dict(zip(self._memory, memory, strict=True))
        return logits


def off_by(ours: Floats, theirs: Floats) -> float:
    """The mean difference as a part of the mean size."""
    assert ours.shape == theirs.shape
    return float(np.abs(ours - theirs).mean() / np.abs(theirs).mean())


def test_the_encoder_hears_what_the_original_hears(
    paths: graphs.GraphPaths, original: dict[str, Floats], audio: Floats
) -> None:
    ours = heard(open_session(paths.encoder, optimized=False), audio)
    # A last bit of difference in a float tips a byte in places, and soon all are a little off: the
    # original is as far from itself, 5 % on average and 10 % at the most, when its input is 0.01 %
    # louder.
    off = {name: off_by(ours[name], original[name]) for name in ours}
    assert fmean(off.values()) < 0.08
    assert max(off.values()) < 0.15


def test_bytes_of_either_kind_hear_the_same(
    assets: Assets, paths: graphs.GraphPaths, audio: Floats, tmp_path: Path
) -> None:
    unsigned = tmp_path / "unsigned.onnx"
    weights = Weights(assets.encoder), Weights(assets.decoder)
    unsigned.write_bytes(encoder_graph(*weights, signed=False))
    ours = heard(open_session(paths.encoder, optimized=False), audio)
    others = heard(open_session(unsigned, optimized=False), audio)
    assert fmean(off_by(ours[name], others[name]) for name in ours) < 0.08


def test_the_decoder_says_what_the_original_says(
    paths: graphs.GraphPaths, original: dict[str, Floats]
) -> None:
    sound = {name: value for name, value in original.items() if name != "logits"}
    logits = Decoder(paths.decoder, sound).told(TOKENS, 0)
    assert off_by(logits, original["logits"]) < 0.02
    assert (logits.argmax(-1) == original["logits"].argmax(-1)).all()


def test_tokens_told_one_by_one_are_tokens_told_at_once(
    paths: graphs.GraphPaths, original: dict[str, Floats]
) -> None:
    sound = {name: value for name, value in original.items() if name != "logits"}
    decoder = Decoder(paths.decoder, sound)
    single = [decoder.told([token], place) for place, token in enumerate(TOKENS)]
    # What is told at once shares the steps of its quantisation.
    assert off_by(np.concatenate(single, axis=1), original["logits"]) < 0.1
    again = decoder.told(TOKENS[3:], 3)
    assert again.argmax(-1).tolist() == [[int(logits.argmax()) for logits in single[3:]]]


def test_graphs_are_written_once(assets: Assets, paths: graphs.GraphPaths) -> None:
    written = [path.stat().st_mtime_ns for path in paths]
    assert write_graphs(assets, paths.encoder.parent) == paths
    assert [path.stat().st_mtime_ns for path in paths] == written
    assert sorted(paths.encoder.parent.iterdir()) == sorted(paths)


def test_a_graph_that_is_missing_is_written_again(assets: Assets, paths: graphs.GraphPaths) -> None:
    before = paths.decoder.read_bytes()
    paths.decoder.unlink()
    write_graphs(assets, paths.encoder.parent)
    assert paths.decoder.read_bytes() == before


@pytest.mark.parametrize(
    ("cpuinfo", "exact"),
    [
        ("processor: 0\nflags\t\t: fpu avx2 avx512_vnni amx_int8\n", True),
        ("flags : fpu avx_vnni\n", True),
        ("flags : fpu avx2 avx512f\nbugs : avx512_vnni\n", False),
        ("Features : fp asimd asimddp\n", False),
        ("", False),
    ],
)
def test_signed_bytes_are_for_processors_that_do_not_saturate(
    tmp_path: Path, cpuinfo: str, exact: bool
) -> None:
    file = tmp_path / "cpuinfo"
    file.write_text(cpuinfo)
    assert graphs.exact_when_signed(file) is exact


def test_where_there_is_no_such_file_bytes_stay_unsigned(tmp_path: Path) -> None:
    assert not graphs.exact_when_signed(tmp_path / "nowhere")
