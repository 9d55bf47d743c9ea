"""What callers say in conversations: in voices that are not the agent's, and noises of theirs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from bench.listen_sounds import audible_span, from_pcm, silence
from bench.noise_sources import coughs, mouse_clicks
from bench.paused_sentences import PausedSentence
from bench.recogniser import Floats, resample
from vivavoce.config import Settings
from vivavoce.engines.base import SpeechRequest, Voice
from vivavoce.engines.voices.catalog import CATALOG, DEFAULT_VOICE
from vivavoce.engines.voices.hibari import load

CALLERS: Final = tuple(voice for voice in CATALOG if voice is not DEFAULT_VOICE)

MURMURS: Final = ("Mhm.", "Uh-huh.", "Okay.", "Yeah.", "Right.", "Mm.")
"""What listeners say without wanting to speak."""

_BREATH_S = 1.0


class CallerVoice:
    """Float32 samples at 16 kHz, from the first audible one to the last; the same in every run."""

    def __init__(self) -> None:
        self._voice = load(Settings().cache_dir).engine()

    def spoken(self, text: str, voice: Voice) -> Floats:
        """`text` in one of `CALLERS`."""
        pcm = b"".join(block.pcm for block in self._voice.speak(SpeechRequest(text, voice)))
        return trimmed(resample(from_pcm(pcm), self._voice.sample_rate))

    def spoken_all(self, texts: Sequence[str]) -> list[Floats]:
        """Each of `texts`, the callers in rotation."""
        return [self.spoken(text, CALLERS[at % len(CALLERS)]) for at, text in enumerate(texts)]

    def with_pauses(self, sentence: PausedSentence, voice: Voice) -> Floats:
        """Each fragment spoken by itself, with silence between."""
        parts = [self.spoken(sentence.fragments[0], voice)]
        for pause_s, fragment in zip(sentence.pauses_s, sentence.fragments[1:], strict=True):
            parts += [silence(pause_s), self.spoken(fragment, voice)]
        return np.concatenate(parts)


def cough(seed: int) -> Floats:
    """One to three coughs within a second."""
    return _first_second(coughs(np.random.default_rng([7, seed]), 8.0).astype(np.float32))


def clicks(seed: int) -> Floats:
    """A mouse that is clicked for a second."""
    return _first_second(mouse_clicks(np.random.default_rng([8, seed]), 8.0).astype(np.float32))


def trimmed(samples: Floats) -> Floats:
    """Without the silence before and behind."""
    first, end = audible_span(samples)
    return samples[first:end]


def _first_second(samples: Floats) -> Floats:
    first, _ = audible_span(samples)
    return trimmed(samples[first : first + round(_BREATH_S * 16_000)])
