"""The neural English voice: hibari, streaming inside the sentence, with the model's own timing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import hibari
import numpy as np
import numpy.typing as npt
from hibari.g2p import G2P

from vivavoce.core.speakable import speakable_letters
from vivavoce.engines.base import CharTimes, SpeechBlock, SpeechRequest
from vivavoce.engines.inference import open_session
from vivavoce.engines.voices import hibari_graphs as graphs
from vivavoce.engines.voices.catalog import DEFAULT_VOICE
from vivavoce.engines.voices.hibari_reading import Reading, Timing, WordEnd, read
from vivavoce.engines.voices.hibari_vocoder import HOP, SAMPLE_RATE, Floats, Vocoder
from vivavoce.errors import TextNotSpeakable

ASSETS = Path(hibari.__file__).parent / "assets"
MODEL = ASSETS / "hibari.onnx"

_FIRST_BLOCK_FRAMES = 10
"""The first block ends with the first word that ends this far in (125 ms)."""
_BLOCK_GROWTH = 2.0
_LARGEST_BLOCK_FRAMES = 96
"""About 5 ms of work, so that a listener who waits never waits long for another's block."""
_LEAD_FRAMES = 10
"""Speech was seen to start up to 113 ms before the first phoneme's time (24 texts)."""
_AUDIBLE = 0.005
_LEAD_MS = 10
_TAIL_FRAMES = 4
"""The last phoneme's time holds some silence already: 109 ms at the least (24 texts)."""
_FADE_MS = 5


@dataclass(frozen=True, slots=True)
class HibariParts:
    """What all workers on a machine share: loaded once, before they are forked."""

    paths: graphs.GraphPaths
    g2p: G2P

    def engine(self) -> HibariVoice:
        """A voice of one process's own."""
        return HibariVoice(self)


def load(cache_dir: Path) -> HibariParts:
    """The dictionaries (0.4 s, 100 MB) and the two graphs, cut now if the cache lacks them."""
    return HibariParts(graphs.cut_graphs(MODEL, cache_dir), G2P())


class HibariVoice:
    """`VoiceEngine` on hibari's model."""

    sample_rate = SAMPLE_RATE

    def __init__(self, parts: HibariParts) -> None:
        self.encoder = open_session(parts.paths.encoder)
        self.decoder = open_session(parts.paths.decoder)
        self.g2p = parts.g2p
        self.vocabulary: dict[str, int] = json.loads((ASSETS / "vocab.json").read_text("utf-8"))

    def warm_up(self) -> None:
        """Speaks a sentence with a word that is in no dictionary, which loads that network too."""
        for text in ("Warm up, blorpt.", "Ten words are enough to fill every cache we have."):
            for _ in self.speak(SpeechRequest(text, DEFAULT_VOICE)):
                pass

    def speak(self, request: SpeechRequest) -> Iterator[SpeechBlock]:
        """See `VoiceEngine.speak`."""
        reading = read(
            self.g2p,
            self.vocabulary,
            request.text,
            request.pronunciations,
            normalize=request.normalize,
        )
        text = _ending_in_space(request.text)
        if not reading.ids:
            spoken, letters = speakable_letters(request.text)
            if letters > spoken:
                raise TextNotSpeakable(
                    f"the voice {request.voice.name!r} speaks {request.voice.language} and "
                    f"cannot read {_shortened(request.text)!r}"
                )
            yield _silence(text, _ending_in_space(reading.normalized), request.pause_ms)
            return
        features, pitch, durations = self.encode(reading, request)
        timing = reading.timing(request.text, durations)
        first_frame = max(0, int(durations[0]) * 2 - _LEAD_FRAMES)
        vocoder = Vocoder(self.decoder, features, pitch, first_frame=first_frame, seed=request.seed)
        last_frame = int(durations[: reading.last_voiced + 1].sum()) * 2 + _TAIL_FRAMES
        writer = _BlockWriter(text, _ending_in_space(reading.normalized), timing, first_frame)
        ends = _block_ends(timing.word_ends, first_frame)
        for end in ends[:-1]:
            yield writer.block(vocoder.advance(end.frame), end)
        yield writer.last_block(vocoder.advance(last_frame), request.pause_ms)

    def encode(
        self, reading: Reading, request: SpeechRequest
    ) -> tuple[Floats, Floats, npt.NDArray[np.int64]]:
        """Features [1, 130, F], pitch [F] in Hz, durations [ids] in units of two frames."""
        speed = min(2.0, max(0.5, request.speed * request.voice.tempo))
        features, f0, durations = self.encoder.run(
            None,
            {
                "ids": np.asarray([reading.ids], np.int64),
                "speed": np.asarray([speed], np.float32),
            },
        )
        pitch = f0[0]
        if request.voice.pitch != 1.0 or request.intonation != 1.0:
            pitch = _reshaped(pitch, request.voice.pitch, request.intonation)
            features[0, 128] = np.log(np.maximum(pitch, 0) + 1) / 5  # as the model was taught
        return features, pitch, durations


