"""English ears: moonshine's tiny model (MIT) on graphs of our own; see `moonshine_graphs`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

import numpy as np

from vivavoce.engines.base import (
    EARS_RATE,
    LONGEST_PIECE,
    ActivityDetector,
    Heard,
    HeardWord,
    HearingRequest,
)
from vivavoce.engines.ears.moonshine_decoder import MOST_TOKENS, Decoded, Decoder, Sound
from vivavoce.engines.ears.moonshine_graphs import (
    AUDIO,
    SHORTEST,
    GraphPaths,
    find_assets,
    write_graphs,
)
from vivavoce.engines.ears.moonshine_timing import ALIGNMENT_HEADS, word_spans
from vivavoce.engines.ears.moonshine_vocabulary import TokenWord, Vocabulary
from vivavoce.engines.ears.moonshine_weights import Floats
from vivavoce.engines.inference import open_session

_MOST_TOKENS_PER_S = 8.0
"""Twice what fluent speech has."""
_MOST_TOKENS_BESIDES = 4
_FULL_SCALE = 32_768.0


@dataclass(frozen=True, slots=True)
class MoonshineParts:
    """What all workers on a machine share: loaded once, before they are forked."""

    paths: GraphPaths
    vocabulary: Vocabulary

    def ears(self) -> Moonshine:
        """Ears of one process's own."""
        return Moonshine(self)

    def detector(self) -> ActivityDetector:
        """A detector of one process's own."""
        from vivavoce.engines.ears.silero import Silero

        return Silero()


def load(cache_dir: Path) -> MoonshineParts:
    """The vocabulary and the two graphs (42 MB), written now if the cache lacks them.

    Raises FileNotFoundError when the wheel with the model is not installed.
    """
    assets = find_assets()
    return MoonshineParts(write_graphs(assets, cache_dir), Vocabulary(assets.tokens))


class Moonshine:
    """`Ears` on moonshine's tiny model."""

    languages = ("en",)

    def __init__(self, parts: MoonshineParts) -> None:
        self._vocabulary = parts.vocabulary
        self._encoder = open_session(parts.paths.encoder, optimized=False)
        self._sounds = [output.name for output in self._encoder.get_outputs()]
        self._decoder = Decoder(parts.paths.decoder)

    def warm_up(self) -> None:
        """Hears a second of silence for nobody, so that the first caller does not pay for it."""
        self.hear(HearingRequest(bytes(2 * EARS_RATE)))

    def hear(self, request: HearingRequest) -> Heard:
        """See `Ears.hear`; raises ValueError for more than LONGEST_PIECE.

        What is too short to hold a sound is heard as nothing.
        """
        samples = _samples(request.pcm)
        if len(samples) > LONGEST_PIECE:
            raise ValueError(f"{len(samples)} samples are more than a piece may have")
        if len(samples) < SHORTEST:
            return Heard("", (), 0.0)
        most = min(
            MOST_TOKENS, int(len(samples) / EARS_RATE * _MOST_TOKENS_PER_S) + _MOST_TOKENS_BESIDES
        )
        heads = ALIGNMENT_HEADS if request.word_times else ()
        decoded = self._decoder.decode(self._encoded(samples), request.draft, most, heads)
        words = self._vocabulary.words(decoded.tokens)
        return Heard(
            " ".join(word.text for word in words),
            decoded.tokens,
            fmean(decoded.logprobs),
            _timed(words, decoded, samples) if request.word_times else (),
        )

    def _encoded(self, samples: Floats) -> Sound:
        import onnxruntime as ort

        audio = ort.OrtValue.ortvalue_from_numpy(samples[None])
        heard = self._encoder.run_with_ort_values(None, {AUDIO: audio})
        return dict(zip(self._sounds, heard, strict=True))


def _timed(words: list[TokenWord], decoded: Decoded, samples: Floats) -> tuple[HeardWord, ...]:
    spans = word_spans(words, decoded.attention, samples)
    return tuple(
        HeardWord(text, *span, fmean(decoded.logprobs[first:end]))
        for (text, first, end), span in zip(words, spans, strict=True)
    )


def _samples(pcm: bytes) -> Floats:
    return np.frombuffer(pcm, "<i2").astype(np.float32) / _FULL_SCALE