def _reshaped(pitch: Floats, factor: float, width: float) -> Floats:
    """Pitch moved by `factor`, its movement around the mean (in octaves) `width` times as wide."""
    voiced = pitch > 0
    if not voiced.any():
        return pitch
    octaves = np.log(np.where(voiced, pitch, 1.0))
    mean = octaves[voiced].mean()
    moved = np.exp(mean + (octaves - mean) * width) * factor
    return np.where(voiced, moved, pitch).astype(np.float32)


def _block_ends(word_ends: list[WordEnd], first_frame: int) -> list[WordEnd]:
    """Word ends at which blocks end: the first soon, later ones further apart."""
    chosen: list[WordEnd] = []
    size, start = float(_FIRST_BLOCK_FRAMES), first_frame + _LEAD_FRAMES
    for end in word_ends[:-1]:
        if end.frame - start >= size:
            chosen.append(end)
            size = min((end.frame - start) * _BLOCK_GROWTH, _LARGEST_BLOCK_FRAMES)
            start = end.frame
    return [*chosen, word_ends[-1]]


class _BlockWriter:
    """Cuts samples and characters into blocks that belong together."""

    def __init__(self, text: str, normalized: str, timing: Timing, first_frame: int) -> None:
        self._texts = (text, normalized)
        self._starts = (timing.original * HOP, timing.normalized * HOP)
        self._taken = (0, 0)
        self._position = first_frame * HOP
        """Sample of the model's time at which the next block starts."""
        self._begun = False

    def block(self, samples: Floats, end: WordEnd) -> SpeechBlock:
        """The block that ends with `end`."""
        return self._write(self._without_lead(samples), (end.original, end.normalized))

    def last_block(self, samples: Floats, pause_ms: int) -> SpeechBlock:
        """All that is left, with `pause_ms` of quiet after the last audible sample."""
        samples = self._without_lead(samples)
        audible = np.flatnonzero(np.abs(samples) > _AUDIBLE)
        length = (int(audible[-1]) + 1 if len(audible) else 0) + pause_ms * SAMPLE_RATE // 1000
        if len(samples) < length:
            samples = np.pad(samples, (0, length - len(samples)))
        samples = samples[:length].copy()
        fade = min(length, _FADE_MS * SAMPLE_RATE // 1000)
        samples[length - fade :] *= np.linspace(1, 0, fade, dtype=np.float32)
        return self._write(samples, (len(self._texts[0]), len(self._texts[1])))

    def _without_lead(self, samples: Floats) -> Floats:
        """The first samples of the utterance without the silence before the first sound."""
        if self._begun or not len(samples):
            return samples
        self._begun = True
        audible = np.flatnonzero(np.abs(samples) > _AUDIBLE)
        onset = int(audible[0]) if len(audible) else 0
        cut = max(0, onset - _LEAD_MS * SAMPLE_RATE // 1000)
        self._position += cut
        return samples[cut:]

    def _write(self, samples: Floats, ends: tuple[int, int]) -> SpeechBlock:
        times = []
        for text, starts, taken, end in zip(
            self._texts, self._starts, self._taken, ends, strict=True
        ):
            own = np.minimum(np.maximum(starts[taken:end] - self._position, 0), len(samples))
            missing = end - taken - len(own)  # the space added at the end of the text
            sounding = own.tolist() + [len(samples)] * missing
            times.append(CharTimes(text[taken:end], sounding))
        self._taken = ends
        self._position += len(samples)
        pcm = (np.clip(samples, -1.0, 1.0) * 32767.0).astype("<i2").tobytes()
        return SpeechBlock(pcm, times[0], times[1])


def _ending_in_space(text: str) -> str:
    return text if text[-1:].isspace() else text + " "


def _silence(text: str, normalized: str, duration_ms: int) -> SpeechBlock:
    samples = duration_ms * SAMPLE_RATE // 1000
    original, read = (CharTimes(chars, [0] * len(chars)) for chars in (text, normalized))
    return SpeechBlock(bytes(2 * samples), original, read)


def _shortened(text: str, limit: int = 40) -> str:
    return text if len(text) <= limit else text[:limit] + "…"
